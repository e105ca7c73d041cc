"""What a locked period refuses on each surface, and how what must happen anyway is dated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kontorhaus.runtime.database import Database
from tests.e2e.calls import booking, findings, invoice, ok
from tests.e2e.camt import Payment, statement
from tests.e2e.serving import NORDLICHT, Serving, Tenant

FEBRUARY, MARCH, APRIL = "2026-02", "2026-03", "2026-04"


def lock(tenant: Tenant, month: str) -> None:
    """Lock a month for good; the owner is alone."""
    asked = ok(tenant.books.post(f"/v1/periods/{month}/lock"))
    ok(tenant.books.post(f"/v1/periods/{month}/lock/{asked['request_id']}/approve"))


def refusal(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


def final(tenant: Tenant, client: str, day: str, **more: Any) -> dict[str, Any]:
    body = invoice(client, **{"date": day, "serviceDate": day, "finalized": True, **more})
    return dict(ok(tenant.billing.post("/documents", json=body)))


def lines(tenant: Tenant, *days: date) -> list[dict[str, Any]]:
    """Bank lines of 140.16 EUR, one a day."""
    account = ok(
        tenant.books.post(
            "/v1/bank-accounts",
            json={"name": "Konto", "iban": NORDLICHT.iban, "account_number": "1800"},
        )
    )["id"]
    payments = [
        Payment(day, Decimal("140.16"), "Hansen", "DE89370400440532013000", f"Zahlung {number}")
        for number, day in enumerate(days)
    ]
    content = statement(NORDLICHT.iban, Decimal(0), payments)
    upload = {"file": ("auszug.xml", content, "application/xml")}
    ok(tenant.books.post(f"/v1/bank-accounts/{account}/upload", files=upload))
    found = ok(tenant.books.get("/v1/bank-transactions"))["transactions"]
    return sorted(found, key=lambda line: str(line["tx_date"]))


def claim_of(tenant: Tenant, document: dict[str, Any]) -> dict[str, Any]:
    """How a reconciliation names the claim of an invoice."""
    rows = ok(tenant.books.get("/v1/outgoing-invoices"))
    mine = next(row for row in rows if row["invoice_number"] == document["number"])
    return {
        "intent_id": mine["intent_id"],
        "candidate_kind": "open_receivable",
        "open_item_account": mine["open_item_account"],
    }


def day_of(tenant: Tenant, intent_id: str) -> str:
    return str(ok(tenant.books.get(f"/v1/journal/{intent_id}"))["summary"]["booking_date"])


@pytest.fixture
def today(nordlicht: Tenant) -> str:
    """The day on which the server reverses what it dates today."""
    made = ok(nordlicht.books.post("/v1/bookings", json=booking("heute")))
    undone = ok(nordlicht.books.post("/v1/journal/reverse", json={"intent_id": made["intent_id"]}))
    return day_of(nordlicht, undone["reversal_intent_id"])


def test_a_settlement_stands_on_the_day_of_its_bank_line_or_not_at_all(
    nordlicht: Tenant, server: Serving, server_database: Database, today: str
) -> None:
    first, second = lines(nordlicht, date(2026, 3, 10), date(2026, 4, 10))
    document = final(nordlicht, "Hansen", "2026-02-10")
    claim = claim_of(nordlicht, document)
    path = f"/v1/bank-transactions/{first['id']}"
    nordlicht.books.post(f"/v1/periods/{MARCH}/soft-lock")
    assert refusal(nordlicht.books.post(f"{path}/reconcile", json=claim)) == (400, "PERIOD_LOCKED")
    group = {
        "bank_transaction_ids": [first["id"]],
        "allocations": [{**claim, "allocated_bank_amount": 140.16}],
    }
    assert refusal(nordlicht.books.post("/v1/bank-match-groups", json=group)) == (
        400,
        "PERIOD_LOCKED",
    )
    nordlicht.books.post(f"/v1/periods/{MARCH}/reopen")
    settled = ok(nordlicht.books.post(f"{path}/reconcile", json=claim))
    assert day_of(nordlicht, settled["intent_id"]) == "2026-03-10"
    lock(nordlicht, MARCH)
    undone = ok(nordlicht.books.post(f"{path}/unmatch"))
    assert day_of(nordlicht, undone["reversal_intent_id"]) == today
    other = f"/v1/bank-transactions/{second['id']}"
    settled = ok(nordlicht.books.post(f"{other}/reconcile", json=claim))
    undone = ok(nordlicht.books.post(f"{other}/unmatch"))
    assert day_of(nordlicht, undone["reversal_intent_id"]) == "2026-04-10"
    assert findings(server_database, server, nordlicht) == []


def test_invoices_meet_the_lock_of_the_period_of_their_own_posting_only(
    nordlicht: Tenant, server: Serving, server_database: Database, today: str
) -> None:
    first, second = (final(nordlicht, name, "2026-02-10") for name in ("A", "B"))
    draft = ok(nordlicht.billing.post("/documents", json=invoice("C", date="2026-02-11")))
    lock(nordlicht, FEBRUARY)
    nordlicht.books.post(f"/v1/periods/{MARCH}/soft-lock")

    def change(document: dict[str, Any], **body: Any) -> int:
        return nordlicht.billing.patch(f"/documents/{document['id']}", json=body).status_code

    assert change(draft, finalized=True) == 409
    assert change(first, paid=True, paidDate="2026-03-05") == 409
    for document in (first, second):
        assert change(document, paid=True, paidDate="2026-04-05") == 200
    lock(nordlicht, APRIL)
    assert change(first, paid=False) == 200
    reversals = ok(nordlicht.books.get("/v1/journal", params={"search": first["number"]}))
    assert reversals["entries"][0]["booking_date"] == today
    nordlicht.books.post(f"/v1/periods/{today[:7]}/soft-lock")
    assert change(second, paid=False) == 409
    assert findings(server_database, server, nordlicht) == []


def test_the_reversal_of_a_closing_period_asks_for_that_period_not_for_its_month(
    nordlicht: Tenant, server: Serving, server_database: Database
) -> None:
    body = booking("P13", booking_date="2025-12-31", adjustment_period=13)
    made = ok(nordlicht.books.post("/v1/bookings", json=body))
    lock(nordlicht, "2025-12")
    undone = ok(
        nordlicht.books.post(
            "/v1/journal/reverse",
            json={"intent_id": made["intent_id"], "posting_mode": "original_period"},
        )
    )
    detail = ok(nordlicht.books.get(f"/v1/journal/{undone['reversal_intent_id']}"))
    assert detail["summary"]["period"] == "2025-P13"
    assert findings(server_database, server, nordlicht) == []
