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
    assert findings(server_database, server, nordlicht) == []
