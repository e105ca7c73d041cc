"""A page of the hottest account at 1M events, against the same page by a window function."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial

from bench import figures, ground, journal
from bench.ground import Ground, Tenant

from kontorhaus.ledger import queries
from kontorhaus.ledger.model import JournalQuestion, Place
from kontorhaus.ledger.search import actions
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin

EVENTS, CUSTOMERS = 1_000_000, 2_200
HOTTEST = "1800"
LIMIT = 200
RUNS = 31
PEER_RUNS = 5
AIM_MILLISECONDS = 8

_WINDOW = """
select journal_number, sum(case when account_debit = %(account)s then amount else -amount end)
    over (order by booking_date, journal_number) from event
where tenant_id = %(tenant)s and (account_debit = %(account)s or account_credit = %(account)s)
order by booking_date, journal_number limit %(limit)s offset %(offset)s
"""


def main() -> None:
    """Pages at the beginning, within, and at the end of a year; the journal and its search.

    With --ten-years also pages of ten years with ten million events (10 minutes, 12 GB).
    """
    figures.title("account page: 200 entries with running balance")
    with ground.prepared() as base, ground.opened(base) as database:
        tenant = ground.found(base, database)
        with journal.without_indexes(base):
            journal.fill(base, tenant.id, events=EVENTS, customers=CUSTOMERS)
        journal.settle(base)
        _digest(database, tenant)
        ours = _pages(database, tenant)
        _journal(database, tenant)
        theirs = _peer(database, tenant)
        figures.ratio("window function / page", theirs / ours)
        if "--ten-years" in sys.argv:
            _ten_years(base, database)


def _ten_years(base: Ground, database: Database) -> None:
    tenant = ground.found(base, database)
    with journal.without_indexes(base):
        journal.fill(base, tenant.id, events=10 * EVENTS, customers=CUSTOMERS, years=10)
    journal.settle(base)
    print("ten years", flush=True)
    _pages(database, tenant, years=10)


def _digest(database: Database, tenant: Tenant) -> None:
    """What the worker does every five minutes."""
    started = time.perf_counter()
    with begin(database, Caller(tenant.id, SYSTEM, "Europe/Berlin")) as work:
        blocks = actions.digest(work, limit=EVENTS)
    spent = time.perf_counter() - started
    figures.figure("digest of the texts", spent, "s", f"{1000 * spent / blocks:.1f} ms a block")


def _pages(database: Database, tenant: Tenant, years: int = 1) -> float:
    """Milliseconds of the slowest of the pages."""
    year = journal.YEAR
    in_september = Place(date(year, 9, 15), EVENTS * (365 * (years - 1) + 258) // 365)
    pages: dict[str, tuple[date | None, date | None, Place | None]] = {
        "first page of all": (None, None, None),
        "from the middle of a month": (date(year, 6, 16), None, None),
        "two days in the middle of a month": (date(year, 6, 14), date(year, 6, 15), None),
        "last day of the year": (date(year, 12, 31), date(year, 12, 31), None),
        "by cursor, far from a month's edge": (None, None, in_september),
    }
    times = []
    for name, (first, last, start) in pages.items():
        ask = partial(
            queries.account_entries,
            number=HOTTEST,
            first=first,
            last=last,
            start=start,
            limit=LIMIT,
        )
        times.append(_timed(database, tenant, ask))
        figures.limit(f"page: {name}", times[-1], "ms", AIM_MILLISECONDS)
    return max(times)


def _journal(database: Database, tenant: Tenant) -> None:
    for name, question in (
        ("journal", JournalQuestion()),
        ("journal of an account", JournalQuestion(account=HOTTEST)),
        ("journal of an old week", JournalQuestion(first=date(2025, 2, 3), last=date(2025, 2, 9))),
        ("search that finds at once", JournalQuestion(search="Zahlung")),
        ("search that finds nothing", JournalQuestion(search="Nashorn")),
        ("search for one booking", JournalQuestion(search="Rechnung 12345")),
        ("search for three signs that are nowhere", JournalQuestion(search="xyz")),
    ):
        spent = _timed(
            database,
            tenant,
            partial(queries.journal, question=question, limit=LIMIT),
        )
        figures.figure(name, spent, "ms")


def _timed(database: Database, tenant: Tenant, ask: Callable[[Work], object]) -> float:
    caller = Caller(tenant.id, SYSTEM, "Europe/Berlin")
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        with begin(database, caller, read_only=True) as work:
            ask(work)
        times.append(1000 * (time.perf_counter() - started))
        if sum(times) > 10_000:
            break
    return figures.median(times)


def _peer(database: Database, tenant: Tenant) -> float:
    caller = Caller(tenant.id, SYSTEM, "Europe/Berlin")
    times = []
    for _ in range(PEER_RUNS):
        started = time.perf_counter()
        with begin(database, caller, read_only=True) as work:
            work.connection.execute(
                _WINDOW,
                {
                    "tenant": tenant.id,
                    "account": HOTTEST,
                    "limit": LIMIT,
                    "offset": EVENTS // 6,
                },
            ).fetchall()
        times.append(1000 * (time.perf_counter() - started))
    figures.figure("window function over the account", figures.median(times), "ms")
    return figures.median(times)


if __name__ == "__main__":
    main()
