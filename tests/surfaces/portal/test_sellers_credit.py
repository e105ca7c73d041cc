"""The seller gives credit, sees what became of it and pays it back, over the API of books."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.surfaces.portal.portal_api import Customer, Shop

VOUCHER = {"kind": "voucher", "amount": 50, "debit_account": "1800", "note": "Weihnachten"}
OUT = {"amount": 10, "credit_account": "1800"}


def credit(customer: Customer, method: str, more: str = "", body: Any = None) -> Any:
    return customer.shop.books(method, f"/v1/customers/{customer.party_id}/credit{more}", body)


def test_credit_goes_through_its_life(customer: Customer) -> None:
    assert credit(customer, "GET").json()["balance"] == 0
    given = credit(customer, "POST", body=VOUCHER)
    assert (given.status_code, given.json()["balance"]) == (201, 50)
    customer.invoice()
    customer.portal.ok("POST", f"/client/invoices/{customer.ids()[0]}/pay")
    out = credit(customer, "POST", "/pay-out", OUT | {"booking_date": "2026-03-05"})
    assert (out.status_code, out.json()["balance"]) == (201, 32.05)
    found = credit(customer, "GET").json()
    assert (found["balance"], found["total"]) == (32.05, 3)
    told = [
        (one["kind"], one["amount"], one["account_number"], one["undoes_id"])
        for one in found["movements"]
    ]
    assert told == [
        ("refund", -10, "3786", None),
        ("payment", -7.95, "3786", None),
        ("voucher", 50, "3786", None),
    ]
    assert found["movements"][0]["booking_date"] == "2026-03-05"
    assert found["movements"][2]["note"] == "Weihnachten"
    paged = credit(customer, "GET", "?limit=1&offset=2").json()
    assert [one["kind"] for one in paged["movements"]] == ["voucher"]


def test_what_was_spent_is_not_reversed(customer: Customer) -> None:
    intent_id = credit(customer, "POST", body=VOUCHER | {"amount": 5}).json()["intent_id"]
    customer.invoice()
    path = f"/client/invoices/{customer.ids()[0]}"
    customer.portal.ok("POST", f"{path}/pay")
    reversal = {"intent_id": intent_id}
    refused = customer.shop.books("POST", "/v1/journal/reverse", reversal)
    assert (refused.status_code, refused.json()["code"]) == (409, "CREDIT_SPENT")
    customer.portal.ok("POST", f"{path}/remove-credit")
    customer.shop.books.ok("POST", "/v1/journal/reverse", reversal)
    assert credit(customer, "GET").json()["balance"] == 0


@pytest.mark.parametrize(
    ("more", "body", "status", "code"),
    [
        ("", VOUCHER | {"amount": 0}, 400, "INVALID_INPUT"),
        ("", VOUCHER | {"amount": -1}, 400, "INVALID_INPUT"),
        ("", VOUCHER | {"kind": "gift"}, 400, "INVALID_INPUT"),
        ("", VOUCHER | {"debit_account": "9"}, 400, "ACCOUNT_NOT_FOUND"),
        ("", VOUCHER | {"debit_account": "3786"}, 400, "ACCOUNT_NOT_FOUND"),
        ("", VOUCHER | {"other": 1}, 400, "INVALID_INPUT"),
        ("/pay-out", OUT, 409, "NOT_ENOUGH_CREDIT"),
        ("/pay-out", OUT | {"amount": 0}, 400, "INVALID_INPUT"),
        ("/pay-out", OUT | {"credit_account": "70001"}, 400, "ACCOUNT_NOT_FOUND"),
    ],
)
def test_what_cannot_be_is_refused(
    customer: Customer, more: str, body: Any, status: int, code: str
) -> None:
    response = credit(customer, "POST", more, body)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_locked_month_and_a_stranger_are_refused(shop: Shop, customer: Customer) -> None:
    credit(customer, "POST", body=VOUCHER | {"booking_date": "2026-03-02"})
    shop.books("POST", "/v1/periods/2026-03/soft-lock", {})
    late = credit(customer, "POST", body=VOUCHER | {"booking_date": "2026-03-02"})
    assert (late.status_code, late.json()["code"]) == (400, "PERIOD_LOCKED")
    for method, more, body in (("GET", "", None), ("POST", "", VOUCHER), ("POST", "/pay-out", OUT)):
        response = shop.books(method, f"/v1/customers/{uuid4()}/credit{more}", body)
        assert response.status_code == 404


def test_what_the_bank_brought_too_much_becomes_credit(customer: Customer) -> None:
    document = customer.invoice()
    books = customer.shop.books
    account = books.ok(
        "POST",
        "/v1/bank-accounts",
        {"name": "Giro", "iban": "DE02120300000000202051", "account_number": "1800"},
        201,
    )
    row = {"tx_date": "2026-03-10", "amount": 10, "reference": document["number"]}
    body = {"bank_account_id": account["id"], "transactions": [row]}
    books.ok("POST", "/v1/bank-transactions", body, 201)
    line = books.ok("GET", "/v1/bank-transactions")["transactions"][0]
    (claim,) = books.ok("GET", "/v1/outgoing-invoices")
    wish = {
        "intent_id": claim["intent_id"],
        "candidate_kind": "open_receivable",
        "open_item_account": customer.account,
    }
    path = f"/v1/bank-transactions/{line['id']}/reconcile"
    refused = books("POST", path, wish)
    assert refused.json()["code"] == "SETTLEMENT_EXCEEDS_OPEN_AMOUNT"
    books.ok("POST", path, wish | {"overpayment": "credit"})
    assert credit(customer, "GET").json()["balance"] == 2.05
    (row,) = customer.rows(transactions="true")
    assert row["transaction"]["gateway"] == "banktransfer"
    assert row["transaction"]["description"] == f"Überweisung zu {document['number']}"
