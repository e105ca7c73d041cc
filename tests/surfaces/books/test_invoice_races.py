"""Callers that link, reverse and remove the same things at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.surfaces.books.books_api import Api
from tests.surfaces.books.invoice_examples import incoming, invoice, party, purchase, sale

Kind = tuple[str, str, Callable[..., Any], Callable[..., str]]
KINDS: list[Kind] = [
    ("customer", "/outgoing-invoices", invoice, sale),
    ("vendor", "/invoices", incoming, purchase),
]
kinds = pytest.mark.parametrize(("role", "path", "body", "posted"), KINDS)


def at_once(api: Api, calls: Sequence[tuple[Any, ...]]) -> Counter[tuple[int, str]]:
    """How often each status and code came of calls that run together."""
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: api(*call), calls))
    return Counter((one.status_code, one.json().get("code", "")) for one in answers)


@kinds
def test_of_two_invoices_that_take_one_booking_one_gets_it(
    api: Api, role: str, path: str, body: Any, posted: Any
) -> None:
    made = party(api, role)
    for round_ in range(5):
        intent_id = posted(api, made["account_number"])
        drafts = [
            api.ok("POST", path, body(made["id"], f"{round_}-{n}"), status=201)["id"]
            for n in range(4)
        ]
        link = {"intent_id": intent_id}
        outcome = at_once(api, [("PATCH", f"{path}/{draft}", link) for draft in drafts])
        assert outcome == {(200, ""): 1, (409, "INTENT_ALREADY_LINKED"): 3}
    assert api.ok("GET", f"/{role}s/{made['id']}")["open_amount"] == 5 * 119


@kinds
def test_of_two_bookings_for_one_invoice_one_is_taken(
    api: Api, role: str, path: str, body: Any, posted: Any
) -> None:
    made = party(api, role)
    draft = api.ok("POST", path, body(made["id"]), status=201)["id"]
    intents = [posted(api, made["account_number"]) for _ in range(4)]
    outcome = at_once(
        api, [("PATCH", f"{path}/{draft}", {"intent_id": intent_id}) for intent_id in intents]
    )
    assert outcome == {(200, ""): 1, (409, "INTENT_ALREADY_SET"): 3}
    assert api.ok("GET", f"/{role}s/{made['id']}")["open_amount"] == 119


@kinds
def test_no_item_stays_open_on_a_booking_that_is_reversed_meanwhile(
    api: Api, role: str, path: str, body: Any, posted: Any
) -> None:
    made = party(api, role)
    for round_ in range(8):
        intent_id = posted(api, made["account_number"])
        draft = api.ok("POST", path, body(made["id"], f"{round_}"), status=201)["id"]
        link = {"intent_id": intent_id}
        at_once(api, [("PATCH", f"{path}/{draft}", link), ("POST", "/journal/reverse", link)])
        assert api.ok("GET", f"{path}/{draft}")["status"] == "draft"
        assert api.ok("GET", f"{path}/open-items") == []


@kinds
def test_nobody_leaves_while_an_invoice_comes(
    api: Api, role: str, path: str, body: Any, posted: Any
) -> None:
    for round_ in range(8):
        made = party(api, role, f"Nr. {round_}")
        calls = [("POST", path, body(made["id"])), ("DELETE", f"/{role}s/{made['id']}")]
        outcome = at_once(api, calls)
        assert set(outcome) in (
            {(201, ""), (409, "HAS_OPEN_INVOICES")},
            {(200, ""), (404, f"{role.upper()}_NOT_FOUND")},
        )
