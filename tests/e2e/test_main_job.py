"""From an invoice to a matched payment and a DATEV row, over HTTP, told alike by every surface."""

from __future__ import annotations

import os
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
    "name": "Hansen & Söhne Kontorbedarf GmbH", "address1": "Speicherstraße 14",
    "address2": "20457 Hamburg", "countryCode": "DE", "email": "einkauf@hansen.example",
    "clientNumber": "K-10482", "taxNumber": "DE136695976",
}
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
        "type": "invoice", "date": DAY, "serviceDate": DAY, "clientId": contact, "lines": lines,
        "finalized": True, **more,
    }
    return ok(tenant.billing.post("/documents", json=body), 201)


def upload(tenant: Tenant, account: str, content: bytes) -> Any:
    return ok(tenant.books.post(
        f"/v1/bank-accounts/{account}/upload",
        files={"file": ("statement.xml", content, "application/xml")},
    ))


def receivable(tenant: Tenant, number: str) -> Any:
    rows = ok(tenant.books.get("/v1/outgoing-invoices"))
    return next(row for row in rows if row["invoice_number"] == number)


def trial_balance(tenant: Tenant) -> dict[str, Decimal]:
    rows = ok(tenant.books.get(
        "/v1/reports", params={"type": "susa", "startDate": "2026-01-01", "endDate": "2026-12-31"}
    ))
    return {row["number"]: Decimal(row["balance"]) for row in rows}


def bank_account(tenant: Tenant, number: str, iban: str) -> str:
    body = {"name": "Geschäftskonto", "iban": iban, "account_number": number}
    return str(ok(tenant.books.post("/v1/bank-accounts", json=body), 201)["id"])


def test_the_worked_example_from_invoice_to_datev_row(nordlicht: Tenant, lindenhof: Tenant) -> None:
    contact = ok(nordlicht.billing.post("/contacts", json=CLIENT), 201)
    document = invoice(nordlicht, contact["id"], WORKED_EXAMPLE, exportType="xrechnung")
    assert (document["netAmount"], document["vatAmount"], document["totalAmount"]) == (
        Decimal("119.80"), Decimal("20.36"), Decimal("140.16"))
    assert document["paid"] is False
    number = document["number"]
    xml = nordlicht.billing.get(f"/documents/{document['id']}/xml")
    assert xml.status_code == 200
    keep("worked-example-xrechnung.xml", xml.content)
    assert b"<cbc:PayableAmount currencyID=\"EUR\">140.16</cbc:PayableAmount>" in xml.content

    claim = receivable(nordlicht, number)
    assert (claim["status"], claim["remaining_amount"]) in (
        ("open", Decimal("140.16")), ("overdue", Decimal("140.16")))
    entries = ok(nordlicht.books.get(f"/v1/journal/{claim['intent_id']}"))["entries"]
    assert [(e["account_debit"], e["account_credit"], e["amount"]) for e in entries] == [
        ("10001", "4400", Decimal("99.80")), ("10001", "3806", Decimal("18.96")),
        ("10001", "4300", Decimal("20.00")), ("10001", "3801", Decimal("1.40"))]

    account = bank_account(nordlicht, "1800", NORDLICHT.iban)
    paid = Payment(date(2026, 3, 12), Decimal("140.16"), "Hansen + Soehne",
                   "DE89370400440532013000", f"RE {number} vom 02.03.2026")
    result = upload(nordlicht, account, statement(NORDLICHT.iban, Decimal(0), [paid]))
    assert (result["imported"], result["skipped_duplicates"]) == (1, 0)
    again = upload(nordlicht, account, statement(NORDLICHT.iban, Decimal(0), [paid]))
    assert (again["imported"], again["skipped_duplicates"]) == (0, 1)

    suggestion = ok(nordlicht.books.get(
        "/v1/bank-transactions/suggestions", params={"bank_account_id": account}))[0]
    assert suggestion["ledger_intent_id"] == claim["intent_id"]
    matched = ok(nordlicht.books.post(
        f"/v1/bank-transactions/{suggestion['bank_transaction_id']}/reconcile",
        json={"intent_id": suggestion["ledger_intent_id"],
              "candidate_kind": suggestion["candidate_kind"],
              "open_item_account": suggestion["open_item_account"]},
    ))
    assert matched["ok"] is True

    shown = ok(nordlicht.billing.get(f"/documents/{document['id']}"))
    assert (shown["paid"], shown["paidDate"]) == (True, "2026-03-12")
    claim = receivable(nordlicht, number)
    assert (claim["status"], claim["remaining_amount"]) == ("paid", Decimal("0.00"))
    balances = trial_balance(nordlicht)
    assert balances == {
        "1800": Decimal("140.16"), "10001": Decimal("0.00"), "4400": Decimal("-99.80"),
        "4300": Decimal("-20.00"), "3806": Decimal("-18.96"), "3801": Decimal("-1.40")}
    assert sum(balances.values()) == 0

    datev = nordlicht.books.get(
        "/v1/reports/datev-export", params={"startDate": "2026-03-01", "endDate": "2026-03-31"})
    assert datev.status_code == 200
    rows = [line.split(";") for line in datev.content.decode("cp1252").split("\r\n")[2:] if line]
    assert [(r[0], r[1], r[6], r[7], r[8], r[9]) for r in rows] == [
        ("118,76", '"S"', "10001", "4400", '""', "0203"),
        ("21,40", '"S"', "10001", "4300", '""', "0203"),
        ("140,16", '"S"', "1800", "10001", '""', "1203")]

    transaction = suggestion["bank_transaction_id"]
    undone = ok(nordlicht.books.post(f"/v1/bank-transactions/{transaction}/unmatch"))
    assert undone["ok"] is True
    assert ok(nordlicht.billing.get(f"/documents/{document['id']}"))["paid"] is False
    assert receivable(nordlicht, number)["remaining_amount"] == Decimal("140.16")

    _sees_nothing(lindenhof, document["id"], claim["intent_id"], account, transaction)


def _sees_nothing(
    stranger: Tenant, document: str, intent: str, account: str, transaction: str
) -> None:
    assert ok(stranger.billing.get("/documents"))["total"] == 0
    assert ok(stranger.billing.get("/contacts"))["total"] == 0
    assert ok(stranger.books.get("/v1/journal"))["entries"] == []
    assert trial_balance(stranger) == {}
    for response in (
        stranger.billing.get(f"/documents/{document}"),
        stranger.billing.get(f"/documents/{document}/xml"),
        stranger.books.get(f"/v1/journal/{intent}"),
        stranger.books.get(f"/v1/bank-accounts/{account}"),
        stranger.books.post(f"/v1/bank-transactions/{transaction}/unmatch"),
    ):
        assert response.status_code == 404, response.text


def test_exact_partial_and_collective_payments(nordlicht: Tenant) -> None:
    contact = ok(nordlicht.billing.post("/contacts", json=CLIENT), 201)["id"]
    two_rates = [
        {"title": "Server", "quantity": 3, "netPrice": 333.33, "vatRate": 19},
        {"title": "Handbuch", "quantity": 7, "netPrice": 9.99, "vatRate": 7},
    ]
    plain = [{"title": "Domain", "quantity": 1, "netPrice": 12.00, "vatRate": 19}]
    first = invoice(nordlicht, contact, two_rates, exportType="xrechnung", discountRate=5)
    second = invoice(nordlicht, contact, plain, exportType="factur-x")
    third = invoice(nordlicht, contact, WORKED_EXAMPLE, exportType="factur-x", language="en")
    keep("two-rates-discount-xrechnung.xml",
         nordlicht.billing.get(f"/documents/{first['id']}/xml").content)
    for document in (second, third):
        pdf = nordlicht.billing.get(f"/documents/{document['id']}/pdf")
        assert pdf.content.startswith(b"%PDF-")
        assert pdf.content == nordlicht.billing.get(f"/documents/{document['id']}/pdf").content
        keep(f"factur-x-{document['number']}.pdf", pdf.content)

    part = Decimal("500.00")
    together = Decimal(second["totalAmount"]) + Decimal(third["totalAmount"])
    payments = [
        Payment(date(2026, 3, 20), part, "Hansen", "DE89370400440532013000",
                f"Teilzahlung {first['number']}"),
        Payment(date(2026, 3, 21), together, "Hansen", "DE89370400440532013000",
                f"{second['number']} {third['number']}"),
    ]
    account = bank_account(nordlicht, "1800", NORDLICHT.iban)
    upload(nordlicht, account, statement(NORDLICHT.iban, Decimal("1000.00"), payments))
    lines = ok(nordlicht.books.get("/v1/bank-transactions"))["transactions"]
    partial = next(line for line in lines if line["amount"] == part)
    collective = next(line for line in lines if line["amount"] == together)

    claims = {d["number"]: receivable(nordlicht, d["number"]) for d in (first, second, third)}
    ok(nordlicht.books.post(
        f"/v1/bank-transactions/{partial['id']}/reconcile",
        json={"intent_id": claims[first["number"]]["intent_id"],
              "candidate_kind": "open_receivable",
              "open_item_account": claims[first["number"]]["open_item_account"]},
    ))
    group = ok(nordlicht.books.post("/v1/bank-match-groups", content=exact_json.encode({
        "bank_transaction_ids": [collective["id"]],
        "allocations": [
            {"intent_id": claims[d["number"]]["intent_id"], "candidate_kind": "open_receivable",
             "open_item_account": claims[d["number"]]["open_item_account"],
             "allocated_bank_amount": Decimal(d["totalAmount"])}
            for d in (second, third)
        ],
    })), 201)
    assert group["ok"] is True

    shown = {d["number"]: ok(nordlicht.billing.get(f"/documents/{d['id']}"))
             for d in (first, second, third)}
    assert [shown[d["number"]]["paid"] for d in (first, second, third)] == [False, True, True]
    states = {n: receivable(nordlicht, n) for n in claims}
    rest = Decimal(first["totalAmount"]) - part
    assert states[first["number"]]["remaining_amount"] == rest
    assert states[first["number"]]["status"] in ("partially_paid", "overdue")
    assert [states[d["number"]]["status"] for d in (second, third)] == ["paid", "paid"]
    balances = trial_balance(nordlicht)
    assert sum(balances.values()) == 0
    assert balances["10001"] == rest
    assert balances["1800"] == part + together
    open_items = ok(nordlicht.books.get("/v1/outgoing-invoices/open-items"))
    assert [entry["total_open"] for entry in open_items] == [rest]


@pytest.mark.parametrize("export_type", ["pdf", "factur-x", "xrechnung"])
def test_what_a_finalized_document_shows_never_changes(
    nordlicht: Tenant, export_type: str
) -> None:
    contact = ok(nordlicht.billing.post("/contacts", json=CLIENT), 201)["id"]
    document = invoice(nordlicht, contact, WORKED_EXAMPLE, exportType=export_type)
    path = f"/documents/{document['id']}/{'xml' if export_type == 'xrechnung' else 'pdf'}"
    before = nordlicht.billing.get(path)
    ok(nordlicht.billing.patch(f"/contacts/{contact}", json={"name": "Ganz anders GmbH"}))
    refused = nordlicht.billing.patch(
        f"/documents/{document['id']}", json={"lines": WORKED_EXAMPLE[:1]})
    assert refused.status_code == 409
    after = nordlicht.billing.get(path)
    assert (before.status_code, before.content) == (200, after.content)
