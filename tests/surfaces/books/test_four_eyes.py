"""Four eyes are two people: whatever one person comes with, it stays one pair of eyes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import TenantSettings
from kontorhaus.identity.sessions import entry
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import begin
from tests.surfaces.books.books_api import Api
from tests.surfaces.books.invoice_examples import incoming, party, purchase

PASSWORD = "korrekt Pferd Batterie"
DENIED = (403, "SELF_APPROVAL_DENIED")
Person = tuple[Api, ...]


def person(api: Api) -> Person:
    """Somebody new in the tenant, by two keys and by a session."""
    resources, email = api.resources, f"{uuid7().hex}@example.de"
    own_secret = secret.of(resources.config.home)
    with begin(resources.database, api.caller) as work:
        user_id = identity.create_user(work, email=email, role="admin", password=PASSWORD)
        keys = [
            identity.create_api_key(
                work, secret=own_secret, surface="books", name=f"{name} {email}", created_by=user_id
            ).token
            for name in ("Skript", "Buchhaltung")
        ]
    session = entry.login(
        resources.database, secret=own_secret, surface="books", email=email, password=PASSWORD
    )
    return tuple(api.with_token(token) for token in (*keys, session.token))


@pytest.fixture
def people(tenant: Callable[..., Api]) -> tuple[Person, Person]:
    api = tenant(TenantSettings(payment_run_four_eyes=True))
    return person(api), person(api)


def test_one_person_locks_no_period_by_two_credentials(people: tuple[Person, Person]) -> None:
    first, second = people
    pairs = list(product(first, first))
    for month, (asks, approves) in enumerate(pairs, start=1):
        asked = asks.ok("POST", f"/periods/2025-{month:02d}/lock", status=201)
        path = f"/periods/2025-{month:02d}/lock/{asked['request_id']}/approve"
        assert approves.refused("POST", path) == DENIED
        assert second[month % 3].ok("POST", path)["self_approved"] is False
    assert len(pairs) == 9


def test_one_person_approves_no_payments_by_two_credentials(
    people: tuple[Person, Person],
) -> None:
    first, second = people
    api = first[0]
    vendor = party(api, "vendor", "Kraft AG", iban="DE89370400440532013000")
    account = api.ok(
        "POST",
        "/bank-accounts",
        {
            "name": "Giro",
            "iban": "DE02120300000000202051",
            "bic": "BYLADEM1001",
            "account_number": "1800",
        },
        201,
    )
    for number, (makes, approves) in enumerate(product(first, first)):
        intent = purchase(makes, vendor["account_number"], 50 + number)
        bill = incoming(vendor["id"], f"R-{number}", 50 + number, intent_id=intent)
        run: Any = makes.ok(
            "POST",
            "/payment-runs",
            {
                "bank_account_id": account["id"],
                "execution_date": "2199-01-04",
                "invoice_ids": [makes.ok("POST", "/invoices", bill, 201)["id"]],
            },
            201,
        )
        path = f"/payment-runs/{run['id']}"
        assert approves.refused("POST", f"{path}/approve") == DENIED
        assert second[number % 3].ok("POST", f"{path}/approve")["status"] == "approved"
