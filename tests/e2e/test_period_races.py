"""Locking periods while others post, and deciding one request twice, on real servers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.ledger.periods import queries as periods
from kontorhaus.runtime import secret
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.e2e.calls import ask, at_once, booking, findings, invoice, ok
from tests.e2e.serving import (
    NORDLICHT,
    Serving,
    Tenant,
    client,
    make_tenant,
    two_servers,
)

POSTERS = 12
ROUNDS = 10
DECISIONS = 50


@pytest.fixture(scope="module")
def url(fresh_database: Callable[[], str]) -> str:
    return fresh_database()


@pytest.fixture(scope="module")
def servers(url: str) -> Iterator[list[Serving]]:
    with two_servers(url) as started:
        yield started


@pytest.fixture(scope="module")
def database(servers: list[Serving], url: str) -> Iterator[Database]:
    opened = Database(url, size=4).open()
    yield opened
    opened.close()


@pytest.fixture
def tenant(servers: list[Serving], database: Database) -> Tenant:
    return make_tenant(database, servers[0].home, servers[0].base_url, profile=NORDLICHT)


@pytest.fixture
def colleagues(servers: list[Serving], database: Database, tenant: Tenant) -> list[httpx.Client]:
    """Two more people of the organization, each on a server of their own."""
    made = []
    with begin(database, Caller(tenant.tenant_id, SYSTEM, "Europe/Berlin")) as work:
        for number, serving in enumerate(servers):
            person = identity.create_user(
                work, email=f"{number}-{tenant.tenant_id.hex}@kontor.example", role="admin"
            )
            token = identity.create_api_key(
                work,
                secret=secret.of(serving.home),
                surface="books",
                name=f"colleague {number}",
                created_by=person,
            ).token
            made.append(client(f"{serving.base_url}/books", token))
    return made


@dataclass
class Posters:
    """Clients that post into one month until each was refused twice."""

    servers: list[Serving]
    tenant: Tenant
    month: str
    acked: set[str] = field(default_factory=set)
    refused: Counter[tuple[int, str | None]] = field(default_factory=Counter)

    def run(self, number: int) -> None:
        """What one client does; the first writes invoices, the others bookings."""
        base_url = self.servers[number % 2].base_url
        surface = "billing/v1" if number == 0 else "books"
        kind = "billing" if number == 0 else "books"
        refusals = 0
        with client(f"{base_url}/{surface}", self.tenant.tokens[kind]) as mine:
            for turn in range(1000):
                name = f"{self.month} {number}-{turn}"
                answer = self._post(mine, name, is_invoice=number == 0)
                if answer.is_success:
                    assert not refusals, "a period that is locked stays so"
                    self.acked.add(name)
                    continue
                self.refused[answer.status_code, answer.json().get("code")] += 1
                refusals += 1
                if refusals == 2:
                    return
        raise AssertionError("the period was never locked")

    def _post(self, mine: httpx.Client, name: str, *, is_invoice: bool) -> httpx.Response:
        day = f"{self.month}-05"
        if is_invoice:
            body = invoice(name, finalized=True, date=day, serviceDate=day)
            return mine.post("/documents", json=body)
        return mine.post("/v1/bookings", json=booking(name, booking_date=day))


def _locked_amid(posters: Posters, by: httpx.Client) -> tuple[Any, float]:
    """Lock the month in the midst of it; the answer and how long it took in seconds."""
    path = f"/v1/periods/{posters.month}/lock"
    with ThreadPoolExecutor(POSTERS) as threads:
        running = [threads.submit(posters.run, number) for number in range(POSTERS)]
        while len(posters.acked) < 3 * POSTERS:
            time.sleep(0.01)
        asked = ok(posters.tenant.books.post(path))
        began = time.monotonic()
        locked = ok(by.post(f"{path}/{asked['request_id']}/approve"))
        seconds = time.monotonic() - began
        for each in running:
            each.result()
    return locked, seconds


def test_no_posting_of_12_clients_slips_into_a_period_that_is_locked(
    servers: list[Serving],
    database: Database,
    url: str,
    tenant: Tenant,
    colleagues: list[httpx.Client],
) -> None:
    latencies = []
    for number in range(ROUNDS):
        posters = Posters(servers, tenant, f"2025-{number + 1:02}")
        locked, seconds = _locked_amid(posters, colleagues[number % 2])
        latencies.append(seconds)
        assert posters.refused == {
            (400, "PERIOD_LOCKED"): 2 * (POSTERS - 1),
            (409, None): 2,
        }
        held = ask(
            url,
            "select count(*) from intent where tenant_id = %(tenant)s and period = %(month)s",
            tenant=tenant.tenant_id,
            month=posters.month,
        )
        assert held == [(locked["booking_count"],)] == [(len(posters.acked),)]
    assert max(latencies) <= 1
    assert findings(database, servers[0], tenant) == []
    with begin(database, Caller(tenant.tenant_id, SYSTEM, "Europe/Berlin"), read_only=True) as work:
        assert len(periods.closings(work)) == ROUNDS


def test_approve_and_cancel_that_race_have_one_outcome(
    url: str, tenant: Tenant, colleagues: list[httpx.Client]
) -> None:
    outcomes: Counter[tuple[int, ...]] = Counter()
    for number in range(DECISIONS):
        month = f"{2020 + number // 12}-{number % 12 + 1:02}"
        asked = ok(tenant.books.post(f"/v1/periods/{month}/lock"))
        path = f"/v1/periods/{month}/lock/{asked['request_id']}"
        assert tenant.books.post(f"{path}/approve").status_code == 403
        answers = at_once(
            [
                lambda path=path: colleagues[0].post(f"{path}/approve"),
                lambda path=path: colleagues[1].post(f"{path}/approve"),
                lambda path=path: tenant.books.post(f"{path}/cancel"),
            ]
        )
        got = tuple(answer.status_code for answer in answers)
        outcomes[got] += 1
        is_locked = got != (409, 409, 200)
        state = ask(
            url,
            "select state, (select count(*) from closing c where c.tenant_id = p.tenant_id"
            " and c.period = p.period), (select count(*) from lock_decision d"
            " where d.request_id = %(request)s) from period p"
            " where tenant_id = %(tenant)s and period = %(month)s",
            tenant=tenant.tenant_id,
            month=month,
            request=asked["request_id"],
        )
        assert state == [("locked", 1, 1) if is_locked else ("open", 0, 1)]
    assert set(outcomes) <= {(200, 409, 404), (409, 200, 404), (409, 409, 200)}, outcomes
