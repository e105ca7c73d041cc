"""Taxation by receipts over HTTP: an invoice of billing, its payments in the books, its returns."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from kontorhaus.app import verification
from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, TenantSettings
from kontorhaus.kernel import exact_json
from kontorhaus.runtime import secret
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.billing.routes import billing
from kontorhaus.surfaces.books.routes import books
from tests.surfaces import tenants
from tests.surfaces.billing.billing_api import CLIENT, PROFILE
from tests.surfaces.books.books_api import booking, line
from tests.surfaces.books.invoice_examples import invoice, party, sale

LINES = [{"title": "Beratung", "netPrice": 100.00, "vatRate": 19}]
BANK = {"name": "Giro", "iban": "DE13430609671234567890", "account_number": "1800"}


@dataclass
class Company:
    """The books and the billing of one tenant."""

    clients: tuple[TestClient, TestClient]
    tokens: tuple[str, str]
    caller: Caller
    resources: Resources

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request to the books, or to billing if the path says so."""
        at = 0 if path.startswith("/books") else 1
        content = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.tokens[at]}"}
        return self.clients[at].request(method, path, headers=headers, content=content, **more)

    def ok(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        """A request to the books by its path alone, to billing by the whole."""
        where = path if path.startswith("/billing") else f"/books/v1{path}"
        response = self(method, where, body, **more)
        assert response.status_code == status, response.text
        return exact_json.decode(response.content) if response.content else None

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        response = self(method, f"/books/v1{path}", body)
        return response.status_code, response.json()["code"]

    def balance(self, account: str) -> Decimal:
        """What stands on an account; credit positive."""
        rows = self.ok(
            "GET",
            "/reports",
            params={"type": "susa", "startDate": "2026-01-01", "endDate": "2026-12-31"},
        )
        return -sum((row["balance"] for row in rows if row["number"] == account), Decimal(0))

    def returned(self, period: str) -> dict[str, Decimal]:
        """The Kennzahlen of a return, each the sum of its events."""
        found = self.ok("GET", "/reports/ustva", params={"period": period})
        for figure in found["figures"]:
            assert figure["booked"] == sum(event["amount"] for event in figure["events"])
        assert found["unassigned"] == []
        return {f["number"]: f["value"] for f in found["figures"] if f["value"]}

    def bank(self, *lines: tuple[str, str]) -> list[str]:
        """The ids of bank lines (day and amount) that a program sends."""
        account = self.ok("POST", "/bank-accounts", BANK, 201)["id"]
        rows = [
            {"tx_date": day, "amount": float(amount), "reference": f"Zeile {n}"}
            for n, (day, amount) in enumerate(lines)
        ]
        body = {"bank_account_id": account, "transactions": rows}
        self.ok("POST", "/bank-transactions", body, 201)
        found = self.ok("GET", "/bank-transactions")["transactions"]
        ids = {row["reference"]: str(row["id"]) for row in found}
        return [ids[str(row["reference"])] for row in rows]

    def verify(self) -> None:
        """Nothing is wrong with this tenant."""
        verdicts = verification.verify(self.resources, published={}, progress=lambda _: None)
        (mine,) = [v for v in verdicts if v.tenant.tenant_id == self.caller.tenant_id]
        assert mine.findings == ()


@pytest.fixture(scope="module")
def house(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Resources, TestClient, TestClient]]:
    with (
        tenants.furnished(database, tmp_path_factory.mktemp("home")) as resources,
        tenants.opened(books, resources) as of_books,
        tenants.opened(billing, resources) as of_billing,
    ):
        yield resources, of_books, of_billing


@pytest.fixture
def company(
    house: tuple[Resources, TestClient, TestClient], new_organization: Callable[..., Founded]
) -> Company:
    """A company that is taxed by receipts from 2026 on."""
    resources, of_books, of_billing = house
    settings = TenantSettings(vat_method="ist", vat_method_from=None)
    founded = new_organization(PROFILE, settings)
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(resources.database, caller) as work:
        email = f"owner-{caller.tenant_id.hex}@example.org"
        owner = identity.create_user(work, email=email, role="owner")
        books_key, billing_key = (
            identity.create_api_key(
                work,
                secret=secret.of(resources.config.home),
                surface=surface,
                name=surface,
                created_by=owner,
            ).token
            for surface in ("books", "billing")
        )
    return Company((of_books, of_billing), (books_key, billing_key), caller, resources)


def issued(company: Company, **more: Any) -> tuple[Any, dict[str, str]]:
    """A final document of 119.00 and what a match with its claim names."""
    body = {
        "type": "invoice",
        "date": "2026-03-02",
        "client": CLIENT,
        "lines": LINES,
        "finalized": True,
        **more,
    }
    document = company.ok("POST", "/billing/v1/documents", body, 201)
    (claim,) = [
        row
        for row in company.ok("GET", "/outgoing-invoices")
        if row["invoice_number"] == document["number"]
    ]
    entries = company.ok("GET", f"/journal/{claim['intent_id']}")["entries"]
    match = {
        "intent_id": str(claim["intent_id"]),
        "candidate_kind": "open_receivable",
        "open_item_account": entries[0]["account_debit"],
    }
    return document, match


def test_an_invoice_is_taxed_in_the_months_of_its_payments(company: Company) -> None:
    _, match = issued(company)
    entries = company.ok("GET", f"/journal/{match['intent_id']}")["entries"]
    assert [(e["account_credit"], e["amount"], e["kind"], e["tax_code"]) for e in entries] == [
        ("4400", Decimal("100.00"), "net", "UST19:ist"),
        ("3816", Decimal("19.00"), "tax", "UST19:ist"),
    ]
    assert company.returned("2026-03") == {}
    company.verify()
    first, rest = company.bank(("2026-04-03", "50.00"), ("2026-05-04", "69.00"))
    company.ok("POST", f"/bank-transactions/{first}/reconcile", match)
    assert company.returned("2026-04") == {"81": Decimal("42.00")}
    april = company.ok("GET", "/reports/ustva", params={"period": "2026-04"})
    assert (april["booked"], april["waiting"]) == (Decimal("7.98"), Decimal("11.02"))
    company.verify()
    company.ok("POST", f"/bank-transactions/{rest}/reconcile", match)
    assert (company.balance("3816"), company.balance("3806")) == (0, 19)
    may = company.ok("GET", "/reports/ustva", params={"period": "2026-05"})
    assert (may["figures"][0]["booked"], may["booked"]) == (Decimal("57.98"), Decimal("11.02"))
    assert may["waiting"] == 0
    quarter = company.ok("GET", "/reports/ustva", params={"period": "2026-Q2"})
    assert quarter["figures"][0]["booked"] == Decimal("100.00")
    company.verify()
    company.ok("POST", f"/bank-transactions/{first}/unmatch")
    assert company.returned("2026-04") == {}
    assert company.balance("3816") == Decimal("7.98")
    company.verify()


def test_a_document_marked_as_paid_is_taxed_on_its_day_until_the_mark_goes(
    company: Company,
) -> None:
    document, _ = issued(company)
    path = f"/billing/v1/documents/{document['id']}"
    company.ok("PATCH", path, {"paid": True, "paidDate": "2026-04-10"})
    assert company.returned("2026-04") == {"81": Decimal("100.00")}
    company.ok("PATCH", path, {"paid": False})
    assert company.returned("2026-04") == {}
    assert (company.balance("3816"), company.balance("3806")) == (19, 0)
    company.verify()


def test_two_payments_at_once_release_no_cent_twice(company: Company) -> None:
    _, match = issued(company)
    lines = company.bank(*[("2026-04-03", "39.67")] * 4)

    def pay(line_id: str) -> int:
        path = f"/books/v1/bank-transactions/{line_id}/reconcile"
        return int(company("POST", path, match).status_code)

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(pay, lines))
    # three are 119.01: a cent too much for the claim
    assert statuses == [200, 200, 400, 400]
    assert company.balance("3816") == Decimal("6.33")
    company.verify()
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda one: company("POST", f"/books/v1/bank-transactions/{one}/unmatch"), lines
            )
        )
    assert (company.balance("3816"), company.balance("3806")) == (19, 0)
    company.verify()


def test_an_invoice_of_elsewhere_waits_like_its_booking(company: Company) -> None:
    customer = party(company, "customer")  # type: ignore[arg-type]
    intent_id = sale(company, customer["account_number"])  # type: ignore[arg-type]
    body = invoice(customer["id"], intent_id=intent_id)
    company.ok("POST", "/outgoing-invoices", body, 201)
    (paid,) = company.bank(("2026-03-20", "119.00"))
    match = {
        "intent_id": intent_id,
        "candidate_kind": "open_receivable",
        "open_item_account": customer["account_number"],
    }
    assert company.returned("2026-03") == {}
    company.ok("POST", f"/bank-transactions/{paid}/reconcile", match)
    assert company.returned("2026-03") == {"81": Decimal("100.00")}
    company.verify()


def test_a_claim_from_before_the_first_posting_waits_too(company: Company) -> None:
    customer = party(company, "customer")  # type: ignore[arg-type]
    account = customer["account_number"]
    carried = [line(account, 119), line("9000", 0, 119, tax_code="UST19")]
    posted = company.ok("POST", "/bookings", booking("2026-01-01", lines=carried))
    body = invoice(customer["id"], intent_id=posted["intent_id"])
    company.ok("POST", "/outgoing-invoices", body, 201)
    (paid,) = company.bank(("2026-03-20", "119.00"))
    match = {
        "intent_id": posted["intent_id"],
        "candidate_kind": "open_receivable",
        "open_item_account": account,
    }
    company.ok("POST", f"/bank-transactions/{paid}/reconcile", match)
    assert company.returned("2026-01") == {}
    assert company.returned("2026-03") == {"81": Decimal("100.00")}
    company.verify()


def test_what_was_paid_of_a_cancelled_invoice_becomes_credit_without_its_tax(
    company: Company,
) -> None:
    document, match = issued(company)
    paid, back = company.bank(("2026-03-20", "39.67"), ("2026-04-20", "-39.67"))
    company.ok("POST", f"/bank-transactions/{paid}/reconcile", match)
    assert company.balance("3816") == Decimal("12.67")
    path = f"/billing/v1/documents/{document['id']}/cancel"
    company.ok("POST", path, {}, status=200)
    company.verify()
    assert [company.balance(account) for account in ("3816", "3806", "4400")] == [0, 0, 0]
    assert company.balance("3500") == Decimal("39.67")
    (customer,) = company.ok("GET", "/customers")
    body = {"amount": 39.67, "credit_account": "1800", "booking_date": "2026-04-20"}
    moved = company.ok("POST", f"/customers/{customer['id']}/credit/pay-out", body, 201)
    refund = {"intent_id": str(moved["intent_id"]), "candidate_kind": "bank_booking"}
    company.ok("POST", f"/bank-transactions/{back}/reconcile", refund)
    assert [company.balance(account) for account in ("3500", "1800")] == [0, 0]
    assert company.returned("2026-03") == {"81": Decimal("33.00")}
    (credit_note,) = [
        row for row in company.ok("GET", "/outgoing-invoices") if row["type"] == "credit_note"
    ]
    assert company.returned(credit_note["invoice_date"][:7]) == {"81": Decimal("-33.00")}
    company.verify()


def test_datev_gets_the_accounts_on_which_the_tax_stands(company: Company) -> None:
    _, match = issued(company)
    (paid,) = company.bank(("2026-03-20", "59.50"))
    company.ok("POST", f"/bank-transactions/{paid}/reconcile", match)
    response = company(
        "GET",
        "/books/v1/reports/datev-export",
        params={"startDate": "2026-03-01", "endDate": "2026-03-31"},
    )
    rows = list(csv.reader(response.content.decode("cp1252").splitlines()[2:], delimiter=";"))
    assert [(row[0], row[1], row[6], row[7], row[8]) for row in rows] == [
        ("100,00", "S", "10001", "4400", "40"),
        ("19,00", "S", "10001", "3816", ""),
        ("59,50", "S", "1800", "10001", ""),
        ("9,50", "S", "3816", "3806", ""),
    ]
    sums: dict[str, Decimal] = {}
    for amount, _, account, contra in ((row[0], row[1], row[6], row[7]) for row in rows):
        cents = Decimal(amount.replace(",", "."))
        sums[account] = sums.get(account, Decimal(0)) - cents
        sums[contra] = sums.get(contra, Decimal(0)) + cents
    assert sums == {account: company.balance(account) for account in sums}
    lint = company.ok(
        "GET",
        "/reports/datev-lint",
        params={"startDate": "2026-03-01", "endDate": "2026-03-31"},
    )
    assert (lint["difference"], lint["notes"]) == (0, [])


def test_a_method_begins_with_a_year_that_has_no_turnover_yet(company: Company) -> None:
    company.ok("PATCH", "/settings", {"vat_method": "soll"})
    company.ok(
        "POST",
        "/bookings",
        booking("2026-03-02", lines=[line("1800", 119), line("4400", 0, 119, tax_code="UST19")]),
    )
    ist = {"vat_method": "ist"}
    for day, refusal in [
        (None, (400, "VAT_METHOD_FROM")),
        ("2026-07-01", (400, "VAT_METHOD_FROM")),
        ("2026-01-01", (409, "VAT_METHOD_IN_USE")),
    ]:
        body = ist if day is None else {**ist, "vat_method_from": day}
        assert company.refused("PATCH", "/settings", body) == refusal
    assert company.refused("PATCH", "/settings", {"vat_method_from": "2026-02-01"}) == (
        400,
        "VAT_METHOD_FROM",
    )
    found = company.ok("PATCH", "/settings", {**ist, "vat_method_from": "2027-01-01"})
    assert (found["vat_method"], found["vat_method_from"]) == ("ist", "2027-01-01")
    # what is of 2026 stays taxed with the invoice
    issued(company)
    assert company.balance("3816") == 0
    # whoever thinks again before it begins finds everything as before
    again = company.ok(
        "PATCH", "/settings", {"vat_method": "soll", "vat_method_from": "2027-01-01"}
    )
    assert again["vat_method"] == "soll"
    customer = party(company, "customer", "Nachzügler")  # type: ignore[arg-type]
    intent_id = sale(company, customer["account_number"])  # type: ignore[arg-type]
    entries = company.ok("GET", f"/journal/{intent_id}")["entries"]
    assert {each["tax_code"] for each in entries} == {"UST19"}


def test_the_return_has_a_place_for_prepayment_margin_and_one_stop_shop(company: Company) -> None:
    company.ok(
        "POST", "/bookings", booking("2026-02-10", lines=[line("3830", 50), line("1800", 0, 50)])
    )
    sold = [line("1800", 1000), line("4134", 0, 1000, tax_code="UST-DIFF")]
    company.ok("POST", "/bookings", booking("2026-12-03", lines=sold))
    sent = [line("1800", 121), line("4320", 0, 121, tax_code="UST-OSS")]
    company.ok("POST", "/bookings", booking("2026-12-04", lines=sent))
    company.ok(
        "POST",
        "/tax-codes",
        {"code": "FLUR", "label": "Flur", "rate": 19, "vat_account": "3806"},
        201,
    )
    own = [line("1600", 119), line("4400", 0, 119, tax_code="FLUR")]
    company.ok("POST", "/bookings", booking("2026-12-05", lines=own))
    assert company.returned("2026-12") == {"81": Decimal(100), "39": Decimal(50)}
    query = {"period": "2026-12", "marginPurchases": "762"}
    found = company.ok("GET", "/reports/ustva", params=query)
    assert found["unassigned"] == []
    assert found["margin_scheme"]["sales"] == 1000
    assert found["margin_scheme"]["base"] == Decimal("200.00")
    assert [(f["number"], f["value"], f["computed"]) for f in found["figures"]] == [
        ("81", 300, 200),
        ("39", 50, 0),
    ]
    assert found["payable"] == Decimal("7.00")
    (shop,) = found["reported_elsewhere"]
    assert (shop["tax_code"], shop["booked"]) == ("UST-OSS", 121)
    # before December only where it is the last return of the year
    assert company.returned("2026-06") == {}
    last = company.ok("GET", "/reports/ustva", params={"period": "2026-06", "last": "true"})
    assert [(f["number"], f["value"]) for f in last["figures"]] == [("39", 50)]
    assert company.refused("GET", "/reports/ustva?period=2026-12&marginPurchases=x")[0] == 400
