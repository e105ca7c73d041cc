"""Bodies and questions that the reliability tests share."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import psycopg

from kontorhaus.invoicing.verification import queries as invoicing
from kontorhaus.kernel import exact_json
from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.periods import queries as periods
from kontorhaus.openitems import queries as openitems
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.e2e.serving import Serving, Tenant

Result = TypeVar("Result")

DAY = "2026-03-02"
CUSTOMER = {
    "name": "Hansen & Söhne GmbH",
    "address1": "Speicherstraße 14",
    "address2": "20457 Hamburg",
    "countryCode": "DE",
    "email": "einkauf@hansen.example",
}

# Every table that an operation may write, so that "nothing changed" can be counted.
TABLES = (
    "account",
    "account_balance",
    "account_year",
    "allocation",
    "api_key",
    "artefact",
    "audit",
    "bank_account",
    "bank_batch",
    "bank_match",
    "bank_statement",
    "bank_transaction",
    "closing",
    "counter",
    "customer_access",
    "customer_session",
    "document",
    "document_mail",
    "document_run",
    "document_run_row",
    "event",
    "fiscal_year",
    "idempotency_key",
    "intent",
    "lock_decision",
    "lock_request",
    "mail",
    "open_item",
    "outgoing_invoice",
    "party",
    "period",
    "tax_balance",
)


def ok(response: httpx.Response, *statuses: int) -> Any:
    """The JSON of a successful answer."""
    assert response.status_code in (statuses or (200, 201)), response.text
    return exact_json.decode(response.content)


def booking(reference: str, cents: int = 11900, **more: Any) -> dict[str, Any]:
    """A purchase with input tax, known by its reference."""
    amount = cents / 100
    return {
        "booking_date": DAY,
        "description": f"Beleg {reference}",
        "external_reference": reference,
        "skip_duplicate_check": True,
        "lines": [
            {"account_number": "6837", "debit": amount, "credit": 0, "tax_code": "VST19"},
            {"account_number": "1800", "debit": 0, "credit": amount},
        ],
        **more,
    }


def invoice(client: str, **more: Any) -> dict[str, Any]:
    """An invoice of two lines to somebody who need not be a contact."""
    return {
        "type": "invoice",
        "date": DAY,
        "serviceDate": DAY,
        "client": {**CUSTOMER, "name": client},
        "lines": [
            {"title": "Hosting S", "quantity": 2, "netPrice": 49.90, "vatRate": 19},
            {"title": "Fachbuch", "netPrice": 20.00, "vatRate": 7},
        ],
        **more,
    }


def contact(tenant: Tenant, **more: Any) -> str:
    """The id of a new contact."""
    return str(ok(tenant.billing.post("/contacts", json={**CUSTOMER, **more}))["id"])


def findings(database: Database, serving: Serving, tenant: Tenant) -> list[Finding]:
    """What verification finds in a tenant now."""
    caller = Caller(TenantId(tenant.tenant_id), SYSTEM, "Europe/Berlin")
    with begin(database, caller, read_only=True) as work:
        return [
            *ledger.verify(work),
            *periods.verify(work),
            *openitems.verify(work),
            *invoicing.verify(work, blobs=Blobs(serving.home / "blobs")),
        ]


def ask(conninfo: str, question: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a question to the database as its superuser sees it."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("set search_path = kontorhaus")
        cursor = connection.execute(question.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def rows(conninfo: str, tenant: Tenant) -> dict[str, int]:
    """How many rows of each table belong to a tenant."""
    counts = " union all ".join(
        f"select '{table}', count(*) from {table} where tenant_id = %(tenant)s" for table in TABLES
    )
    return dict(ask(conninfo, counts, tenant=tenant.tenant_id))


def at_once(tasks: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run all tasks in threads that begin together."""
    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], Result]) -> Result:
        gate.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


def reason(answer: httpx.Response, *statuses: int) -> str:
    """What a surface says no with; its shape is checked on the way."""
    assert answer.status_code in statuses, (answer.status_code, answer.text[:500])
    body = answer.json()
    assert "Traceback" not in answer.text
    if "/billing/" in str(answer.url):
        assert isinstance(body["error"], str)
        return str(body["error"])
    assert set(body) == {"code", "message", "details"}
    assert body["code"].isupper()
    return f"{body['message']} {json.dumps(body['details'])}"
