"""Every operation of books that writes, called once as it is meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.runtime import secret
from kontorhaus.surfaces.books.imports import tasks as imports
from tests.e2e.camt import Payment, statement
from tests.surfaces.audited.stage import PASSWORD, Stage
from tests.surfaces.books.books_api import booking, line
from tests.surfaces.books.invoice_examples import incoming, invoice

V1 = "/books/v1"
DAY = "2026-03-02"
IBAN = "DE02120300000000202051"
ITEM = {
    "intent_id": "{sale}",
    "candidate_kind": "open_receivable",
    "open_item_account": "{customer_account}",
}
XML = (
    b'<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'
)


def play(stage: Stage) -> None:
    """All of them, in an order in which each finds what it needs."""
    _master_data(stage)
    _postings(stage)
    _invoices(stage)
    _bank(stage)
    _payment_run(stage)
    _periods(stage)
    _access(stage)


def _master_data(stage: Stage) -> None:
    account = {"number": "6899", "name": "Kaffee", "type": "expense"}
    stage.call(f"POST {V1}/accounts", account)
    stage.call(f"POST {V1}/customers", {"name": "Anna Berg"})
    for role in ("customer", "vendor"):
        made = stage.call(f"POST {V1}/{role}s", {"name": f"{role} GmbH", "iban": IBAN})
        stage.ids |= {role: made["id"], f"{role}_account": made["account_number"]}
        other = stage.call(f"POST {V1}/{role}s", {"name": f"anderer {role}"})
        stage.ids["id"] = stage.ids[role]
        stage.call(f"PUT {V1}/{role}s/{{id}}", {"name": f"{role} AG"}, changes=True)
        stage.ids["id"] = other["id"]
        stage.call(f"DELETE {V1}/{role}s/{{id}}", changes=True)
    code = {"code": "UST5", "label": "5 %", "rate": 5, "vat_account": "3806"}
    stage.call(f"POST {V1}/tax-codes", code)
    stage.ids["code"] = "UST5"
    stage.call(f"PATCH {V1}/tax-codes/{{code}}", {"label": "fünf"}, changes=True)
    stage.call(f"DELETE {V1}/tax-codes/{{code}}", changes=True)
    stage.call(f"PATCH {V1}/settings", {"sepa_version": "03"}, changes=True)
    upload = {"file": ("x.xml", XML, "text/xml")}
    stage.call(f"POST {V1}/documents", files=upload)


def _postings(stage: Stage) -> None:
    balances = [
        {"account_number": "1800", "account_name": "", "debit": 50, "credit": 0},
        {"account_number": "2900", "account_name": "", "debit": 0, "credit": 50},
    ]
    opening = {"booking_date": "2026-01-01", "balances": balances}
    stage.call(f"POST {V1}/bookings/opening-balances", opening)
    made = stage.call(f"POST {V1}/bookings", booking())
    stage.call(f"POST {V1}/journal/reverse", {"intent_id": made["intent_id"]})
    job = stage.call(f"POST {V1}/bookings/bulk", [booking()], params={"mode": "atomic"})
    stage.work_off("books.import_bookings", imports.import_bookings, import_id=job["id"])


def _posted(stage: Stage, account: str, gross: float, *sides: dict[str, Any]) -> str:
    lines = list(sides) or [line(account, gross), line("4400", 0, gross, tax_code="UST19")]
    return str(stage.call(f"POST {V1}/bookings", booking(DAY, lines=lines))["intent_id"])


def _invoices(stage: Stage) -> None:
    stage.ids["sale"] = _posted(stage, stage.ids["customer_account"], 119)
    issued = invoice("{customer}", "RE-1", intent_id="{sale}")
    stage.ids["id"] = stage.call(f"POST {V1}/outgoing-invoices", issued)["id"]
    stage.call(f"PATCH {V1}/outgoing-invoices/{{id}}", {"notes": "neu"}, changes=True)
    for name in ("first", "second"):
        debt = (line("6815", 119, tax_code="VST19"), line(stage.ids["vendor_account"], 0, 119))
        stage.ids["purchase"] = _posted(stage, "", 0, *debt)
        bought = incoming("{vendor}", name, intent_id="{purchase}")
        stage.ids[name] = stage.call(f"POST {V1}/invoices", bought)["id"]
    stage.ids["id"] = stage.ids["first"]
    stage.call(f"PATCH {V1}/invoices/{{id}}", {"notes": "neu"}, changes=True)


def _bank(stage: Stage) -> None:
    account = {"name": "Konto", "iban": IBAN, "account_number": "1800"}
    stage.ids["account"] = stage.ids["id"] = stage.call(f"POST {V1}/bank-accounts", account)["id"]
    stage.call(f"PUT {V1}/bank-accounts/{{id}}", {"name": "Girokonto"}, changes=True)
    for operation, amount in (
        (f"POST {V1}/bank-accounts/{{id}}/upload", Decimal(10)),
        (f"POST {V1}/bank-transactions/import-file", Decimal(20)),
    ):
        paid = Payment(date(2026, 3, 10), amount, "Anna Berg", "DE89370400440532013000", "x")
        file = {"file": ("x.xml", statement(IBAN, Decimal(0), [paid]), "text/xml")}
        stage.call(operation, files=file)
    rows = [{"tx_date": "2026-03-11", "amount": amount} for amount in (0, 1.01, 1.02, 1.03)]
    stage.call(
        f"POST {V1}/bank-transactions", {"bank_account_id": "{account}", "transactions": rows}
    )
    headers = {"Authorization": f"Bearer {stage.tokens['books']}"}
    listed = stage.client.get(f"{V1}/bank-transactions", headers=headers).json()["transactions"]
    ids = {str(one["amount"]): one["id"] for one in listed}
    stage.ids["id"] = ids["0.00"] if "0.00" in ids else ids["0.0"]
    stage.call(f"POST {V1}/bank-transactions/{{id}}/dismiss", changes=True)
    stage.ids["id"] = ids["1.01"]
    stage.call(f"POST {V1}/bank-transactions/{{id}}/reconcile", ITEM, changes=True)
    stage.call(f"POST {V1}/bank-transactions/{{id}}/unmatch", changes=True)
    pair = {"bank_transaction_id": ids["1.02"], **ITEM}
    stage.call(f"POST {V1}/bank-transactions/batch-reconcile", {"pairs": [pair]}, changes=True)
    group = {
        "bank_transaction_ids": [ids["1.03"]],
        "allocations": [{**ITEM, "allocated_bank_amount": 1.03}],
    }
    made = stage.call(f"POST {V1}/bank-match-groups", group)
    stage.ids["id"] = made["match_group_id"]
    stage.call(f"POST {V1}/bank-match-groups/{{id}}/unmatch", changes=True)


def _payment_run(stage: Stage) -> None:
    for invoices, steps in (("first", ("cancel",)), ("second", ("approve", "export", "complete"))):
        run = {
            "bank_account_id": "{account}",
            "execution_date": "2199-01-04",
            "invoice_ids": [f"{{{invoices}}}"],
        }
        stage.ids["id"] = stage.call(f"POST {V1}/payment-runs", run)["id"]
        for step in steps:
            stage.call(f"POST {V1}/payment-runs/{{id}}/{step}", changes=True)


def _periods(stage: Stage) -> None:
    stage.ids["period"] = "2026-02"
    stage.call(f"POST {V1}/periods/{{period}}/soft-lock", changes=True)
    stage.call(f"POST {V1}/periods/{{period}}/reopen", changes=True)
    for step in ("cancel", "approve"):
        asked = stage.call(f"POST {V1}/periods/{{period}}/lock")
        stage.ids["request_id"] = asked["request_id"]
        stage.call(
            f"POST {V1}/periods/{{period}}/lock/{{request_id}}/{step}",
            token=stage.tokens["colleague"],
            changes=step == "approve",
        )


def _access(stage: Stage) -> None:
    letter = {"name": "Anna", "email": "anna@example.de", "message": "Guten Tag"}
    stage.call(f"POST {V1}/contact", letter)
    user, email = stage.person("owner")
    body = {"email": email, "password": PASSWORD}
    token = stage.call(f"POST {V1}/auth/login", body, by="user")["token"]
    stage.call(f"POST {V1}/auth/logout", by="user", token=token)
    stage.call(f"POST {V1}/auth/forgot-password", {"email": email}, by="user")
    link = sessions.invite(
        stage.resources.database, secret=secret.of(stage.resources.config.home), user_id=user
    )
    body = {"token": link, "password": "ein ganz anderes Wort"}
    stage.call(f"POST {V1}/auth/setup-password", body, by="user")
