"""Deleting an organization: refused for each thing the law keeps, and the end of all access."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from kontorhaus.app import asgi
from kontorhaus.contacts.model import PartyDetails
from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime import secret, stopwatch
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from tests.surfaces.billing.billing_api import LINES
from tests.surfaces.management.management_api import CLIENT, PASSWORD, House, code, house_of, ok
from tests.surfaces.oauth.world import Browser, Company, Proof, World, exchange_of, request_of
from tests.surfaces.serving import serving

MARCH = "/books/v1/periods/2026-03"
SECOND = 1_000_000
DOORS = {
    "books": "/books/v1/accounts",
    "billing": "/billing/v1/documents",
    "portal": "/portal/client/invoices",
    "management": "/management/api/v0/organizations",
}


@pytest.fixture(scope="module")
def world(resources: Resources) -> Iterator[World]:
    with serving(asgi.create_app(resources)) as base_url:
        yield World(base_url, resources)


@pytest.fixture(scope="module")
def served(world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=world.base_url, timeout=120) as client:
        yield client


def key(house: House, surface: str, role: str = "owner", **more: Any) -> str:
    """The token of a key that somebody new made."""
    with begin(house.resources.database, house.caller) as work:
        maker = identity.create_user(work, email=f"{uuid7().hex}@friis.example", role=role)
        return identity.create_api_key(
            work,
            secret=secret.of(house.resources.config.home),
            surface=surface,
            name=uuid7().hex,
            created_by=maker,
            **more,
        ).token


def sent(house: House, token: str, method: str, path: str, body: Any = None) -> httpx.Response:
    """The answer of another surface."""
    headers = {"Authorization": f"Bearer {token}"}
    return house.served.request(method, path, headers=headers, json=body)


def made(house: House, token: str, path: str, body: Any = None) -> Any:
    answer = sent(house, token, "POST", path, body)
    assert answer.status_code < 300, answer.text
    return answer.json()


def book(house: House) -> None:
    with begin(house.resources.database, house.caller) as work:
        move = Transfer("1800", "4400", Money(100), 1, 1)
        ledger.post(work, postings=[Posting(date(2026, 3, 2), "Buchung", (move,), "manual")])


def finalize(house: House) -> None:
    """A document that is no booking."""
    client = {"name": "Mohn", "address1": "Am Markt 3", "countryCode": "DE"}
    estimate = {"type": "estimate", "date": "2026-03-02", "client": client, "lines": LINES}
    made(house, key(house, "billing"), "/billing/v1/documents", {**estimate, "finalized": True})


def lock(house: House) -> None:
    """A month without a booking."""
    first, second = key(house, "books"), key(house, "books")
    asked = made(house, first, f"{MARCH}/lock")
    made(house, second, f"{MARCH}/lock/{asked['request_id']}/approve")


@pytest.mark.parametrize("environment", ["LIVE", "TEST"])
@pytest.mark.parametrize(
    ("write", "reason"),
    [(book, "bookings"), (finalize, "finalized documents"), (lock, "locked periods")],
)
def test_what_must_be_kept_is_not_deleted(
    house: Callable[..., House], environment: str, write: Callable[[House], None], reason: str
) -> None:
    mine = house(environment)
    write(mine)
    answer = mine.call("DELETE", f"/organizations/{mine.id}")
    assert code(answer, 409) == "E_RETENTION"
    assert f" {reason}, which the law makes it keep" in answer.json()["message"]
    assert mine.get(f"/organizations/{mine.id}")["_id"] == mine.id


def test_what_the_law_does_not_keep_is_no_reason(house: Callable[..., House]) -> None:
    mine = house()
    token = key(mine, "billing")
    draft = {"type": "invoice", "date": "2026-03-02", "lines": LINES}
    made(mine, token, "/billing/v1/documents", draft)
    made(mine, key(mine, "books"), f"{MARCH}/soft-lock")
    assert ok(mine.call("DELETE", f"/organizations/{mine.id}")) == {"_success": True}


def tokens_of(house: House) -> dict[str, tuple[str, str]]:
    """Every kind of token that opens something of the organization, and the path it opens."""
    database, keyed = house.resources.database, secret.of(house.resources.config.home)
    with begin(database, house.caller) as work:
        customer = receivables.register_customer(work, details=PartyDetails(name="Anna Berg"))
    signed_in = entry.login(
        database, secret=keyed, surface="books", email=house.email, password=PASSWORD
    )
    pair = made(
        house,
        house.as_person().token,
        f"{DOORS['management']}/{house.id}/api-keys",
        {"name": "kasse-1"},
    )
    other = ok(house.auth(api_key=pair["key"], api_secret=pair["secret"]))
    return {
        "a key of the books": (key(house, "books"), DOORS["books"]),
        "a session of the books": (signed_in.token, DOORS["books"]),
        "a key of billing": (key(house, "billing", "member"), DOORS["billing"]),
        "a customer's token": (key(house, "portal", party_id=customer.id), DOORS["portal"]),
        "another key pair's token": (other["access_token"], DOORS["management"]),
        "a person's token": (house.as_person().token, DOORS["management"]),
    }


def tokens_of_apps(world: World, house: House, elsewhere: Founded) -> dict[str, tuple[str, str]]:
    """The token of the organization's own app, and of one that others made and it let in."""
    mine = Company(house.founded, house.caller, house.user_id, key(house, "books"))
    own = world.tokens(world.register(mine), grant_type="client_credentials").json()
    theirs, proof = world.register(world.company(elsewhere)), Proof()
    browser = Browser(world, world.person(house.caller, "owner")[1])
    answer = browser.allow(request_of(theirs, proof))
    granted = world.tokens(theirs, **exchange_of(answer["code"], proof)).json()
    return {
        "an own app's token": (own["access_token"], DOORS["billing"]),
        "an app's token that was granted": (granted["access_token"], DOORS["billing"]),
    }


def test_all_access_to_a_deleted_organization_ends_within_a_second(
    world: World,
    served: Any,
    resources: Resources,
    new_organization: Callable[..., Founded],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = house_of(served, resources, new_organization(), "LIVE", "owner")
    tokens = tokens_of(mine) | tokens_of_apps(world, mine, new_organization())
    browser = Browser(world, world.person(mine.caller, "owner")[1])

    def statuses() -> dict[str, int]:
        return {
            name: sent(mine, token, "GET", path).status_code
            for name, (token, path) in tokens.items()
        }

    assert statuses() == dict.fromkeys(tokens, 200)
    assert browser.get("/settings").status_code == 200
    assert ok(mine.call("DELETE", f"/organizations/{mine.id}")) == {"_success": True}
    later = stopwatch.microseconds() + SECOND
    monkeypatch.setattr(stopwatch, "microseconds", lambda: later)
    assert statuses() == dict.fromkeys(tokens, 401)
    turned_away = browser.get("/settings")
    assert turned_away.status_code == 303
    assert turned_away.headers["location"].startswith("/login")


def test_other_organizations_of_the_same_person_stay(house: Callable[..., House]) -> None:
    mine = house()
    second = mine.as_person().post("/organizations", CLIENT)
    assert ok(mine.call("DELETE", f"/organizations/{mine.id}")) == {"_success": True}
    person = mine.as_person()
    assert [row["_id"] for row in person.get("/organizations")["data"]] == [second["_id"]]
