"""Another company's ids open nothing, and the answer does not tell that they exist (S-1)."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from kontorhaus.runtime.database import Database
from tests.e2e.calls import ask, booking, contact, invoice, ok, rows
from tests.e2e.camt import Payment, statement
from tests.e2e.serving import (
    LINDENHOF,
    NORDLICHT,
    ROOT,
    Serving,
    Tenant,
    keyed_tenant,
    make_tenant,
)

CII = (
    b'<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'
)
INVOICE = {
    "invoice_number": "F-1",
    "invoice_date": "2026-03-02",
    "total_net": 100,
    "total_tax": 19,
    "total_gross": 119,
    "lines": [
        {
            "position": 1,
            "description": "Strom",
            "quantity": 1,
            "unit_price": 100,
            "tax_rate": 0.19,
            "tax_amount": 19,
            "line_total": 119,
        }
    ],
}
# What every company names alike: it tells nothing of another one.
NATURAL_KEYS = {"code", "number", "period", "year"}

# Every operation that names something by an id: method, path, body. `{word}` is an id of a kind.
OPERATIONS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/books/v1/journal/{intent}", None),
    ("POST", "/books/v1/journal/reverse", {"intent_id": "{intent}"}),
    ("GET", "/books/v1/customers/{party}", None),
    ("GET", "/books/v1/customers/{party}/credit", None),
    (
        "POST",
        "/books/v1/customers/{party}/credit",
        {"kind": "top_up", "amount": 5, "debit_account": "1800"},
    ),
    (
        "POST",
        "/books/v1/customers/{party}/credit/pay-out",
        {"amount": 5, "credit_account": "1800"},
    ),
    ("GET", "/books/v1/outgoing-invoices/{claim}", None),
    ("GET", "/books/v1/bank-accounts/{account}", None),
    ("PUT", "/books/v1/bank-accounts/{account}", {"name": "Meins"}),
    ("GET", "/books/v1/bank-accounts/{account}/reconciliation", None),
    ("POST", "/books/v1/bank-accounts/{account}/upload", "file"),
    (
        "POST",
        "/books/v1/bank-transactions",
        {"bank_account_id": "{account}", "transactions": [{"tx_date": "2026-03-02", "amount": 1}]},
    ),
    ("GET", "/books/v1/bank-transactions/{line}", None),
    ("POST", "/books/v1/bank-transactions/{line}/dismiss", {}),
    ("POST", "/books/v1/bank-transactions/{line}/unmatch", {}),
    (
        "POST",
        "/books/v1/bank-transactions/{line}/reconcile",
        {
            "intent_id": "{intent}",
            "candidate_kind": "open_receivable",
            "open_item_account": "10001",
        },
    ),
    (
        "POST",
        "/books/v1/bank-match-groups",
        {
            "bank_transaction_ids": ["{line}"],
            "allocations": [
                {
                    "intent_id": "{intent}",
                    "candidate_kind": "open_receivable",
                    "open_item_account": "10001",
                    "allocated_bank_amount": 140.16,
                }
            ],
        },
    ),
    ("POST", "/books/v1/bank-match-groups/{group}/unmatch", {}),
    ("PUT", "/books/v1/customers/{party}", {"name": "Meiner"}),
    ("DELETE", "/books/v1/customers/{party}", None),
    ("PATCH", "/books/v1/outgoing-invoices/{claim}", {"notes": "meins"}),
    (
        "POST",
        "/books/v1/outgoing-invoices",
        {**INVOICE, "type": "invoice", "customer_id": "{party}"},
    ),
    ("GET", "/books/v1/vendors/{vendor}", None),
    ("PUT", "/books/v1/vendors/{vendor}", {"name": "Meiner"}),
    ("DELETE", "/books/v1/vendors/{vendor}", None),
    ("POST", "/books/v1/invoices", {**INVOICE, "vendor_id": "{vendor}"}),
    ("GET", "/books/v1/invoices/{debt}", None),
    ("PATCH", "/books/v1/invoices/{debt}", {"notes": "meins"}),
    ("GET", "/books/v1/payment-runs/{run}", None),
    (
        "POST",
        "/books/v1/payment-runs",
        {"bank_account_id": "{account}", "execution_date": "2199-01-04", "invoice_ids": ["{debt}"]},
    ),
    ("POST", "/books/v1/payment-runs/{run}/approve", {}),
    ("POST", "/books/v1/payment-runs/{run}/cancel", {}),
    ("POST", "/books/v1/payment-runs/{run}/complete", {}),
    ("POST", "/books/v1/payment-runs/{run}/export", {}),
    ("GET", "/books/v1/payment-runs/{run}/sepa-xml", None),
    ("GET", "/books/v1/documents/{file}/file", None),
    ("GET", "/books/v1/documents/{file}/preview", None),
    ("POST", "/books/v1/periods/2026-03/lock/{lock}/approve", {}),
    ("POST", "/books/v1/periods/2026-03/lock/{lock}/cancel", {}),
    ("GET", "/billing/v1/contacts/{contact}", None),
    ("PATCH", "/billing/v1/contacts/{contact}", {"name": "Meiner"}),
    ("DELETE", "/billing/v1/contacts/{contact}", None),
    ("GET", "/billing/v1/contacts/{contact}/portal-tokens", None),
    ("POST", "/billing/v1/contacts/{contact}/portal-tokens", {"name": "Meiner"}),
    ("DELETE", "/billing/v1/contacts/{contact}/portal-tokens/{token}", None),
    ("GET", "/billing/v1/contacts/{contact}/portal-links", None),
    ("POST", "/billing/v1/contacts/{contact}/portal-links", {"email": "ich@example.org"}),
    ("DELETE", "/billing/v1/contacts/{contact}/portal-links/{link}", None),
    ("GET", "/billing/v1/products/{product}", None),
    ("PATCH", "/billing/v1/products/{product}", {"title": "Meins"}),
    ("DELETE", "/billing/v1/products/{product}", None),
    (
        "POST",
        "/billing/v1/documents",
        {"type": "invoice", "clientId": "{contact}", "lines": [{"title": "x", "netPrice": 1}]},
    ),
    ("GET", "/billing/v1/documents/{document}", None),
    ("PATCH", "/billing/v1/documents/{document}", {"notes": "meins"}),
    ("DELETE", "/billing/v1/documents/{document}", None),
    ("GET", "/billing/v1/documents/{document}/pdf", None),
    ("GET", "/billing/v1/documents/{document}/xml", None),
    ("GET", "/billing/v1/documents/{document}/preview", None),
    ("GET", "/billing/v1/documents/{document}/attachments/1", None),
    ("POST", "/billing/v1/documents/{document}/cancel", {}),
    ("GET", "/billing/v1/documents/{document}/cancellation/pdf", None),
    ("GET", "/billing/v1/documents/{document}/cancellation/xml", None),
    ("POST", "/billing/v1/documents/{document}/convert", {"type": "delivery-note"}),
    ("GET", "/billing/v1/documents/{document}/chain", None),
    (
        "POST",
        "/billing/v1/documents",
        {
            "type": "delivery-note",
            "parentId": "{document}",
            "lines": [{"title": "x", "netPrice": 1}],
        },
    ),
    ("GET", "/billing/v1/documents/{document}/emails", None),
    ("GET", "/billing/v1/jobs/{job}", None),
    (
        "POST",
        "/billing/v1/documents/{document}/email",
        {"recipient": "a@example.org", "subject": "x", "message": "x"},
    ),
)


@pytest.fixture(scope="module", params=["another company", "the same in TEST", "its manager"])
def stranger(
    request: pytest.FixtureRequest,
    server: Serving,
    server_database: Database,
    server_url: str,
    owner: Tenant,
) -> Tenant:
    """Whose keys are tried: nobody else's key opens what the owner has in LIVE."""
    if request.param == "the same in TEST":
        asked = "select b.id from tenant a join tenant b using (organization_id)"
        asked += " where a.id = %(tenant)s and b.environment = 'TEST'"
        [(test_id,)] = ask(server_url, asked, tenant=owner.tenant_id)
        return keyed_tenant(server_database, server.home, server.base_url, tenant_id=test_id)
    made = make_tenant(server_database, server.home, server.base_url, profile=LINDENHOF)
    if request.param == "its manager":
        of = "(select organization_id from tenant where id = %({})s)"
        put = f"update organization set managed_by = {of.format('their')}"
        put += f" where id = {of.format('tenant')}"
        ask(server_url, put, tenant=owner.tenant_id, their=made.tenant_id)
    return made


@pytest.fixture(scope="module")
def owner(server: Serving, server_database: Database) -> Tenant:
    return make_tenant(server_database, server.home, server.base_url, profile=NORDLICHT)


@pytest.fixture(scope="module")
def theirs(owner: Tenant) -> dict[str, str]:
    """An id of each kind that belongs to the owner."""
    made = _sale(owner)
    made |= _bank(owner, made)
    made |= _debt(owner, made["account"])
    file = ok(owner.books.post("/v1/documents", files={"file": ("x.xml", CII, "text/xml")}))
    lock = ok(owner.books.post("/v1/periods/2026-03/lock"))
    job = ok(owner.billing.post("/documents/bulk", content=b"[]"), 202)
    return made | {"file": file["id"], "lock": lock["request_id"], "job": job["id"]}


def _sale(owner: Tenant) -> dict[str, str]:
    """A contact, an invoice to it, and what the books know of them."""
    customer = contact(owner)
    files = [{"fileName": "stunden.csv", "content": "VGFnCg=="}]
    final = {"client": None, "clientId": customer, "finalized": True, "attachments": files}
    document = ok(owner.billing.post("/documents", json=invoice("") | final))
    product = ok(owner.billing.post("/products", json={"title": "Hansen-Paket"}))
    access = f"/contacts/{customer}/portal"
    token = ok(owner.billing.post(f"{access}-tokens", json={"name": "ERP"}), 201)
    link = ok(owner.billing.post(f"{access}-links", json={"email": "x@hansen.example"}), 201)
    claim = ok(owner.books.get("/v1/outgoing-invoices"))[0]
    party = ok(owner.books.get("/v1/customers"))[0]
    return {
        "contact": customer,
        "document": document["id"],
        "product": product["id"],
        "token": token["id"],
        "link": link["id"],
        "claim": claim["id"],
        "intent": claim["intent_id"],
        "party": party["id"],
    }


def _bank(owner: Tenant, sale: dict[str, str]) -> dict[str, str]:
    """A bank account with a line that pays the invoice, in a match group."""
    body = {"name": "Konto", "iban": NORDLICHT.iban, "account_number": "1800"}
    account = ok(owner.books.post("/v1/bank-accounts", json=body))["id"]
    paid = Payment(date(2026, 3, 10), Decimal("140.16"), "Hansen", "DE89370400440532013000", "x")
    upload = {"file": ("x.xml", statement(NORDLICHT.iban, Decimal(0), [paid]), "application/xml")}
    ok(owner.books.post(f"/v1/bank-accounts/{account}/upload", files=upload))
    line = ok(owner.books.get("/v1/bank-transactions"))["transactions"][0]["id"]
    settled = {
        "intent_id": sale["intent"],
        "candidate_kind": "open_receivable",
        "open_item_account": "10001",
        "allocated_bank_amount": 140.16,
    }
    group = {"bank_transaction_ids": [line], "allocations": [settled]}
    made = ok(owner.books.post("/v1/bank-match-groups", json=group))
    return {"account": account, "line": line, "group": made["match_group_id"]}


def _debt(owner: Tenant, account: str) -> dict[str, str]:
    """A vendor with a booked invoice, in a payment run."""
    body = {"name": "Stadtwerke", "iban": LINDENHOF.iban}
    vendor = ok(owner.books.post("/v1/vendors", json=body))
    bought = booking("strom") | {
        "lines": [
            {"account_number": "6300", "debit": 119, "credit": 0},
            {"account_number": vendor["account_number"], "debit": 0, "credit": 119},
        ]
    }
    intent = ok(owner.books.post("/v1/bookings", json=bought))["intent_id"]
    recorded = {**INVOICE, "vendor_id": vendor["id"], "intent_id": intent}
    debt = ok(owner.books.post("/v1/invoices", json=recorded))["id"]
    run = {"bank_account_id": account, "execution_date": "2199-01-04", "invoice_ids": [debt]}
    made = ok(owner.books.post("/v1/payment-runs", json=run))
    return {"vendor": vendor["id"], "debt": debt, "run": made["id"]}


def nobodys(kind: str) -> str:
    """An id of a kind that nothing has."""
    return "Zz0Zz0Zz0Z" if kind in ("contact", "document", "product") else str(uuid4())


def call(tenant: Tenant, method: str, path: str, body: Any, ids: dict[str, str]) -> httpx.Response:
    """One operation with ids put in."""
    text = json.dumps([path, body])
    for kind, identity in ids.items():
        text = text.replace(f"{{{kind}}}", identity)
    place, content = json.loads(text)
    _, surface, inner = place.split("/", 2)
    http = tenant.books if surface == "books" else tenant.billing
    inner = f"/{inner}" if surface == "books" else f"/{inner.removeprefix('v1/')}"
    if content == "file":
        return http.post(inner, files={"file": ("x.xml", b"<x/>", "application/xml")})
    return http.request(method, inner, json=content)


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_an_id_of_another_company_is_an_id_of_nothing(
    owner: Tenant,
    stranger: Tenant,
    theirs: dict[str, str],
    server_url: str,
    method: str,
    path: str,
    body: Any,
) -> None:
    before = rows(server_url, owner), rows(server_url, stranger)
    nothing = {kind: nobodys(kind) for kind in theirs}
    foreign = call(stranger, method, path, body, theirs)
    unknown = call(stranger, method, path, body, nothing)
    assert (foreign.status_code, unknown.status_code) in ((404, 404), (400, 400)), foreign.text
    assert (foreign.status_code == 404) or body == "file"
    said = foreign.text
    for kind, identity in theirs.items():
        said = said.replace(identity, nothing[kind])
    assert said == unknown.text
    assert (rows(server_url, owner), rows(server_url, stranger)) == before


def test_every_finished_operation_with_an_id_is_asked() -> None:
    asked = {(method, _shape(path)) for method, path, _ in OPERATIONS}
    done = yaml.safe_load((ROOT / "tests/contracts/done.yaml").read_text())
    for base, surface in (("/books", "books"), ("/billing/v1", "billing")):
        operations = {tuple(entry.split(" ", 1)) for entry in done[surface]}
        with_id = {
            (method, _shape(base + path))
            for method, path in operations
            if set(re.findall(r"{(\w+)}", path)) - NATURAL_KEYS
        }
        assert with_id <= asked, f"OPERATIONS lacks {with_id - asked}"


def _shape(path: str) -> str:
    """The path without the names of its ids, and any period as none."""
    return re.sub(r"{\w+}|2026-03", "{}", path)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/journal",
        "/v1/customers",
        "/v1/outgoing-invoices",
        "/v1/bank-accounts",
        "/v1/bank-transactions",
        "/v1/outgoing-invoices/open-items",
        "/v1/reports?type=susa",
    ],
)
def test_no_list_shows_what_another_company_has(
    owner: Tenant, stranger: Tenant, theirs: dict[str, str], path: str
) -> None:
    assert any(identity in owner.books.get(path).text for identity in theirs.values()) or (
        "open-items" in path or "reports" in path
    )
    answer = stranger.books.get(path)
    assert answer.status_code == 200
    assert not [kind for kind, identity in theirs.items() if identity in answer.text]
    assert "Hansen" not in answer.text
