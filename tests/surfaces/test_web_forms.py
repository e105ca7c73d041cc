"""Forms of the web pages: only whoever was shown one can send it, and only from here (S-8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity.model import Founded
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.web import auth
from tests.surfaces import web_routes
from tests.surfaces.web_factor import STEP, App, codes
from tests.surfaces.web_office import PASSWORD, TOKEN, Office, sign_in

POSTED = sorted(web_routes.paths("POST"))
# Customers have a session of their own below /customer; somebody signed in is a stranger there.
ANY = "x"


@pytest.fixture
def office(resources: Resources, new_organization: Callable[..., Founded]) -> Office:
    return sign_in(resources, new_organization(), "owner")


@pytest.fixture
def other(resources: Resources, new_organization: Callable[..., Founded]) -> Office:
    return sign_in(resources, new_organization(), "owner")


def filled(path: str) -> str:
    return re.sub(r"{\w+}", str(uuid4()), path)


def token(office: Office) -> str:
    found = TOKEN.search(office.client.get("/settings").text)
    assert found
    return found[1]


def fields(path: str) -> dict[str, str]:
    """Values for every field that any form has."""
    names = (
        *("email", "password", "code", "step", "token", "old_password", "new_password"),
        *("factor_password", "renew_code", "off_password", "off_code", "tenant", "language"),
        *("name", "iban", "target", "next", "recipient", "subject", "message", "decision"),
        *("app", "person", "title"),
    )
    return dict.fromkeys(names, ANY) | {"tenant": str(uuid4()), "person": str(uuid4())}


def test_no_form_is_taken_without_its_token_with_a_wrong_one_or_with_that_of_another(
    office: Office, other: Office
) -> None:
    assert len(POSTED) > 30
    accepted = []
    for path in POSTED:
        for sent in ({}, {"form_token": "f" * 64}, {"form_token": token(other)}):
            answer = office.client.post(filled(path), data={**fields(path), **sent})
            if answer.status_code not in (403, 422) and "/customer/door" not in answer.headers.get(
                "location", ""
            ):
                accepted.append((path, answer.status_code))
            if answer.status_code == 422:
                assert "invalid_input" in answer.text, path
    assert accepted == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_no_form_of_another_site_is_taken(office: Office, headers: dict[str, str]) -> None:
    mine = {"form_token": token(office)}
    for path in POSTED:
        sent = {**fields(path), **mine}
        answer = office.client.post(filled(path), data=sent, headers=headers)
        assert answer.status_code in (403, 422), path
    assert office.client.get("/").status_code == 200
    here = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert office.client.post("/logout", data=mine, headers=here).status_code == 303


def test_each_sign_in_has_a_new_token_and_ends_the_session_before(
    resources: Resources, office: Office
) -> None:
    old = office.client.cookies[auth.SESSION_COOKIE]
    door = TestClient(office.client.app, follow_redirects=False)
    found = TOKEN.search(door.get("/login").text)
    assert found
    door.cookies.set(auth.SESSION_COOKIE, old)
    form = {"form_token": found[1], "email": office_email(office), "password": PASSWORD}
    answer = door.post("/login", data=form)
    assert answer.status_code == 303
    given = [each for each in answer.headers.get_list("set-cookie") if "session" in each]
    assert old not in given[0]
    assert all("HttpOnly" in each and "SameSite=lax" in each for each in given)
    assert office.client.get("/").headers["location"] == "/login"


def office_email(office: Office) -> str:
    with office.database.connection() as connection:
        row = connection.execute(
            "select u.email from app_user u join web_session s on s.user_id = u.id"
            " join tenant t on t.id = s.tenant_id where t.id = %s",
            (office.caller.tenant_id,),
        ).fetchone()
    assert row
    return str(row[0])


def test_a_second_factor_is_set_up_asked_for_and_switched_off(office: Office) -> None:
    def send(path: str, **typed: str) -> Any:
        form = {"form_token": token(office), **typed}
        return office.client.post(f"/settings/security{path}", data=form)

    email = office_email(office)
    assert send("/factor", factor_password="falsches Passwort").status_code == 422
    assert send("/factor", factor_password=PASSWORD).status_code == 303
    page = office.client.get("/settings/security").text
    assert "<svg class=" in page
    app = App.taken_from(page)
    assert send("/factor/confirm", code="000 000").status_code == 422
    first, second, *_ = codes(send("/factor/confirm", code=app.code(office.database.clock.now())))
    assert first not in office.client.get("/settings/security").text
    office.client.cookies.clear()
    found = TOKEN.search(office.client.get("/login").text)
    assert found
    door = {"form_token": found[1], "email": email, "password": PASSWORD}
    answer = office.client.post("/login", data=door)
    assert answer.status_code == 200
    assert office.client.get("/").status_code == 303
    step = STEP.search(answer.text)
    assert step
    form = {"form_token": found[1], "step": step[1]}
    assert office.client.post("/login/code", data={**form, "code": "1"}).status_code == 422
    assert office.client.post("/login/code", data={**form, "code": first}).status_code == 303
    assert office.client.get("/").status_code == 200
    assert send("/factor/off", off_password=PASSWORD, off_code=first).status_code == 422
    assert send("/factor/off", off_password=PASSWORD, off_code=second).status_code == 303


def test_a_new_password_ends_every_other_session(resources: Resources, office: Office) -> None:
    email = office_email(office)
    elsewhere = TestClient(office.client.app, follow_redirects=False)
    found = TOKEN.search(elsewhere.get("/login").text)
    assert found
    form = {"form_token": found[1], "email": email, "password": PASSWORD}
    assert elsewhere.post("/login", data=form).status_code == 303
    assert office.client.get("/settings/security").text.count('/end"') == 1
    changed = {"old_password": PASSWORD, "new_password": "ein anderes Passwort"}
    sent = {"form_token": token(office), **changed}
    assert office.client.post("/settings/security/password", data=sent).status_code == 303
    assert elsewhere.get("/").headers["location"] == "/login"
    assert office.client.get("/").status_code == 200
