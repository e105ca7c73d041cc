"""A monthly run: 10,000 Factur-X invoices as one job, against the peers' work for each of them.

`python benchmarks/monthly_run.py [ROWS]`; the second run is killed in the middle.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from bench import figures, ground, processes
from bench.ground import Ground, Serving, Tenant

from benchmarks import einvoice
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin

ROWS = 10_000
KILLED_ROWS = 600
CUSTOMERS = 400
AIM_SECONDS = 60
AIM_MEGABYTES = 500
AIM_RATIO = 6
CORES = 2
_POLL_SECONDS = 0.5
_LONGEST_SECONDS = 3600


def main() -> None:
    """One run as a whole, one that is killed, and what the peers need for an invoice."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    figures.title(f"monthly run: {rows} Factur-X invoices of five lines and two rates, finalized")
    with ground.prepared() as base, ground.opened(base) as database:
        milliseconds = _whole(base, database, rows)
        _killed(base, database)
    theirs = einvoice.peers()
    if theirs:
        whole = sum(theirs["steps"].values())
        note = "without numbers, postings, journal and storage"
        figures.figure("peers: XML, PDF, embedding, rules of one invoice", whole, "ms", note)
        figures.ratio("peers / Kontorhaus per core", whole / milliseconds, AIM_RATIO)


def _whole(base: Ground, database: Database, rows: int) -> float:
    """CPU milliseconds of one invoice, everything included."""
    tenant = ground.found(base, database)
    with _served(base) as server, _client(server, tenant) as client:
        contacts = _contacts(client)
        before, started = _cpu(base, server), time.perf_counter()
        job = _ask(client, _body(rows, contacts))
        memory, final = 0.0, (0.0, before)
        while (found := _job(client, job))["status"] not in ("done", "failed"):
            memory = max(memory, processes.megabytes(processes.family(server.pid)))
            if found["processed"] == rows and not final[0]:
                final = time.perf_counter() - started, _cpu(base, server)
            time.sleep(_POLL_SECONDS)
        seconds, after = time.perf_counter() - started, _cpu(base, server)
    if (found["made"], found["filed"]) != (rows, rows):
        raise RuntimeError(f"{found['status']}: {found['error']}, {found['failed']} rows failed")
    until_final, every = (1000 * (spent - before) / rows for spent in (final[1], after))
    load = f"load {os.getloadavg()[0]:.0f}"
    figures.figure("judged, numbered, posted, frozen after", final[0], "s", load)
    figures.figure("  CPU of an invoice", until_final, "ms")
    figures.limit(f"  10,000 on {CORES} free cores", until_final * 10 / CORES, "s", AIM_SECONDS)
    figures.figure("all files stored after", seconds, "s", f"{rows / seconds:.0f} invoices/s")
    figures.figure("  CPU of an invoice with its files", every, "ms")
    figures.limit(f"  10,000 on {CORES} free cores", every * 10 / CORES, "s", AIM_SECONDS)
    figures.limit("memory of the server with its workshop", memory, "MB", AIM_MEGABYTES)
    return every


def _cpu(base: Ground, server: Serving) -> float:
    """Seconds of the server, its workshop and PostgreSQL."""
    return processes.cpu_seconds([*processes.family(server.pid), *base.postgres_pids()])


def _killed(base: Ground, database: Database) -> None:
    """A run whose server is killed in the middle: the next server ends it, once."""
    tenant = ground.found(base, database)
    with _served(base) as server, _client(server, tenant) as client:
        job = _ask(client, _body(KILLED_ROWS, _contacts(client)))
        while _job(client, job)["filed"] < KILLED_ROWS // 4:
            time.sleep(_POLL_SECONDS / 10)
        os.kill(server.pid, signal.SIGKILL)
    with _served(base) as server, _client(server, tenant) as client:
        deadline = time.monotonic() + _LONGEST_SECONDS
        while (found := _job(client, job))["status"] != "done" and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        rows = client.get(f"/jobs/{job}", params={"limit": KILLED_ROWS}).json()["result"]
    caller = Caller(tenant.id, SYSTEM, "Europe/Berlin")
    with begin(database, caller, read_only=True) as work:
        counted = work.connection.execute(
            "select (select count(*) from document where tenant_id = %(tenant)s),"
            " (select count(*) from outgoing_invoice where tenant_id = %(tenant)s),"
            " (select count(*) from artefact where tenant_id = %(tenant)s)",
            {"tenant": tenant.id},
        ).fetchone()
    numbers = [f"RE-2026-{number:04}" for number in range(1, KILLED_ROWS + 1)]
    is_once = [row["number"] for row in rows] == numbers and tuple(counted or ()) == (
        KILLED_ROWS,
        KILLED_ROWS,
        KILLED_ROWS,
    )
    note = "documents, claims and files once each, numbers gapless"
    figures.figure("killed and restarted: lost or doubled", 0 if is_once else 1, "", note)
    if not is_once:
        raise RuntimeError(f"not exactly once: {found['status']}, {counted}")


@contextmanager
def _served(base: Ground) -> Iterator[Serving]:
    with ground.serving(base, KONTORHAUS_WORKSHOP_PROCESSES=str(CORES)) as server:
        yield server


@contextmanager
def _client(server: Serving, tenant: Tenant) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=f"http://127.0.0.1:{server.port}/billing/v1",
        headers={"Authorization": f"Bearer {tenant.tokens['billing']}"},
        timeout=60,
    ) as client:
        yield client


def _contacts(client: httpx.Client) -> list[str]:
    """The customers of the run."""
    return [
        client.post(
            "/contacts",
            json={
                "name": f"Große Bücher {number} GmbH",
                "clientNumber": f"K-{number}",
                "address1": "Große Bleichen 21",
                "address2": "20354 Hamburg",
                "countryCode": "DE",
                "email": f"einkauf{number}@buecher.example",
            },
        ).json()["id"]
        for number in range(CUSTOMERS)
    ]


def _body(rows: int, contacts: list[str]) -> bytes:
    return b"\n".join(json.dumps(_row(number, contacts)).encode() for number in range(rows))


def _row(number: int, contacts: list[str]) -> dict[str, Any]:
    lines = [
        {
            "title": f"Hosting Paket {number + place}",
            "title2": "Zeitraum März 2026",
            "quantity": place,
            "unit": "Monat",
            "netPrice": 5 + number % 97 + place,
            "vatRate": 19 if place % 2 else 7,
        }
        for place in range(1, 6)
    ]
    return {
        "type": "invoice",
        "date": "2026-03-31",
        "exportType": "factur-x",
        "finalized": True,
        "clientId": contacts[number % len(contacts)],
        "lines": lines,
    }


def _ask(client: httpx.Client, body: bytes) -> str:
    answer = client.post("/documents/bulk", content=body)
    answer.raise_for_status()
    job: str = answer.json()["id"]
    return job


def _job(client: httpx.Client, job: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/jobs/{job}", params={"limit": 0}).json()
    return found


if __name__ == "__main__":
    main()
