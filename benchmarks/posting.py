"""Posting over HTTP against the same transaction as SQL in pgbench, on one and on 50 tenants."""

from __future__ import annotations

import itertools
import json
import random
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import date

import psycopg
from bench import clients, figures, ground, processes, sql_peer
from bench.ground import Ground, Serving, Tenant

from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.runtime.database import SCHEMA, Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin

TENANTS = 50
CUSTOMERS = 20
ROUNDS = 2
SECONDS = 3.0
AIM = 0.5
SEQUENCE = 2_000
SEQUENCES = 5

chance = random.Random(7)


def main() -> None:
    """Compare at 1, 16 and 64 clients; then the bulk path against COPY."""
    figures.title("posting: one booking of two events, durable, with Idempotency-Key")
    with ground.prepared() as base, ground.opened(base) as database:
        tenants = [ground.found(base, database, customers=CUSTOMERS) for _ in range(TENANTS)]
        pgbench = sql_peer.program(base)
        if pgbench:
            sql_peer.prepare(base, str(tenants[0].id), tenants=TENANTS)
        else:
            figures.missing("pgbench", "the server's folder of programs has none")
        with ground.serving(base) as serving:
            for count, parallel in itertools.product((1, TENANTS), (1, 16, 64)):
                _compare(base, serving, tenants[:count], parallel)
            figures.figure(
                "memory server",
                processes.megabytes(processes.family(serving.pid)),
                "MB",
                "PSS with its workshop processes",
            )
            figures.figure("memory PostgreSQL", processes.megabytes(base.postgres_pids()), "MB")
        _bulk(base, database, tenants[0])


def _compare(base: Ground, serving: Serving, tenants: Sequence[Tenant], parallel: int) -> None:
    """Both sides in turns, so that a busy machine is busy for both."""
    name = f"{len(tenants)} tenants, {parallel} clients"
    pgbench = sql_peer.program(base)
    ours: list[float] = []
    theirs: list[float] = []
    latencies: list[float] = []
    app = processes.family(serving.pid)
    cpu = {"server": 0.0, "PostgreSQL": 0.0}
    for _ in range(ROUNDS):
        before = _cpu(app, base)
        answers = clients.run(serving.port, _requests(tenants), clients=parallel, seconds=SECONDS)
        after = _cpu(app, base)
        sent = len(answers.latencies) * (SECONDS + 1) / SECONDS
        for side, seconds in zip(
            cpu, (b - a for a, b in zip(before, after, strict=True)), strict=True
        ):
            cpu[side] += 1e6 * seconds / sent / ROUNDS
        ours.append(answers.rate)
        latencies += answers.latencies
        if pgbench:
            theirs.append(
                sql_peer.rate(
                    base, pgbench, tenants=len(tenants), clients=parallel, seconds=SECONDS
                )
            )
    figures.figure(
        f"HTTP {name}",
        figures.median(ours),
        "bookings/s",
        f"{figures.spread(ours)}; p50 {1000 * figures.quantile(latencies, 0.5):.1f} ms,"
        f" p95 {1000 * figures.quantile(latencies, 0.95):.1f} ms; CPU µs a booking:"
        f" server {cpu['server']:.0f}, PostgreSQL {cpu['PostgreSQL']:.0f}",
    )
    if theirs:
        figures.figure(
            f"pgbench {name}", figures.median(theirs), "bookings/s", figures.spread(theirs)
        )
        is_aimed = len(tenants) > 1 and parallel > 1
        figures.ratio(
            f"HTTP / pgbench {name}",
            figures.median(ours) / figures.median(theirs),
            AIM if is_aimed else None,
        )


def _cpu(app: Sequence[int], base: Ground) -> tuple[float, float]:
    """Seconds of the server and of PostgreSQL."""
    return processes.cpu_seconds(app), processes.cpu_seconds(base.postgres_pids())


def _requests(tenants: Sequence[Tenant]) -> Iterator[bytes]:
    """Bookings of any of these tenants; the amounts differ, else they were duplicates."""
    while True:
        tenant = chance.choice(tenants)
        gross = chance.randint(1_000, 500_000_000) / 100
        body = {
            "booking_date": f"2026-03-{chance.randint(1, 28):02d}",
            "description": "Rechnung Hosting Paket L",
            "external_reference": f"RE-{uuid.uuid4().hex[:12]}",
            "lines": [
                {"account_number": chance.choice(tenant.customers), "debit": gross, "credit": 0},
                {"account_number": "4400", "debit": 0, "credit": gross, "tax_code": "UST19"},
            ],
        }
        yield clients.post(
            "/books/v1/bookings",
            tenant.tokens["books"],
            json.dumps(body).encode(),
            key=uuid.uuid4().hex,
        )


def _bulk(base: Ground, database: Database, tenant: Tenant) -> None:
    """Sequences of intents in one transaction each, against COPY of the events alone."""
    caller = Caller(tenant.id, SYSTEM, "Europe/Berlin")
    started = time.perf_counter()
    for number in range(SEQUENCES):
        with begin(database, caller) as work:
            ledger.post(
                work,
                postings=[_posting(tenant, number * SEQUENCE + place) for place in range(SEQUENCE)],
            )
    ours = 2 * SEQUENCE * SEQUENCES / (time.perf_counter() - started)
    figures.figure("sequences of 2,000 intents", ours, "events/s", "one transaction each")
    theirs = _copy(base, tenant)
    figures.figure(
        "COPY into the events alone",
        theirs,
        "events/s",
        "same indexes, keys and constraints; no intents, balances, hashes",
    )
    figures.ratio("sequences / COPY", ours / theirs)


def _posting(tenant: Tenant, number: int) -> Posting:
    customer = tenant.customers[number % CUSTOMERS]
    net = Money(10_000 + number)
    tax = Money.rounded(net.decimal * 19 / 100)
    return Posting(
        booking_date=date(2026, 4, 1 + number % 30),
        description="Rechnung Hosting Paket L",
        transfers=(
            Transfer(customer, "4400", net, 1, 1, "net", "UST19", "credit"),
            Transfer(customer, "3806", tax, 1, 1, "tax", "UST19", "credit"),
        ),
        source="import",
        external_reference=f"RE-2026-{number:06d}",
    )


def _copy(base: Ground, tenant: Tenant) -> float:
    """Events a second when rows that are there are copied again, under numbers of their own."""
    columns = (
        "tenant_id, journal_number, id, intent_id, booking_date, period, account_debit,"
        " account_credit, amount, pair, line, kind, tax_code, tax_side, prev_hash, hash"
    )
    with psycopg.connect(base.conninfo(is_super=True)) as connection:
        connection.execute(f"set search_path = {SCHEMA}")
        rows = connection.execute(
            f"select {columns.replace('journal_number', 'journal_number + 1000000000')}"
            " from event where tenant_id = %s order by journal_number desc limit %s",
            (tenant.id, 2 * SEQUENCE * SEQUENCES),
        ).fetchall()
        fresh = [(*row[:2], uuid.uuid4(), *row[3:]) for row in reversed(rows)]
        started = time.perf_counter()
        with connection.cursor().copy(f"copy event ({columns}) from stdin") as copy:
            for row in fresh:
                copy.write_row(row)
        connection.commit()
        return len(fresh) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
