"""Trial balance of a year at 100,000 and 1,000,000 events, against hledger and ledger."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bench import ROOT, clients, figures, ground, journal, processes
from bench.ground import Ground, Serving, Tenant

from kontorhaus.reports import queries
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin

SMALL, LARGE = 99_999, 999_999  # thirds: net and tax of an invoice, its payment
FEW, MANY = 400, 2_200
RUNS = 41
HTTP_SECONDS = 2.0
AIM_MILLISECONDS = 15
AIM_FLAT = 1.5
YEAR = (date(journal.YEAR, 1, 1), date(journal.YEAR, 12, 31))
CUT = (date(journal.YEAR, 1, 1), date(journal.YEAR, 11, 15))
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

    @property
    def name(self) -> str:
        """How figures call it."""
        return f"{round(self.events, -5) // 1000}k events, {self.customers} customers"


def main() -> None:
    """Fill four tenants, read their reports, let the peers read the same journal."""
    figures.title("trial balance (susa) of a year")
    with ground.prepared() as base, ground.opened(base) as database:
        with journal.without_indexes(base):
            books = [
                _filled(base, database, events, customers)
                for customers in (FEW, MANY)
                for events in (SMALL, LARGE)
            ]
        journal.settle(base)
        times = {each.name: _figures(database, each) for each in books}
        for small, large in zip(books[::2], books[1::2], strict=True):
            flat = times[large.name] / times[small.name]
            figures.limit(f"1000k / 100k, {large.customers} customers", flat, "x", AIM_FLAT)
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


def _filled(base: Ground, database: Database, events: int, customers: int) -> Books:
    tenant = ground.found(base, database)
    started = time.perf_counter()
    journal.fill(base, tenant.id, events=events, customers=customers)
    books = Books(tenant, events, customers)
    figures.figure(f"filled {books.name}", time.perf_counter() - started, "s")
    return books


def _figures(database: Database, books: Books) -> float:
    """Milliseconds of the whole year, which is returned, and of one that ends within a month."""
    count, whole = _timed(database, books, YEAR)
    figures.limit(
        f"susa {books.name}",
        figures.median(whole),
        "ms",
        AIM_MILLISECONDS,
        f"best {min(whole):.1f}, {count} accounts",
    )
    _, cut = _timed(database, books, CUT)
    figures.figure("  ends within a month", figures.median(cut), "ms", f"best {min(cut):.1f}")
    return figures.median(whole)


def _timed(database: Database, books: Books, days: tuple[date, date]) -> tuple[int, list[float]]:
    """How many accounts the report shows, and the milliseconds of each time it was made."""
    caller = Caller(books.tenant.id, SYSTEM, "Europe/Berlin")
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        with begin(database, caller, read_only=True) as work:
            rows = queries.report(work, kind="susa", start=days[0], end=days[1])
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
