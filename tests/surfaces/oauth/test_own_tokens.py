"""An app for itself: client credentials, and what its tokens open."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from kontorhaus.identity.model import Founded
from kontorhaus.runtime.work import begin
from tests.surfaces.oauth.world import Company, Registered, World

OWN = {"grant_type": "client_credentials"}


def own_token(world: World, app: Registered, **form: str) -> str:
    answer = world.tokens(app, **OWN, **form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_an_app_gets_a_token_for_itself_by_form_and_by_json(world: World, app: Registered) -> None:
    by_form = world.tokens(app, **OWN)
    posted = {"client_id": app.client_id, "client_secret": app.client_secret, **OWN}
    by_posted_form = world.post("/oauth2/token", data=posted)
    by_json = world.post("/oauth2/token", json=posted)
    for answer in (by_form, by_posted_form, by_json):
        assert answer.status_code == 200, answer.text
        token = answer.json()
        assert (token["token_type"], token["expires_in"]) == ("Bearer", 1800)
        assert token["scope"] == "contacts:read documents:read"
        assert "refresh_token" not in token
        assert token["access_token"].startswith("kho_")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["pragma"] == "no-cache"
        assert world.documents(token["access_token"]).status_code == 200


def test_every_answer_carries_the_headers_of_the_conventions(world: World, app: Registered) -> None:
    for answer in (
        world.tokens(app, **OWN),
        world.post("/oauth2/token", data={"grant_type": "password"}),
        world.get("/.well-known/oauth-authorization-server"),
        world.get("/oauth2/nothing"),
    ):
        for header in ("x-request-id", "x-rate-limit-limit", "access-control-allow-origin"):
            assert header in answer.headers, (answer.url, header)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/billing/v1/documents", 200),
        ("/billing/v1/contacts", 200),
        ("/billing/v1/products", 403),
        ("/billing/v1/company", 403),
        ("/books/v1/accounts", 403),
        ("/oauth2/clients", 401),
    ],
)
def test_a_token_opens_what_was_granted(
    world: World, app: Registered, path: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {own_token(world, app)}"}
    assert world.get(path, headers=headers).status_code == status


def test_an_app_may_ask_for_less_but_not_for_more(world: World, app: Registered) -> None:
    assert world.tokens(app, **OWN, scope="documents:read").json()["scope"] == "documents:read"
    more = world.tokens(app, **OWN, scope="documents:read documents:write")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


def test_no_app_may_be_registered_for_administration_or_as_a_customer(
    world: World, company: Company
) -> None:
    for scope in ("admin", "access_invoices", "documents:erase", " "):
        answer = world.post(
            "/oauth2/clients",
            json={"client_name": "A", "kind": "confidential", "scope": scope},
            headers=company.authorized,
        )
        assert answer.status_code == 400, scope
        assert answer.json()["error"] in ("invalid_client_metadata", "invalid_request")


def test_what_an_app_does_is_told_with_its_name_and_its_person(
    world: World, company: Company, app: Registered
) -> None:
    token = own_token(world, world.register(company, scope="contacts:write"))
    made = world.post(
        "/billing/v1/contacts",
        json={"name": "Deichgraf GmbH"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert made.status_code in (200, 201), made.text
    with begin(world.database, company.caller) as work:
        row = work.connection.execute(
            "select actor from audit where tenant_id = %s and action like 'contacts%%'"
            " order by id desc limit 1",
            (work.tenant_id,),
        ).fetchone()
    assert row is not None
    assert (row[0]["kind"], row[0]["label"]) == ("oauth_client", "Lotsenkasse")
    assert row[0]["user_id"] is not None
    assert row[0]["key_prefix"].startswith("khc_")


def test_a_token_has_no_more_than_its_person_and_ends_with_the_membership(
    world: World, new_organization: Callable[..., Founded]
) -> None:
    company = world.company(new_organization())
    app = world.register(company, scope="documents:read company:write company:read")
    token = own_token(world, app)
    headers = {"Authorization": f"Bearer {token}"}

    def change_company() -> int:
        return world.patch("/billing/v1/company", json={}, headers=headers).status_code

    assert change_company() == 200
    with begin(world.database, company.caller) as work:
        work.connection.execute(
            "update membership set role = 'member' where user_id = %s", (company.owner,)
        )
    time.sleep(1)
    assert change_company() == 403
    assert world.documents(token).status_code == 200
    with begin(world.database, company.caller) as work:
        work.connection.execute("delete from membership where user_id = %s", (company.owner,))
    time.sleep(1)
    assert world.documents(token).status_code == 401
    assert world.tokens(app, **OWN).json()["error"] == "invalid_scope"


def test_a_token_of_one_environment_sees_nothing_of_the_other(
    world: World, new_organization: Callable[..., Founded]
) -> None:
    founded = new_organization()
    live, test = world.company(founded), world.company(founded, "TEST")
    token = own_token(world, world.register(test, scope="contacts:write contacts:read"))
    headers = {"Authorization": f"Bearer {token}"}
    world.post("/billing/v1/contacts", json={"name": "Nur im Test"}, headers=headers)
    seen = own_token(world, world.register(live, scope="contacts:read"))
    assert world.get("/billing/v1/contacts", headers=headers).json() != []
    found = world.get("/billing/v1/contacts", headers={"Authorization": f"Bearer {seen}"})
    assert "Nur im Test" not in found.text


def test_wrong_secrets_are_counted_but_lock_nobody_out_at_home(
    world: World, company: Company
) -> None:
    app = world.register(company)
    assert world.tokens(app, **OWN).status_code == 200
    wrong = Registered(app.client_id, "khx_wrong")
    refused = [world.tokens(wrong, **OWN) for _ in range(12)]
    assert {answer.status_code for answer in refused} == {401}
    assert refused[0].headers["www-authenticate"].startswith("Basic ")
    assert world.tokens(app, **OWN).status_code == 200
    stranger = Registered(world.register(company).client_id, "khx_wrong")
    statuses = [world.tokens(stranger, **OWN).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


def test_a_booking_of_an_app_tells_which_app_it_was(world: World, company: Company) -> None:
    token = own_token(world, world.register(company, scope="journal:read journal:write"))
    headers = {"Authorization": f"Bearer {token}"}
    me = world.get("/books/v1/auth/me", headers=headers).json()
    assert me["scopes"] == ["journal:read", "journal:write"]
    booking = {
        "booking_date": "2026-01-15",
        "description": "Porto",
        "lines": [
            {"account_number": "6800", "debit": 10.00, "credit": 0},
            {"account_number": "1600", "debit": 0, "credit": 10.00},
        ],
    }
    made = world.post("/books/v1/bookings", json=booking, headers=headers)
    assert made.status_code == 200, made.text
    found = world.get("/books/v1/journal", headers=headers).text
    assert '"actor_type":"oauth_client","actor_label":"Lotsenkasse"' in found
