"""Reports at 100,000 and 1,000,000 events of a year, against hledger and ledger.

With --ten-years also at 10,000,000 events of ten years, which takes some minutes more.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bench import ROOT, clients, figures, ground, journal, processes
from bench.ground import Ground, Serving, Tenant

from kontorhaus.reports import queries
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin

# thirds: net and tax of an invoice, its payment
SMALL, LARGE, HUGE = 99_999, 999_999, 9_999_999
FEW, MANY, MOST = 400, 2_200, 22_000
RUNS = 21
HTTP_SECONDS = 2.0
AIM_MILLISECONDS = 15
AIM_FLAT = 1.5
YEAR = (date(journal.YEAR, 1, 1), date(journal.YEAR, 12, 31))
KINDS = ("susa", "guv", "bilanz")
CUTS = {
    "ends within a month": (date(journal.YEAR, 1, 1), date(journal.YEAR, 11, 15)),
    "begins and ends within": (date(journal.YEAR, 6, 16), date(journal.YEAR, 11, 15)),
}
PEERS = {
    "hledger": ["hledger", "bal", "--flat", "--no-total", "-f"],
    "ledger": ["ledger", "bal", "--flat", "--no-total", "-f"],
}


@dataclass(frozen=True, slots=True)
class Books:
    """A tenant with so many events on so many customers' accounts."""

    tenant: Tenant
    events: int
    customers: int
    years: int = 1

    @property
    def name(self) -> str:
        """How figures call it."""
        return f"{round(self.events, -5) // 1000}k events, {self.customers} customers"


def main() -> None:
    """Fill tenants, read their reports, let the peers read the same journal."""
    figures.title("trial balance (susa), profit and loss (guv), balance sheet (bilanz)")
    sizes = [(SMALL, FEW, 1), (LARGE, FEW, 1), (SMALL, MANY, 1), (LARGE, MANY, 1), (LARGE, MOST, 1)]
    if "--ten-years" in sys.argv:
        sizes.append((HUGE, MANY, 10))
    with ground.prepared() as base, ground.opened(base) as database:
        with journal.without_indexes(base):
            books = [_filled(base, database, *size) for size in sizes]
        journal.settle(base)
        times = {each.name: _figures(database, each) for each in books}
        _growth(books, times)
        with ground.serving(base) as serving:
            for each in books:
                _over_http(serving, each)
            figures.figure(
                "memory server",
                processes.megabytes(processes.family(serving.pid)),
                "MB",
                "PSS with its workshop processes",
            )
        for each in books[:2]:
            _peers(base, database, each, times[each.name])


def _filled(base: Ground, database: Database, events: int, customers: int, years: int) -> Books:
    tenant = ground.found(base, database)
    started = time.perf_counter()
    journal.fill(base, tenant.id, events=events, customers=customers, years=years)
    books = Books(tenant, events, customers, years)
    figures.figure(f"filled {books.name}", time.perf_counter() - started, "s")
    return books


def _growth(books: list[Books], times: dict[str, float]) -> None:
    """How much longer the trial balance of a year takes where there are more events."""
    for small in books:
        for large in books:
            if small.events == SMALL < large.events and small.customers == large.customers:
                name = f"{large.events // 1000 + 1}k / 100k, {large.customers} customers"
                figures.limit(name, times[large.name] / times[small.name], "x", AIM_FLAT)


def _figures(database: Database, books: Books) -> float:
    """Milliseconds of the trial balance of a year, which is returned, and of other reports."""
    found = 0.0
    for kind in KINDS:
        count, whole = _timed(database, books, kind, YEAR)
        figures.limit(
            f"{kind} {books.name}",
            figures.median(whole),
            "ms",
            AIM_MILLISECONDS,
            f"best {min(whole):.1f}, {count} rows",
        )
        found = found or figures.median(whole)
        for name, days in CUTS.items():
            _, cut = _timed(database, books, kind, days)
            figures.figure(f"  {name}", figures.median(cut), "ms", f"best {min(cut):.1f}")
    return found


def _timed(
    database: Database, books: Books, kind: str, days: tuple[date, date]
) -> tuple[int, list[float]]:
    """How many accounts the report shows, and the milliseconds of each time it was made."""
    caller = Caller(books.tenant.id, SYSTEM, "Europe/Berlin")
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        with begin(database, caller, read_only=True) as work:
            rows = queries.report(work, kind=kind, start=days[0], end=days[1])
        times.append(1000 * (time.perf_counter() - started))
    return len(rows), times


def _over_http(serving: Serving, books: Books) -> None:
    path = f"/books/v1/reports?type=susa&startDate={YEAR[0]}&endDate={YEAR[1]}"
    request = clients.get(path, books.tenant.tokens["books"])
    answers = clients.run(serving.port, iter(lambda: request, b""), clients=1, seconds=HTTP_SECONDS)
    figures.figure(
        f"HTTP susa {books.name}",
        1000 * figures.median(answers.latencies),
        "ms",
        f"p95 {1000 * figures.quantile(answers.latencies, 0.95):.1f} ms",
    )


def _peers(base: Ground, database: Database, books: Books, ours: float) -> None:
    file = base.home.parent / f"{books.events}.journal"
    lines = journal.export(base, books.tenant.id, file)
    expected = _expected(database, books)
    for name, command in PEERS.items():
        if not _available(name):
            figures.missing(name, "needs the system's package of that name")
            continue
        spent, printed = processes.run([*command, file])
        _check(name, printed, expected)
        figures.figure(
            f"{name} {books.name}",
            1000 * spent.wall,
            "ms",
            f"{lines} lines, CPU {spent.cpu:.2f} s, memory {spent.memory:.0f} MB",
        )
        figures.ratio(f"{name} / susa", 1000 * spent.wall / ours)


def _available(name: str) -> bool:
    if shutil.which(name) is None and os.geteuid() == 0:
        subprocess.run(
            [ROOT / "tools" / "system_packages.sh", name], check=False, capture_output=True
        )
    return shutil.which(name) is not None


def _expected(database: Database, books: Books) -> dict[str, Decimal]:
    caller = Caller(books.tenant.id, SYSTEM, "Europe/Berlin")
    with begin(database, caller, read_only=True) as work:
        rows = queries.report(work, kind="susa", start=YEAR[0], end=YEAR[1])
    return {row.number: row.balance.decimal for row in rows if row.balance}


def _check(name: str, printed: str, expected: dict[str, Decimal]) -> None:
    """The peer read the same books: its balances are ours."""
    found = {}
    for line in printed.splitlines():
        amount, _, account = line.split()
        found[account[1:]] = Decimal(amount.replace(",", ""))
    if found != expected:
        raise RuntimeError(f"{name} computes other balances")


if __name__ == "__main__":
    main()
