"""A forgotten password at the door: the same answer for everybody, and a link by mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.web import routes
from tests import mail_sink
from tests.mail_sink import Sink
from tests.surfaces.books.mailing import mailing

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with mail_sink.running() as opened:
        yield opened


@pytest.fixture(scope="module")
def resources(
    database: Database, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Resources]:
    with mailing(database, sink, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def visitor(resources: Resources) -> TestClient:
    app = routes.create_app(resources)
    return TestClient(app, follow_redirects=False, base_url="https://buch.example")


@pytest.fixture
def member(database: Database, new_organization: Callable[..., Founded]) -> str:
    """The address of somebody who is known."""
    email = f"{uuid7().hex}@nordlicht.example"
    caller = Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(database, caller) as work:
        identity.create_user(work, email=email, role="owner", password="ein langes Passwort")
    return email


def forgotten(visitor: TestClient, email: str) -> Any:
    token = TOKEN.search(visitor.get("/forgotten").text)
    assert token
    return visitor.post("/forgotten", data={"form_token": token[1], "email": email})


def test_a_link_by_mail_opens_the_page_for_a_new_password(
    visitor: TestClient, member: str, sink: Sink
) -> None:
    assert 'href="/forgotten"' in visitor.get("/login").text
    assert forgotten(visitor, member.upper()).status_code == 200
    mail = sink.next()
    assert mail["X-Envelope-To"] == member
    path = re.search(r"https://buch\.example(/setup/\S+)", mail.get_content())
    assert path
    page = visitor.get(path[1]).text
    token = TOKEN.search(page)
    assert token
    form = {"form_token": token[1], "email": member, "password": "ein ganz neues Passwort"}
    assert visitor.post(path[1], data=form).headers["location"] == "/"
    assert visitor.get("/").status_code == 200
    notice = sink.next()
    assert notice["Subject"] == "Ihr Passwort wurde geändert"
    assert notice["X-Envelope-To"] == member


def test_nothing_tells_whether_an_address_is_known(
    visitor: TestClient, member: str, sink: Sink
) -> None:
    known, unknown = forgotten(visitor, member), forgotten(visitor, "nobody@nordlicht.example")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert "Wenn wir diese Adresse kennen" in known.text
    assert known.text == unknown.text
    assert sink.next()["X-Envelope-To"] == member
    assert sink.mails.empty()


def test_links_are_limited_and_the_address_stays_in_the_form(visitor: TestClient) -> None:
    email = f"{uuid7().hex}@nowhere.example"
    statuses = [forgotten(visitor, email).status_code for _ in range(5)]
    assert statuses == [200] * 5
    answer = forgotten(visitor, email)
    assert answer.status_code == 422
    assert "Zu viele Versuche" in answer.text
    assert f'value="{email}"' in answer.text


def test_the_form_needs_its_token(visitor: TestClient, member: str, sink: Sink) -> None:
    form = {"form_token": "f" * 64, "email": member}
    assert visitor.post("/forgotten", data=form).status_code == 403
    assert sink.mails.empty()


def test_a_server_without_mail_says_who_helps(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("silent")
    config = from_environment({"KONTORHAUS_HOME": str(home)})
    silent = Resources(config, database, Blobs(home / "blobs"), workshop=None)  # type: ignore[arg-type]
    page = TestClient(routes.create_app(silent)).get("/forgotten").text
    assert "Dieser Server verschickt keine Mail" in page
    assert 'name="email"' not in page
