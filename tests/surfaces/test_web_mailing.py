"""The page that sends an invoice by e-mail: what it offers, takes, refuses and remembers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity.model import Founded
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.runtime.workshop import Workshop
from kontorhaus.surfaces.web import routes
from tests.surfaces.web_company import EMAIL, PASSWORD, Company, furnish


@pytest.fixture(scope="module")
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    home: Path = tmp_path_factory.mktemp("home")
    workshop = Workshop(1)
    config = from_environment({"KONTORHAUS_HOME": str(home)})
    yield Resources(config, database, Blobs(home / "blobs"), workshop)
    workshop.close()


@pytest.fixture
def company(database: Database, new_organization: Callable[..., Founded]) -> Iterator[Company]:
    made = furnish(database, new_organization())
    yield made
    with database.connection() as connection:
        connection.execute("delete from app_user where email = %s", (EMAIL,))


@pytest.fixture
def owner(resources: Resources, company: Company) -> TestClient:
    client = TestClient(routes.create_app(resources), follow_redirects=False)
    given = {"email": EMAIL, "password": PASSWORD, "form_token": token(client.get("/login").text)}
    assert client.post("/login", data=given).status_code == 303
    return client


def token(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def letter(page: str, **more: str) -> dict[str, str]:
    return {
        "form_token": token(page),
        "recipient": "einkauf@deichgraf.example",
        "subject": "Rechnung für März",
        "message": "Guten Tag,\r\n\r\nanbei.\r\n",
        **more,
    }


def test_an_invoice_is_sent_from_its_page(owner, company, database):
    document = company.invoices[1]
    path = f"/invoices/{document.public_id}"
    assert f'href="{path}/send"' in owner.get(path).text
    page = owner.get(f"{path}/send").text
    assert f"anbei erhalten Sie unsere Rechnung {document.number}." in page
    assert "Dieser Server hat noch keinen Mailserver" in page
    answer = owner.post(
        f"{path}/send", data=letter(page, wants_copy="true"), follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/send?sent=1")
    shown = owner.get(f"{path}/send?sent=1").text
    assert "Die E-Mail ist unterwegs." in shown
    assert shown.count("einkauf@deichgraf.example") == 1
    assert "Kopie" in shown
    assert "Gesendet" in owner.get(path).text
    caller = Caller(company.founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(database, caller, read_only=True) as work:
        rows = work.connection.execute(
            "select subject, body, jsonb_array_length(attachments) from mail"
            " where tenant_id = %(tenant)s",
            {"tenant": work.tenant_id},
        ).fetchall()
    expected = ("Rechnung für März", "Guten Tag,\n\nanbei.\n", 1)
    assert [tuple(row) for row in rows] == [expected, expected]


def test_a_letter_that_is_wrong_stays_with_its_words(owner, company):
    path = f"/invoices/{company.invoices[2].public_id}/send"
    page = owner.get(path).text
    answer = owner.post(path, data=letter(page, recipient="a@b.example, <c>", subject=" "))
    assert answer.status_code == 422
    assert "An diese Adresse kann keine E-Mail gehen." in answer.text
    assert "Das muss ausgefüllt sein." in answer.text
    assert "a@b.example, &lt;c&gt;" in answer.text
    assert "anbei." in answer.text
    assert "unterwegs" not in owner.get(path).text


def test_a_letter_needs_the_token_of_its_form_and_a_known_invoice(owner, company):
    path = f"/invoices/{company.invoices[0].public_id}/send"
    sent = letter(owner.get(path).text)
    assert owner.post(path, data={**sent, "form_token": "x"}).status_code == 403
    assert owner.get("/invoices/AbCdEf1234/send").status_code == 404
    assert owner.post("/invoices/AbCdEf1234/send", data=sent).status_code == 404
