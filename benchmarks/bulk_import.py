"""A year of bookings imported as one job, against COPY of its bare ledger lines."""

from __future__ import annotations

import gc
import shutil
import time
from decimal import Decimal

import psycopg
from bench import figures, ground, processes
from bench.ground import Ground

from benchmarks.bench import hosting_books, hosting_year
from benchmarks.bench.hosting_model import Year
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.imports import actions as imports
from kontorhaus.ledger.imports import queries
from kontorhaus.ledger.imports.model import ImportId, Mode
from kontorhaus.reports import queries as reports
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.runtime.workshop import Workshop
from kontorhaus.surfaces.books.imports import tasks as import_tasks

CUSTOMERS = 1_000
ROUNDS = 3
AIM = 0.5
PEER = "bare_lines"
SCHEMA = """
drop table if exists line, booking, account cascade;
create table account (id int primary key, number text not null);
create table booking (id bigint primary key, tenant_id int not null, booking_date date not null,
    description text not null, external_reference text);
create table line (id bigint generated always as identity primary key,
    booking_id bigint not null references booking (id), tenant_id int not null,
    account_id int not null references account (id), booking_date date not null,
    amount bigint not null, tax_code text);
create index on line (tenant_id, account_id, booking_date);
create unique index on booking (tenant_id, external_reference);
create index on line (booking_id);
"""


def main() -> None:
    """Both sides in turns, so that a busy machine is busy for both; then hledger's balances."""
    figures.title("bulk import: a hosting company's year, durable")
    year = hosting_year.generate(customers=CUSTOMERS, seed=1)
    every = hosting_books.bookings(year)
    lines = sum(1 for booking in every for _ in hosting_books.posted(booking.lines))
    _calm_the_collector()
    with ground.prepared() as base, ground.opened(base) as database:
        base.second_database(PEER)
        ours: dict[Mode, list[float]] = {"atomic": [], "per_row": []}
        theirs: list[float] = []
        cpu = [0.0, 0.0]
        for _ in range(ROUNDS):
            for mode, rates in ours.items():
                caller = _company(base, database, year)
                before = _cpu(base)
                rates.append(lines / _imported(base, database, caller, every, mode))
                cpu = [c + b - a for a, b, c in zip(before, _cpu(base), cpu, strict=True)]
            theirs.append(lines / _copied(base, every))
        for mode, rates in ours.items():
            note = f"{len(every)} bookings, {lines} lines; {figures.spread(rates)}"
            figures.figure(f"import {mode}", figures.median(rates), "lines/s", note)
        worker, server = (1e6 * seconds / lines / ROUNDS / len(ours) for seconds in cpu)
        figures.figure("  CPU a line: worker", worker, "µs", f"PostgreSQL {server:.1f} µs")
        note = f"foreign keys, three indexes; {figures.spread(theirs)}"
        figures.figure("COPY of the bare lines", figures.median(theirs), "lines/s", note)
        best = figures.median(ours["atomic"]) / figures.median(theirs)
        figures.ratio("import / COPY", best, AIM)
        _against_hledger(base, database, caller, every)


def _calm_the_collector() -> None:
    """As the server does, in which the worker runs."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _cpu(base: Ground) -> tuple[float, float]:
    """Seconds of this process and of PostgreSQL."""
    return time.process_time(), processes.cpu_seconds(base.postgres_pids())


def _company(base: Ground, database: Database, year: Year) -> Caller:
    tenant = ground.found(base, database, customers=len(year.customers))
    caller = Caller(tenant.id, SYSTEM, "Europe/Berlin")
    with begin(database, caller) as work:
        for vendor in year.vendors:
            ledger.open_personal_account(work, kind="vendor", name=vendor.name)
    return caller


def _imported(
    base: Ground,
    database: Database,
    caller: Caller,
    every: list[hosting_books.Booking],
    mode: Mode,
) -> float:
    """Seconds from the stored body to the finished job."""
    blobs = Blobs(base.home / "blobs")
    config = from_environment({"KONTORHAUS_HOME": str(base.home)})
    workshop = Workshop(1)
    sha256 = blobs.put("".join(map(hosting_books.body, every)).encode())
    with begin(database, caller) as work:
        import_id: ImportId = imports.ask_for(work, mode=mode, sha256=sha256)
    started = time.perf_counter()
    resources = Resources(config, database, blobs, workshop)
    import_tasks.import_bookings(resources, caller, import_id=str(import_id))
    spent = time.perf_counter() - started
    workshop.close()
    with begin(database, caller, read_only=True) as work:
        found = queries.booking_import(work, import_id=import_id)
    if (found.status, found.posted) != ("done", len(every)):
        raise RuntimeError(f"{found.status}: {found.message}, {found.failed} rows failed")
    return spent


def _copied(base: Ground, every: list[hosting_books.Booking]) -> float:
    """Seconds of a COPY of the lines alone; accounts and bookings are there."""
    numbers = sorted({n for each in every for n, _ in hosting_books.posted(each.lines)})
    accounts = {number: place for place, number in enumerate(numbers)}
    text = "".join(
        f"{place}\t1\t{accounts[number]}\t{each.day}\t{amount}\tUST19\n"
        for place, each in enumerate(every)
        for number, amount in hosting_books.posted(each.lines)
    ).encode()
    with psycopg.connect(base.conninfo(PEER, is_super=True)) as connection:
        connection.execute("create schema if not exists bare; set search_path = bare")
        connection.execute(SCHEMA)
        with connection.cursor().copy("copy account from stdin") as copy:
            for number, place in accounts.items():
                copy.write_row((place, number))
        with connection.cursor().copy("copy booking from stdin") as copy:
            for place, each in enumerate(every):
                copy.write_row((place, 1, each.day, each.text, each.reference))
        connection.commit()
        started = time.perf_counter()
        columns = "booking_id, tenant_id, account_id, booking_date, amount, tax_code"
        with connection.cursor().copy(f"copy line ({columns}) from stdin") as copy:
            copy.write(text)
        connection.commit()
        return time.perf_counter() - started


def _against_hledger(
    base: Ground, database: Database, caller: Caller, every: list[hosting_books.Booking]
) -> None:
    """hledger reads the same books as plain text: its balances are ours, to the cent."""
    if shutil.which("hledger") is None:
        figures.missing("hledger", "needs the system's package of that name")
        return
    file = base.home.parent / "year.journal"
    file.write_text("".join(map(hosting_books.journal_entry, every)), encoding="utf-8")
    spent, printed = processes.run(["hledger", "bal", "--flat", "--no-total", "-f", file])
    theirs = {}
    for line in printed.splitlines():
        amount, _, name = line.split()
        theirs[name] = Decimal(amount.replace(",", ""))
    first, last = every[0].day.replace(month=1, day=1), every[-1].day.replace(month=12, day=31)
    with begin(database, caller, read_only=True) as work:
        rows = reports.report(work, kind="susa", start=first, end=last)
    ours = {hosting_books.account_name(r.number): r.balance.decimal for r in rows if r.balance}
    if theirs != ours:
        raise RuntimeError("hledger computes other balances")
    figures.figure("hledger reads the same year", spent.wall, "s", f"{len(ours)} equal balances")


if __name__ == "__main__":
    main()
