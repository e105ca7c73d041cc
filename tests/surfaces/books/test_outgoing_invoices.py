"""Outgoing invoices that were issued elsewhere, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.surfaces.books.books_api import Api, booking, line
from tests.surfaces.books.invoice_examples import DAY, invoice, party, sale

PATH = "/outgoing-invoices"


@pytest.fixture
def customer(api: Api) -> Any:
    return party(api, "customer")


def record(api: Api, *given: Any, **more: Any) -> str:
    return str(api.ok("POST", PATH, invoice(*given, **more), status=201)["id"])


def shown(api: Api, invoice_id: str) -> tuple[str, Any]:
    found = api.ok("GET", f"{PATH}/{invoice_id}")
    return found["status"], found["remaining_amount"]


def pay(api: Api, intent_id: str, account: str, amount: float) -> None:
    """A payment by bank, in full or in part."""
    if not api.ok("GET", "/bank-accounts"):
        bank = {"name": "Giro", "iban": "DE13430609671234567890", "account_number": "1800"}
        api.ok("POST", "/bank-accounts", bank, status=201)
    bank_id = api.ok("GET", "/bank-accounts")[0]["id"]
    row = {"tx_date": DAY, "amount": amount, "bank_reference": uuid4().hex}
    api.ok("POST", "/bank-transactions", {"bank_account_id": bank_id, "transactions": [row]}, 201)
    found = api.ok("GET", "/bank-transactions", params={"status": "unreconciled"})
    (one,) = found["transactions"]
    body = {
        "intent_id": intent_id,
        "candidate_kind": "open_receivable",
        "open_item_account": account,
    }
    api.ok("POST", f"/bank-transactions/{one['id']}/reconcile", body)


def test_an_invoice_is_shown_as_it_was_recorded(api: Api, customer: Any) -> None:
    said = invoice(customer["id"], notes="per Post")
    invoice_id = record(api, customer["id"], notes="per Post")
    found = api.ok("GET", f"{PATH}/{invoice_id}")
    rest = {
        "id": invoice_id,
        "customer_name": "Anna Berg",
        "currency": "EUR",
        "document_id": None,
        "intent_id": None,
        "status": "draft",
        "remaining_amount": 119,
    }
    assert float(found["lines"][0].pop("tax_rate")) == said["lines"][0].pop("tax_rate")
    assert found == {**said, **rest}
    assert api.ok("GET", f"{PATH}/open-items") == []
    assert api.ok("GET", "/customers")[0]["open_amount"] == 0


def test_the_status_follows_the_booking_and_the_payments(api: Api, customer: Any) -> None:
    account = customer["account_number"]
    invoice_id = record(api, customer["id"])
    assert shown(api, invoice_id) == ("draft", 119)
    intent_id = sale(api, account)
    api.ok("PATCH", f"{PATH}/{invoice_id}", {"intent_id": intent_id})
    assert shown(api, invoice_id) == ("open", 119)
    pay(api, intent_id, account, 19)
    assert shown(api, invoice_id) == ("partially_paid", 100)
    api.ok("PATCH", f"{PATH}/{invoice_id}", {"due_date": "2026-03-31"})
    assert shown(api, invoice_id) == ("overdue", 100)
    (owed,) = api.ok("GET", f"{PATH}/open-items")
    assert (owed["total_open"], owed["net_open"]) == (100, 100)
    assert owed["invoices"][0]["open_item_account"] == account
    assert api.ok("GET", f"/customers/{customer['id']}")["open_amount"] == 100
    pay(api, intent_id, account, 100)
    assert shown(api, invoice_id) == ("paid", 0)
    for status, count in (("paid", 1), ("overdue", 0), ("draft", 0), ("open", 0)):
        assert len(api.ok("GET", PATH, params={"status": status})) == count
    assert api.ok("GET", f"{PATH}/open-items") == []


def test_a_linked_credit_note_is_paid_at_once_and_taken_off_what_is_owed(
    api: Api, customer: Any
) -> None:
    account = customer["account_number"]
    record(api, customer["id"], intent_id=sale(api, account))
    note = record(api, customer["id"], "GS-1", 23.8, type="credit_note")
    assert shown(api, note)[0] == "draft"
    credited = sale(api, account, -23.8)
    assert api.ok("PATCH", f"{PATH}/{note}", {"intent_id": credited})["status"] == "paid"
    (owed,) = api.ok("GET", f"{PATH}/open-items")
    sums = [float(owed[name]) for name in ("total_open", "credit_note_total", "net_open")]
    assert sums == [119, 23.8, 95.2]
    assert len(api.ok("GET", PATH, params={"type": "credit_note"})) == 1


def test_an_invoice_without_a_due_date_is_never_overdue(api: Api, customer: Any) -> None:
    intent_id = sale(api, customer["account_number"])
    invoice_id = record(api, customer["id"], intent_id=intent_id, due_date=None)
    assert shown(api, invoice_id) == ("open", 119)
    for day, status in (("2026-03-31", "overdue"), (None, "open")):
        changed = api.ok("PATCH", f"{PATH}/{invoice_id}", {"due_date": day})
        assert (changed["due_date"], changed["status"]) == (day, status)


def test_a_reversed_booking_makes_room_for_another(api: Api, customer: Any) -> None:
    first = sale(api, customer["account_number"])
    invoice_id = record(api, customer["id"], intent_id=first)
    api.ok("POST", "/journal/reverse", {"intent_id": first})
    assert shown(api, invoice_id) == ("draft", 119)
    assert api.ok("GET", f"{PATH}/open-items") == []
    second = sale(api, customer["account_number"], description="neu")
    assert api.ok("PATCH", f"{PATH}/{invoice_id}", {"intent_id": second})["status"] == "open"
    body = {"intent_id": first}
    assert api.refused("POST", "/journal/reverse", body) == (409, "ALREADY_REVERSED")


def test_a_booking_on_the_collective_account_will_do(api: Api, customer: Any) -> None:
    invoice_id = record(api, customer["id"], intent_id=sale(api, "1200"))
    (owed,) = api.ok("GET", f"{PATH}/open-items")
    assert owed["invoices"][0]["open_item_account"] == "1200"
    assert shown(api, invoice_id) == ("open", 119)


def test_an_invoice_in_dollars_hangs_on_a_booking_at_their_rate(api: Api, customer: Any) -> None:
    fx = {"currency": "USD", "amount": 110, "rate": 1.1, "rate_date": DAY, "source": "ECB"}
    account = customer["account_number"]
    lines = [line(account, 100), line("4400", 0, 100)]
    posted = api.ok("POST", "/bookings", booking(DAY, lines=lines, fx=fx))["intent_id"]
    free = [{"position": 1, "description": "", "quantity": 1, "unit_price": 110}]
    free[0] |= {"tax_rate": 0, "tax_amount": 0, "line_total": 110}
    totals = {"total_net": 110, "total_tax": 0, "lines": free, "currency": "USD"}
    invoice_id = record(api, customer["id"], "1", 110, intent_id=posted, **totals)
    assert shown(api, invoice_id) == ("open", 110)
    (owed,) = api.ok("GET", f"{PATH}/open-items")
    assert (owed["total_open"], owed["invoices"][0]["remaining_amount"]) == (100, 110)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"total_net": 101}, "TOTALS_MISMATCH", "total_gross"),
        ({"total_gross": 118.99}, "TOTALS_MISMATCH", "total_gross"),
        ({"total_net": 99.99, "total_tax": 19.01}, "TOTALS_MISMATCH", "lines"),
        ({"total_net": 110, "total_tax": 20.9, "total_gross": 130.9}, "TOTALS_MISMATCH", "lines"),
        ({"lines": []}, "INVALID_INPUT", "lines"),
        ({"total_net": 100.001}, "INVALID_INPUT", "total_net"),
        ({"total_net": "100"}, "INVALID_INPUT", "total_net"),
        ({"currency": "JPY", "total_net": 100.5}, "INVALID_INPUT", "total_net"),
        ({"invoice_number": ""}, "INVALID_INPUT", "invoice_number"),
        ({"invoice_number": "x" * 101}, "INVALID_INPUT", "invoice_number"),
        ({"invoice_date": "2.3.2026"}, "INVALID_INPUT", "invoice_date"),
        ({"type": "bill"}, "INVALID_INPUT", "type"),
        ({"currency": "euro"}, "INVALID_INPUT", "currency"),
        ({"notes": "x" * 2001}, "INVALID_INPUT", "notes"),
        ({"total_net": -100, "total_tax": -19, "total_gross": -119}, "INVALID_INPUT", "total_net"),
    ],
)
def test_what_does_not_add_up_or_cannot_stand_is_refused(
    api: Api, customer: Any, change: dict[str, Any], code: str, field: str
) -> None:
    response = api("POST", PATH, invoice(customer["id"], **change))
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert field in response.json()["details"]
    assert api.ok("GET", PATH) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("position", 0),
        ("quantity", 0),
        ("tax_rate", 19),
        ("tax_amount", 19.001),
        ("unit_price", "1"),
    ],
)
def test_a_line_is_taken_as_described(api: Api, customer: Any, field: str, value: Any) -> None:
    body = invoice(customer["id"])
    body["lines"][0][field] = value
    response = api("POST", PATH, body)
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
    assert f"lines.0.{field}" in response.json()["details"]


def test_a_number_is_unique_for_a_customer_only(api: Api, customer: Any) -> None:
    record(api, customer["id"])
    body = invoice(customer["id"])
    assert api.refused("POST", PATH, body) == (409, "DUPLICATE_INVOICE_NUMBER")
    record(api, party(api, "customer", "Bo")["id"])


def test_what_an_invoice_names_is_there(api: Api, customer: Any) -> None:
    vendor = party(api, "vendor", "Bo")["id"]
    for change, code in (
        ({"customer_id": str(uuid4())}, "CUSTOMER_NOT_FOUND"),
        ({"customer_id": vendor}, "CUSTOMER_NOT_FOUND"),
        ({"document_id": str(uuid4())}, "DOCUMENT_NOT_FOUND"),
        ({"intent_id": str(uuid4())}, "INTENT_NOT_FOUND"),
    ):
        assert api.refused("POST", PATH, invoice(customer["id"], **change)) == (404, code)
    assert api.refused("GET", f"{PATH}/{uuid4()}") == (404, "NOT_FOUND")
    assert api.refused("PATCH", f"{PATH}/{uuid4()}", {"notes": ""}) == (404, "NOT_FOUND")
    assert api.refused("GET", f"{PATH}/7") == (400, "INVALID_INPUT")


def test_a_document_stays_with_its_invoice(api: Api, customer: Any) -> None:
    pdf = api.upload("/documents", b"%PDF-1.4\n%%EOF\n", "r.pdf", "application/pdf").json()
    invoice_id = record(api, customer["id"], document_id=pdf["id"])
    assert api.ok("GET", f"{PATH}/{invoice_id}")["document_id"] == pdf["id"]


def test_a_booking_fits_its_invoice_and_is_given_once(api: Api, customer: Any) -> None:
    path = f"{PATH}/{record(api, customer['id'])}"
    account = customer["account_number"]
    other = party(api, "customer", "Bo")["account_number"]
    for posted in (sale(api, account, 118), sale(api, account, -119), sale(api, other, 119)):
        assert api.refused("PATCH", path, {"intent_id": posted}) == (400, "INTENT_MISMATCH")
    first, second = sale(api, account), sale(api, account)
    api.ok("PATCH", path, {"intent_id": first})
    for posted in (first, second):
        assert api.refused("PATCH", path, {"intent_id": posted}) == (409, "INTENT_ALREADY_SET")
    later = f"{PATH}/{record(api, customer['id'], 'RE-2')}"
    assert api.refused("PATCH", later, {"intent_id": first}) == (409, "INTENT_ALREADY_LINKED")
    assert api.refused("PATCH", later, {}) == (400, "NO_CHANGES")
    assert api.refused("PATCH", later, {"intent_id": None}) == (400, "INVALID_INPUT")
    assert api.ok("PATCH", later, {"notes": "a"})["notes"] == "a"
    assert api.ok("PATCH", later, {"notes": None})["notes"] is None
