"""From an invoice to a matched payment and a DATEV row, over HTTP, told alike by every surface."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from kontorhaus.kernel import exact_json
from tests.e2e.camt import Payment, statement
from tests.e2e.serving import NORDLICHT, Tenant

DAY = "2026-03-02"
CLIENT = {
    "name": "Hansen & Söhne Kontorbedarf GmbH",
    "address1": "Speicherstraße 14",
    "address2": "20457 Hamburg",
    "countryCode": "DE",
    "email": "einkauf@hansen.example",
    "clientNumber": "K-10482",
    "taxNumber": "DE136695976",
}
HANSEN_IBAN = "DE89370400440532013000"
WORKED_EXAMPLE = [
    {"title": "Hosting S", "quantity": 2, "unit": "Monat", "netPrice": 49.90, "vatRate": 19},
    {"title": "Fachbuch „Ordnung im Kontor“", "quantity": 1, "netPrice": 20.00, "vatRate": 7},
]


def ok(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return exact_json.decode(response.content)


def keep(name: str, content: bytes) -> None:
    """Leave an e-invoice where the referee finds it."""
    folder = os.environ.get("KONTORHAUS_KEEP")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_bytes(content)


def invoice(tenant: Tenant, contact: str, lines: list[dict[str, Any]], **more: Any) -> Any:
    body = {
        "type": "invoice",
        "date": DAY,
        "serviceDate": DAY,
        "clientId": contact,
        "lines": lines,
        "finalized": True,
        **more,
    }
    return ok(tenant.billing.post("/documents", json=body), 201)


def upload(tenant: Tenant, account: str, content: bytes) -> Any:
    return ok(
        tenant.books.post(
            f"/v1/bank-accounts/{account}/upload",
            files={"file": ("statement.xml", content, "application/xml")},
        )
    )


def receivable(tenant: Tenant, number: str) -> Any:
    rows = ok(tenant.books.get("/v1/outgoing-invoices"))
    return next(row for row in rows if row["invoice_number"] == number)


def trial_balance(tenant: Tenant) -> dict[str, Decimal]:
    rows = ok(
        tenant.books.get(
            "/v1/reports",
            params={"type": "susa", "startDate": "2026-01-01", "endDate": "2026-12-31"},
        )
    )
    return {row["number"]: Decimal(row["balance"]) for row in rows}


def bank_account(tenant: Tenant, number: str, iban: str) -> str:
    body = {"name": "Geschäftskonto", "iban": iban, "account_number": number}
    return str(ok(tenant.books.post("/v1/bank-accounts", json=body), 201)["id"])


@dataclass(frozen=True)
class Story:
    """What the worked example leaves behind, by id."""

    document: str
    number: str
    intent: str
    account: str
    transaction: str


def test_the_worked_example_from_invoice_to_datev_row(nordlicht: Tenant, lindenhof: Tenant) -> None:
    document = _is_issued(nordlicht)
    intent = _is_booked(nordlicht, document["number"])
    account, transaction = _is_found_by_the_bank(nordlicht, document["number"], intent)
    story = Story(document["id"], document["number"], intent, account, transaction)
    _is_paid_everywhere(nordlicht, story)
    _is_three_rows_for_datev(nordlicht)
    _is_open_again_after_unmatching(nordlicht, story)
    _is_invisible_to(lindenhof, story)


def _is_issued(tenant: Tenant) -> Any:
    contact = ok(tenant.billing.post("/contacts", json=CLIENT), 201)
    document = invoice(tenant, contact["id"], WORKED_EXAMPLE, exportType="xrechnung")
    amounts = (document["netAmount"], document["vatAmount"], document["totalAmount"])
    assert amounts == (Decimal("119.80"), Decimal("20.36"), Decimal("140.16"))
    assert document["paid"] is False
    xml = tenant.billing.get(f"/documents/{document['id']}/xml")
    assert xml.status_code == 200
    assert b'<cbc:PayableAmount currencyID="EUR">140.16</cbc:PayableAmount>' in xml.content
    keep("worked-example-xrechnung.xml", xml.content)
    return document


def _is_booked(tenant: Tenant, number: str) -> str:
    claim = receivable(tenant, number)
    assert claim["status"] in ("open", "overdue")
    assert claim["remaining_amount"] == Decimal("140.16")
    entries = ok(tenant.books.get(f"/v1/journal/{claim['intent_id']}"))["entries"]
    assert [(e["account_debit"], e["account_credit"], e["amount"]) for e in entries] == [
        ("10001", "4400", Decimal("99.80")),
        ("10001", "3806", Decimal("18.96")),
        ("10001", "4300", Decimal("20.00")),
        ("10001", "3801", Decimal("1.40")),
    ]
    return str(claim["intent_id"])


def _is_found_by_the_bank(tenant: Tenant, number: str, intent: str) -> tuple[str, str]:
    """Import the statement twice, take the suggestion as it stands."""
    account = bank_account(tenant, "1800", NORDLICHT.iban)
    paid = Payment(
        date(2026, 3, 12),
        Decimal("140.16"),
        "Hansen + Soehne",
        HANSEN_IBAN,
        f"RE {number} vom 02.03.2026",
    )
    content = statement(NORDLICHT.iban, Decimal(0), [paid])
    counts = [upload(tenant, account, content) for _ in range(2)]
    assert [(c["imported"], c["skipped_duplicates"]) for c in counts] == [(1, 0), (0, 1)]
    offer = ok(
        tenant.books.get("/v1/bank-transactions/suggestions", params={"bank_account_id": account})
    )[0]
    assert offer["ledger_intent_id"] == intent
    matched = ok(
        tenant.books.post(
            f"/v1/bank-transactions/{offer['bank_transaction_id']}/reconcile",
            json={
                "intent_id": intent,
                "candidate_kind": offer["candidate_kind"],
                "open_item_account": offer["open_item_account"],
            },
        )
    )
    assert matched["ok"] is True
    return account, str(offer["bank_transaction_id"])


def _is_paid_everywhere(tenant: Tenant, story: Story) -> None:
    shown = ok(tenant.billing.get(f"/documents/{story.document}"))
    assert (shown["paid"], shown["paidDate"]) == (True, "2026-03-12")
    claim = receivable(tenant, story.number)
    assert (claim["status"], claim["remaining_amount"]) == ("paid", Decimal("0.00"))
    balances = trial_balance(tenant)
    assert balances == {
        "1800": Decimal("140.16"),
        "10001": Decimal("0.00"),
        "4400": Decimal("-99.80"),
        "4300": Decimal("-20.00"),
        "3806": Decimal("-18.96"),
        "3801": Decimal("-1.40"),
    }
    assert sum(balances.values()) == 0


def _is_three_rows_for_datev(tenant: Tenant) -> None:
    datev = tenant.books.get(
        "/v1/reports/datev-export", params={"startDate": "2026-03-01", "endDate": "2026-03-31"}
    )
    assert datev.status_code == 200
    rows = [line.split(";") for line in datev.content.decode("cp1252").split("\r\n")[2:] if line]
    assert [(r[0], r[1], r[6], r[7], r[8], r[9]) for r in rows] == [
        ("118,76", '"S"', "10001", "4400", '""', "0203"),
        ("21,40", '"S"', "10001", "4300", '""', "0203"),
        ("140,16", '"S"', "1800", "10001", '""', "1203"),
    ]


def _is_open_again_after_unmatching(tenant: Tenant, story: Story) -> None:
    undone = ok(tenant.books.post(f"/v1/bank-transactions/{story.transaction}/unmatch"))
    assert undone["ok"] is True
    assert ok(tenant.billing.get(f"/documents/{story.document}"))["paid"] is False
    assert receivable(tenant, story.number)["remaining_amount"] == Decimal("140.16")


def _is_invisible_to(stranger: Tenant, story: Story) -> None:
    assert ok(stranger.billing.get("/documents"))["total"] == 0
    assert ok(stranger.billing.get("/contacts"))["total"] == 0
    assert ok(stranger.books.get("/v1/journal"))["entries"] == []
    assert trial_balance(stranger) == {}
    for response in (
        stranger.billing.get(f"/documents/{story.document}"),
        stranger.billing.get(f"/documents/{story.document}/xml"),
        stranger.books.get(f"/v1/journal/{story.intent}"),
        stranger.books.get(f"/v1/bank-accounts/{story.account}"),
        stranger.books.post(f"/v1/bank-transactions/{story.transaction}/unmatch"),
    ):
        assert response.status_code == 404, response.text


def test_exact_partial_and_collective_payments(nordlicht: Tenant) -> None:
    first, second, third = _three_invoices(nordlicht)
    part, together = Decimal("500.00"), second["totalAmount"] + third["totalAmount"]
    account = bank_account(nordlicht, "1800", NORDLICHT.iban)
    upload(
        nordlicht,
        account,
        statement(
            NORDLICHT.iban,
            Decimal("1000.00"),
            [
                Payment(
                    date(2026, 3, 20), part, "Hansen", HANSEN_IBAN, f"Teilzahlung {first['number']}"
                ),
                Payment(
                    date(2026, 3, 21),
                    together,
                    "Hansen",
                    HANSEN_IBAN,
                    f"{second['number']} {third['number']}",
                ),
            ],
        ),
    )
    lines = {
        line["amount"]: line["id"]
        for line in ok(nordlicht.books.get("/v1/bank-transactions"))["transactions"]
    }
    _settle_in_part(nordlicht, lines[part], first)
    _settle_together(nordlicht, lines[together], [second, third])

    shown = [ok(nordlicht.billing.get(f"/documents/{d['id']}")) for d in (first, second, third)]
    assert [document["paid"] for document in shown] == [False, True, True]
    states = [receivable(nordlicht, d["number"]) for d in (first, second, third)]
    rest = first["totalAmount"] - part
    assert [s["remaining_amount"] for s in states] == [rest, 0, 0]
    assert [s["status"] for s in states[1:]] == ["paid", "paid"]
    balances = trial_balance(nordlicht)
    assert (balances["10001"], balances["1800"]) == (rest, part + together)
    assert sum(balances.values()) == 0
    open_items = ok(nordlicht.books.get("/v1/outgoing-invoices/open-items"))
    assert [entry["total_open"] for entry in open_items] == [rest]


def _three_invoices(tenant: Tenant) -> tuple[Any, Any, Any]:
    """An XRechnung of two rates with discount, and Factur-X in German and English."""
    contact = ok(tenant.billing.post("/contacts", json=CLIENT), 201)["id"]
    two_rates = [
        {"title": "Server", "quantity": 3, "netPrice": 333.33, "vatRate": 19},
        {"title": "Handbuch", "quantity": 7, "netPrice": 9.99, "vatRate": 7},
    ]
    plain = [{"title": "Domain", "quantity": 1, "netPrice": 12.00, "vatRate": 19}]
    first = invoice(tenant, contact, two_rates, exportType="xrechnung", discountRate=5)
    second = invoice(tenant, contact, plain, exportType="factur-x")
    third = invoice(tenant, contact, WORKED_EXAMPLE, exportType="factur-x", language="en")
    keep(
        "two-rates-discount-xrechnung.xml",
        tenant.billing.get(f"/documents/{first['id']}/xml").content,
    )
    for document in (second, third):
        pdf = tenant.billing.get(f"/documents/{document['id']}/pdf")
        assert pdf.content.startswith(b"%PDF-")
        assert pdf.content == tenant.billing.get(f"/documents/{document['id']}/pdf").content
        keep(f"factur-x-{document['number']}.pdf", pdf.content)
    return first, second, third


def _settle_in_part(tenant: Tenant, transaction: str, document: Any) -> None:
    claim = receivable(tenant, document["number"])
    ok(
        tenant.books.post(
            f"/v1/bank-transactions/{transaction}/reconcile",
            json={
                "intent_id": claim["intent_id"],
                "candidate_kind": "open_receivable",
                "open_item_account": claim["open_item_account"],
            },
        )
    )


def _settle_together(tenant: Tenant, transaction: str, documents: list[Any]) -> None:
    claims = [receivable(tenant, document["number"]) for document in documents]
    body = {
        "bank_transaction_ids": [transaction],
        "allocations": [
            {
                "intent_id": claim["intent_id"],
                "candidate_kind": "open_receivable",
                "open_item_account": claim["open_item_account"],
                "allocated_bank_amount": claim["remaining_amount"],
            }
            for claim in claims
        ],
    }
    group = tenant.books.post("/v1/bank-match-groups", content=exact_json.encode(body))
    assert ok(group, 201)["ok"] is True


@pytest.mark.parametrize("export_type", ["pdf", "factur-x", "xrechnung"])
def test_what_a_finalized_document_shows_never_changes(nordlicht: Tenant, export_type: str) -> None:
    contact = ok(nordlicht.billing.post("/contacts", json=CLIENT), 201)["id"]
    document = invoice(nordlicht, contact, WORKED_EXAMPLE, exportType=export_type)
    path = f"/documents/{document['id']}/{'xml' if export_type == 'xrechnung' else 'pdf'}"
    before = nordlicht.billing.get(path)
    ok(nordlicht.billing.patch(f"/contacts/{contact}", json={"name": "Ganz anders GmbH"}))
    refused = nordlicht.billing.patch(
        f"/documents/{document['id']}", json={"lines": WORKED_EXAMPLE[:1]}
    )
    assert refused.status_code == 409
    after = nordlicht.billing.get(path)
    assert (before.status_code, before.content) == (200, after.content)


@pytest.mark.parametrize("export_type", ["factur-x", "xrechnung"])
def test_what_follows_on_an_order_is_told_in_e_invoices(
    nordlicht: Tenant, export_type: str
) -> None:
    def follow(document: Any, **more: Any) -> Any:
        body = {"type": "invoice", "finalized": True, "exportType": export_type, **more}
        path = f"/documents/{document['id']}/convert"
        return ok(nordlicht.billing.post(path, json=body), 201)

    contact = ok(nordlicht.billing.post("/contacts", json=CLIENT), 201)["id"]
    body = {"type": "order-confirmation", "clientId": contact, "finalized": True}
    order = ok(nordlicht.billing.post("/documents", json={**body, "lines": WORKED_EXAMPLE}), 201)
    partial = follow(order, invoiceType="partial", percent=30)
    ok(nordlicht.billing.patch(f"/documents/{partial['id']}", json={"paid": True}))
    final = follow(order, invoiceType="final")
    plain = follow(follow_order(nordlicht, order))
    credit = follow(plain, invoiceType="credit-note", lines=[{"line": 2, "quantity": 1}])
    ok(nordlicht.billing.post(f"/documents/{final['id']}/cancel"))
    correction = follow(final, invoiceType="correction")
    kind, name = ("xml", "xml") if export_type == "xrechnung" else ("pdf", "pdf")
    for document in (partial, final, credit, correction):
        answer = nordlicht.billing.get(f"/documents/{document['id']}/{kind}")
        assert answer.status_code == 200
        keep(f"{export_type}-{document['invoiceType']}.{name}", answer.content)
    cancelled = nordlicht.billing.get(f"/documents/{final['id']}/cancellation/{kind}")
    assert cancelled.status_code == 200
    keep(f"{export_type}-cancellation.{name}", cancelled.content)


def follow_order(tenant: Tenant, order: Any) -> Any:
    """The same order once more."""
    body = {
        "type": "order-confirmation",
        "clientId": order["client"]["id"],
        "finalized": True,
        "lines": WORKED_EXAMPLE,
    }
    return ok(tenant.billing.post("/documents", json=body), 201)
