"""Incoming invoices over HTTP, from their booking to the payment by bank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.surfaces.books.books_api import Api
from tests.surfaces.books.invoice_examples import DAY, incoming, party, purchase

PATH = "/invoices"
BANK = {"name": "Giro", "iban": "DE13430609671234567890", "account_number": "1800"}


@pytest.fixture
def vendor(api: Api) -> Any:
    return party(api, "vendor")


def record(api: Api, *given: Any, **more: Any) -> str:
    return str(api.ok("POST", PATH, incoming(*given, **more), status=201)["id"])


def shown(api: Api, invoice_id: str) -> tuple[str, Any]:
    found = api.ok("GET", f"{PATH}/{invoice_id}")
    return found["status"], found["remaining_amount"]


def bank_lines(api: Api, *amounts: float) -> list[str]:
    """Transactions of a new bank account, by id in the order of the amounts."""
    bank_id = api.ok("POST", "/bank-accounts", BANK, status=201)["id"]
    rows = [{"tx_date": DAY, "amount": amount, "reference": "Rechnung 4711"} for amount in amounts]
    api.ok("POST", "/bank-transactions", {"bank_account_id": bank_id, "transactions": rows}, 201)
    found = api.ok("GET", "/bank-transactions")["transactions"]
    by_amount = {float(one["amount"]): one["id"] for one in found}
    return [by_amount[amount] for amount in amounts]


def settle(api: Api, line_id: str, intent_id: str, account: str) -> Any:
    body = {"intent_id": intent_id, "candidate_kind": "open_liability"}
    body["open_item_account"] = account
    return api("POST", f"/bank-transactions/{line_id}/reconcile", body)


def test_a_vendor_s_invoice_from_booking_to_payment(api: Api, vendor: Any) -> None:
    account = vendor["account_number"]
    invoice_id = record(api, vendor["id"])
    assert shown(api, invoice_id) == ("draft", 119)
    intent_id = purchase(api, account)
    linked = api.ok("PATCH", f"{PATH}/{invoice_id}", {"intent_id": intent_id})
    assert (linked["status"], linked["intent_id"]) == ("open", intent_id)
    (owed,) = api.ok("GET", f"{PATH}/open-items")
    assert (owed["vendor_id"], owed["total_open"]) == (vendor["id"], 119)
    assert owed["invoices"][0]["open_item_account"] == account
    part, rest, wrong = bank_lines(api, -19, -100, 119)
    answer = settle(api, wrong, intent_id, account)
    assert answer.json()["code"] == "DIRECTION_MISMATCH"
    assert settle(api, part, intent_id, account).json()["mode"] == "settlement"
    assert shown(api, invoice_id) == ("partially_paid", 100)
    bank_id = api.ok("GET", "/bank-accounts")[0]["id"]
    query = {"bank_account_id": bank_id}
    offered = api.ok("GET", "/bank-transactions/suggestions", params=query)
    best = next(one for one in offered if one["bank_transaction_id"] == rest)
    assert (best["ledger_intent_id"], best["candidate_kind"]) == (intent_id, "open_liability")
    paid = settle(api, rest, intent_id, account).json()["intent_id"]
    assert shown(api, invoice_id) == ("paid", 0)
    assert api.ok("GET", f"{PATH}/open-items") == []
    detail = api.ok("GET", f"/journal/{intent_id}")
    assert paid in str(detail["linked_intents"]["settled_by"])
    entries = api.ok("GET", f"/accounts/{account}/entries")
    assert entries["balance"] == 0
    api.ok("POST", f"/bank-transactions/{rest}/unmatch")
    assert shown(api, invoice_id) == ("partially_paid", 100)


def test_input_tax_of_the_booking_stands_on_its_account(api: Api, vendor: Any) -> None:
    record(api, vendor["id"], intent_id=purchase(api, vendor["account_number"]))
    for number, balance in (("6815", 100), ("1406", 19), (vendor["account_number"], -119)):
        assert api.ok("GET", f"/accounts/{number}/entries")["balance"] == balance


def test_a_vendor_s_credit_note_is_below_zero_and_comes_back_by_bank(api: Api, vendor: Any) -> None:
    account = vendor["account_number"]
    record(api, vendor["id"], intent_id=purchase(api, account))
    intent_id = purchase(api, account, -23.8)
    note = record(api, vendor["id"], "G-1", -23.8, intent_id=intent_id)
    (owed,) = api.ok("GET", f"{PATH}/open-items")
    assert float(owed["total_open"]) == 95.2
    (line_id,) = bank_lines(api, 23.8)
    assert settle(api, line_id, intent_id, account).status_code == 200
    assert shown(api, note) == ("paid", 0)


def test_a_debt_on_the_collective_account_goes_to_datev_on_the_vendor_s(
    api: Api, vendor: Any
) -> None:
    record(api, vendor["id"], intent_id=purchase(api, "3300"))
    query = {"startDate": "2026-01-01", "endDate": "2026-12-31"}
    file = api("GET", "/reports/datev-export", params=query).content.decode("cp1252")
    (row,) = [text for text in file.splitlines() if text.startswith("119,00;")]
    assert f";{vendor['account_number']};" in row


def test_the_list_is_filtered_and_paged(api: Api, vendor: Any) -> None:
    other = party(api, "vendor", "Bo")
    record(api, vendor["id"], "1", invoice_date="2026-01-31")
    record(api, vendor["id"], "2", invoice_date="2026-02-28")
    record(api, other["id"], "3", intent_id=purchase(api, other["account_number"]))
    for query, numbers in (
        ({}, ["3", "2", "1"]),
        ({"vendor_id": vendor["id"]}, ["2", "1"]),
        ({"status": "open"}, ["3"]),
        ({"status": "draft", "start_date": "2026-02-01"}, ["2"]),
        ({"end_date": "2026-02-28"}, ["2", "1"]),
        ({"limit": 1, "offset": 1}, ["2"]),
    ):
        found = api.ok("GET", PATH, params=query)
        assert [row["invoice_number"] for row in found] == numbers
    assert api("GET", PATH, params={"limit": 1}).headers["X-Total-Count"] == "3"
    assert api.refused("GET", PATH, params={"status": "late"}) == (400, "INVALID_INPUT")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"total_gross": 118.99}, "TOTALS_MISMATCH"),
        ({"total_net": 99.99, "total_tax": 19.01}, "TOTALS_MISMATCH"),
        ({"lines": []}, "INVALID_INPUT"),
        ({"type": "invoice"}, "INVALID_INPUT"),
        ({"due_date": "soon"}, "INVALID_INPUT"),
    ],
)
def test_what_does_not_add_up_or_cannot_stand_is_refused(
    api: Api, vendor: Any, change: dict[str, Any], code: str
) -> None:
    assert api.refused("POST", PATH, incoming(vendor["id"], **change)) == (400, code)


def test_what_an_invoice_names_is_there(api: Api, vendor: Any) -> None:
    customer = party(api, "customer", "Bo")["id"]
    for change, code in (
        ({"vendor_id": str(uuid4())}, "VENDOR_NOT_FOUND"),
        ({"vendor_id": customer}, "VENDOR_NOT_FOUND"),
        ({"document_id": str(uuid4())}, "DOCUMENT_NOT_FOUND"),
        ({"intent_id": str(uuid4())}, "INTENT_NOT_FOUND"),
    ):
        assert api.refused("POST", PATH, incoming(vendor["id"], **change)) == (404, code)
    assert api.refused("GET", f"{PATH}/{uuid4()}") == (404, "NOT_FOUND")
    assert api.refused("PATCH", f"{PATH}/{uuid4()}", {"notes": ""}) == (404, "NOT_FOUND")


def test_a_number_is_unique_for_a_vendor_only(api: Api, vendor: Any) -> None:
    record(api, vendor["id"])
    refusal = api.refused("POST", PATH, incoming(vendor["id"]))
    assert refusal == (409, "DUPLICATE_INVOICE_NUMBER")
    record(api, party(api, "vendor", "Bo")["id"])


def test_a_booking_fits_its_invoice_and_is_given_once(api: Api, vendor: Any) -> None:
    path = f"{PATH}/{record(api, vendor['id'])}"
    account = vendor["account_number"]
    for posted in (purchase(api, account, 118), purchase(api, account, -119)):
        assert api.refused("PATCH", path, {"intent_id": posted}) == (400, "INTENT_MISMATCH")
    first, second = purchase(api, account), purchase(api, "3300")
    api.ok("PATCH", path, {"intent_id": first})
    assert api.refused("PATCH", path, {"intent_id": second}) == (409, "INTENT_ALREADY_SET")
    other = f"{PATH}/{record(api, vendor['id'], '4712')}"
    assert api.refused("PATCH", other, {"intent_id": first}) == (409, "INTENT_ALREADY_LINKED")
    assert api.refused("PATCH", other, {}) == (400, "NO_CHANGES")
    assert api.ok("PATCH", other, {"intent_id": second})["status"] == "open"


def test_a_key_needs_the_scope_of_payables(tenant: Callable[..., Api]) -> None:
    reader = tenant(scopes=("kreditoren:read",))
    assert reader.ok("GET", PATH) == reader.ok("GET", f"{PATH}/open-items") == []
    assert reader.refused("POST", PATH, incoming(str(uuid4()))) == (403, "FORBIDDEN")
