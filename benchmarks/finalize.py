"""Finalizing XRechnung documents over HTTP: validated, numbered, posted, claimed, rendered."""

from __future__ import annotations

import itertools
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.request import Request, urlopen

import psycopg
from bench import clients, figures, ground, processes
from bench.ground import Ground, Serving, Tenant
from bench.sample_invoice import snapshot

from kontorhaus.invoicing.making import rendering
from kontorhaus.runtime.database import SCHEMA

TENANTS = 8
SECONDS = 8.0
CUSTOMERS = 5
DRAIN_SECONDS = 60
RUNS, WARM_UP = 20, 3
CLIENT = {
    "name": "Hansen & Söhne Kontorbedarf GmbH",
    "address1": "Speicherstraße 14",
    "address2": "20457 Hamburg",
    "countryCode": "DE",
    "email": "einkauf@hansen.example",
    "clientNumber": "K-10482",
    "taxNumber": "DE136695976",
}

chance = random.Random(11)
counter = itertools.count(1)


def main() -> None:
    """One client, eight on one tenant, eight on eight tenants; then the files catch up."""
    figures.title("finalize: create an XRechnung of three lines, final at once")
    with ground.prepared() as base, ground.opened(base) as database:
        tenants = [ground.found(base, database) for _ in range(TENANTS)]
        limit = _limit()
        with ground.serving(base) as serving:
            contacts = {tenant.id: _contacts(serving, tenant) for tenant in tenants}
            for count, parallel in ((1, 1), (1, 8), (TENANTS, 8)):
                _measure(base, serving, tenants[:count], contacts, parallel, limit)
            figures.figure(
                "memory server",
                processes.megabytes(processes.family(serving.pid)),
                "MB",
                "PSS with its workshop processes",
            )
        _check(base)


def _limit() -> float:
    """Documents a second that this machine could validate and render, doing nothing else."""
    started = time.process_time()
    for number in range(WARM_UP + RUNS):
        if number == WARM_UP:
            started = time.process_time()
        given = snapshot("xrechnung", number)
        rendering.findings(given, None)
        rendering.made(given, "xml")
        rendering.made(given, "preview")
    seconds = (time.process_time() - started) / RUNS
    limit = (os.cpu_count() or 1) / seconds
    figures.figure(
        "limit: rules, XML and PDF on all cores",
        limit,
        "documents/s",
        f"{1000 * seconds:.0f} ms of CPU each",
    )
    return limit


def _measure(
    base: Ground,
    serving: Serving,
    tenants: Sequence[Tenant],
    contacts: dict[Any, list[str]],
    parallel: int,
    limit: float,
) -> None:
    name = f"{len(tenants)} tenants, {parallel} clients"
    before = processes.cpu_seconds(processes.family(serving.pid)), _files(base)
    started = time.perf_counter()
    answers = clients.run(
        serving.port, _requests(tenants, contacts), clients=parallel, seconds=SECONDS
    )
    figures.figure(
        f"finalized, {name}",
        answers.rate,
        "documents/s",
        f"p50 {1000 * figures.quantile(answers.latencies, 0.5):.0f} ms,"
        f" p95 {1000 * figures.quantile(answers.latencies, 0.95):.0f} ms",
    )
    _drain(base)
    seconds = time.perf_counter() - started
    made = _files(base) - before[1]
    cpu = processes.cpu_seconds(processes.family(serving.pid)) - before[0]
    figures.figure(
        "  with PDF and XML stored, to the last file",
        made / 2 / seconds,
        "documents/s",
        f"CPU of server and workshop {1000 * cpu / (made / 2):.0f} ms a document",
    )
    figures.ratio("  of the limit", made / 2 / seconds / limit)


def _contacts(serving: Serving, tenant: Tenant) -> list[str]:
    """Ids of a few contacts."""
    found = []
    for number in range(CUSTOMERS):
        request = Request(
            f"http://127.0.0.1:{serving.port}/billing/v1/contacts",
            method="POST",
            data=json.dumps({**CLIENT, "clientNumber": f"K-{number}"}).encode(),
            headers={
                "Authorization": f"Bearer {tenant.tokens['billing']}",
                "Content-Type": "application/json",
            },
        )
        with urlopen(request, timeout=30) as answer:
            found.append(json.load(answer)["id"])
    return found


def _requests(tenants: Sequence[Tenant], contacts: dict[Any, list[str]]) -> Iterator[bytes]:
    while True:
        tenant = chance.choice(tenants)
        number = next(counter)
        body = {
            "type": "invoice",
            "date": "2026-03-02",
            "serviceDate": "2026-03-02",
            "clientId": chance.choice(contacts[tenant.id]),
            "finalized": True,
            "exportType": "xrechnung",
            "lines": [
                {
                    "title": f"Hosting {number}",
                    "quantity": place,
                    "unit": "Monat",
                    "netPrice": chance.randint(100, 99_999) / 100,
                    "vatRate": 7 if place == 3 else 19,
                }
                for place in (1, 2, 3)
            ],
        }
        yield clients.post(
            "/billing/v1/documents", tenant.tokens["billing"], json.dumps(body).encode()
        )


def _drain(base: Ground) -> None:
    """Wait until no job is left."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        if not _count(
            base,
            "procrastinate_jobs where status in ('todo', 'doing')"
            " and task_name = 'invoicing.render'",
        ):
            return
        time.sleep(0.1)
    raise RuntimeError("the files are not made in time")


def _files(base: Ground) -> int:
    return _count(base, "artefact")


def _check(base: Ground) -> None:
    """Every final document is a booked claim with a number of its own."""
    final = _count(base, "document where finalized_at is not null")
    claims = _count(base, "outgoing_invoice")
    numbers = _count(
        base,
        "(select distinct tenant_id, number from document where finalized_at is not null) as given",
    )
    if not final == claims == numbers:
        raise RuntimeError(f"{final} documents, {claims} claims, {numbers} numbers")
    figures.figure("checked: documents = claims = numbers", final, "documents")


def _count(base: Ground, what: str) -> int:
    with psycopg.connect(base.conninfo(is_super=True)) as connection:
        connection.execute(f"set search_path = {SCHEMA}")
        row = connection.execute(f"select count(*) from {what}").fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    main()
