"""A whole fiscal year of a hosting company, imported in bulk: every figure is the generator's."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from benchmarks.bench import hosting_books, hosting_year
from benchmarks.bench.hosting_model import Year
from kontorhaus.ledger import store
from kontorhaus.ledger.model import Account
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.e2e.calls import findings, ok
from tests.e2e.serving import Serving, Tenant

YEAR = {"startDate": "2025-01-01", "endDate": "2025-12-31"}
CENT = Decimal("0.01")
CUSTOMERS = 2_200
# Where the codes of the year stand in the advance VAT return: Kennzahl of the net, of the tax.
KENNZAHLEN = {"UST19": ("81", None), "VST19": (None, "66"), "UST-3L": ("45", None)}


def open_accounts(database: Database, tenant: Tenant, year: Year) -> None:
    """The personal accounts of the year, in one statement."""
    customers = [
        Account(str(one.number), one.name, one.name, "asset", None, None, "customer", False, True)
        for one in year.customers
    ]
    vendors = [
        Account(str(one.number), one.name, one.name, "liability", None, None, "vendor", False, True)
        for one in year.vendors
    ]
    with begin(database, Caller(tenant.tenant_id, SYSTEM, "Europe/Berlin")) as work:
        assert store.insert_accounts(work, accounts=[*customers, *vendors]) == len(
            customers + vendors
        )


def imported(tenant: Tenant, every: list[hosting_books.Booking], mode: str) -> Any:
    """The finished job that posted all bookings."""
    content = "".join(hosting_books.body(each) for each in every).encode()
    answer = tenant.books.post("/v1/bookings/bulk", params={"mode": mode}, content=content)
    job = ok(answer, 202)["id"]
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        found = ok(tenant.books.get(f"/v1/jobs/{job}", params={"rows": "failed"}))
        if found["status"] in ("done", "failed"):
            return found
        time.sleep(0.2)
    raise AssertionError(found)


def report(tenant: Tenant, kind: str) -> Any:
    return ok(tenant.books.get("/v1/reports", params={"type": kind, **YEAR}))


def vat(every: list[hosting_books.Booking], months: range) -> tuple[dict[str, int], int]:
    """The cents of each Kennzahl, and of the tax owed, in these months by the generator."""
    found: dict[str, int] = {}
    owed = 0
    for booking in every:
        for line in booking.lines:
            if not line.code or booking.day.month not in months:
                continue
            net, tax = hosting_books.split(line.amount, line.code)
            base, deducted = KENNZAHLEN[line.code]
            if base is not None:
                found[base] = found.get(base, 0) - net
            if deducted is not None:
                found[deducted] = found.get(deducted, 0) + tax
            owed -= tax
    return found, owed


def check_vat_return(
    tenant: Tenant, every: list[hosting_books.Booking], period: str, months: range
) -> None:
    """Each Kennzahl is the sum of the journal, and of its own events; bases are cut to euros."""
    found = ok(tenant.books.get("/v1/reports/ustva", params={"period": period}))
    expected, owed = vat(every, months)
    figures = {figure["number"]: figure for figure in found["figures"]}
    assert {n: f["booked"] for n, f in figures.items()} == {
        number: cents * CENT for number, cents in expected.items()
    }
    for number, figure in figures.items():
        assert sum(event["amount"] for event in figure["events"]) == figure["booked"]
        whole = CENT if number == "66" else 1
        assert figure["value"] == figure["booked"] // whole * whole
    assert figures["81"]["tax"] == figures["81"]["value"] * 19 * CENT
    assert found["payable"] == figures["81"]["tax"] - figures["66"]["value"]
    assert (found["booked"], found["unassigned"]) == (owed * CENT, [])


@pytest.mark.parametrize(("seed", "mode"), [(1, "atomic"), (2, "per_row"), (3, "atomic")])
def test_every_account_has_the_sums_of_the_generator(
    server: Serving,
    server_database: Database,
    nordlicht: Tenant,
    seed: int,
    mode: str,
) -> None:
    year = hosting_year.generate(customers=CUSTOMERS, seed=seed)
    every = hosting_books.bookings(year)
    open_accounts(server_database, nordlicht, year)
    job = imported(nordlicht, every, mode)
    assert (job["status"], job["posted"], job["result"]) == ("done", len(every), [])

    expected = hosting_books.sums(every)
    trial_balance = report(nordlicht, "susa")
    assert {row["number"]: (row["debit_total"], row["credit_total"]) for row in trial_balance} == {
        number: (debit * CENT, credit * CENT) for number, (debit, credit) in expected.items()
    }
    for row in trial_balance:
        assert row["balance"] == row["debit_total"] - row["credit_total"]
    assert sum(row["balance"] for row in trial_balance) == 0

    balance_sheet = report(nordlicht, "bilanz")
    assert sum(row["balance"] for row in balance_sheet) == 0
    result = sum(row["balance"] for row in report(nordlicht, "guv"))
    shown = {row["number"]: row["balance"] for row in balance_sheet}
    assert shown["Periodenergebnis"] == result
    for month in range(1, 13):
        check_vat_return(nordlicht, every, f"2025-{month:02d}", range(month, month + 1))
    for quarter in range(1, 5):
        of_quarter = range(3 * quarter - 2, 3 * quarter + 1)
        check_vat_return(nordlicht, every, f"2025-Q{quarter}", of_quarter)
    assert findings(server_database, server, nordlicht) == []
