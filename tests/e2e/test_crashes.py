"""Servers and databases that are killed at random moments: what was acknowledged is there."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kontorhaus.runtime import embedded, migrate, postgres_binaries
from kontorhaus.runtime.database import Database
from tests.e2e.calls import at_once, booking, ok
from tests.e2e.serving import (
    NORDLICHT,
    Serving,
    Tenant,
    await_health,
    command,
    embedded_conninfo,
    health,
    launch_server,
    make_tenant,
    postmaster,
    start_server,
    stop_server,
)
from tests.e2e.writers import Writers

ROUNDS = 30
MIGRATION_ROUNDS = 20
HEALTHY_SECONDS = 15.0
SEED = int(os.environ.get("KONTORHAUS_TEST_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture
def dice() -> random.Random:
    sys.stdout.write(f"KONTORHAUS_TEST_SEED={SEED} repeats this run\n")
    return random.Random(SEED)


@pytest.fixture
def serving(place: Path) -> Iterator[Serving]:
    """A server with an embedded database in a home of its own."""
    serving = start_server(place / "home")
    yield serving
    if serving.process.poll() is None:
        serving.process.kill()
        serving.process.wait()


def tenant_of(serving: Serving) -> Tenant:
    database = Database(embedded_conninfo(serving.home), size=1).open()
    tenant = make_tenant(database, serving.home, serving.base_url, profile=NORDLICHT)
    database.close()
    return tenant


def kill_server(serving: Serving) -> None:
    serving.process.kill()
    serving.process.wait()


def restart(serving: Serving) -> Serving:
    """Start the program again at the same address."""
    port = int(serving.base_url.rsplit(":", 1)[1])
    return launch_server(serving.home, port=port)


def verified(home: Path) -> list[dict[str, object]]:
    """What `kontorhaus verify` says of the tenants that have books."""
    done = command(home, "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return [row for row in json.loads(done.stdout) if row["head"]["journal_number"]]


def test_nothing_acknowledged_is_lost_in_30_rounds_of_kill_9(
    serving: Serving, dice: random.Random
) -> None:
    writers = Writers(tenant_of(serving), seed=SEED).start()
    victims = ["database", "server", "database", "both", "database"] * (ROUNDS // 5)
    dice.shuffle(victims)
    recoveries = []
    for victim in victims:
        time.sleep(dice.uniform(0.05, 0.8))
        began, before = time.monotonic(), len(writers.acknowledged)
        pid = postmaster(serving.home)
        if victim in ("database", "both") and pid:
            os.kill(pid, signal.SIGKILL)
        if victim in ("server", "both"):
            kill_server(serving)
            serving = restart(serving)
        await_health(serving)
        while len(writers.acknowledged) == before and time.monotonic() < began + 60:
            time.sleep(0.02)
        recoveries.append(time.monotonic() - began)
    writers.stop()
    sys.stdout.write(
        f"{len(writers.acknowledged)} writes acknowledged, recovered after"
        f" {median(recoveries):.1f} s, at worst {max(recoveries):.1f} s\n"
    )
    assert median(recoveries) <= HEALTHY_SECONDS, "a machine that is busy elsewhere has outliers"
    writers.check(embedded_conninfo(serving.home))
    assert len(verified(serving.home)) == 1
    assert stop_server(serving) == 0


def test_a_clean_stop_under_load_takes_5_seconds_and_loses_nothing(serving: Serving) -> None:
    writers = Writers(tenant_of(serving)).start()
    while len(writers.acknowledged) < 50:
        time.sleep(0.02)
    began = time.monotonic()
    assert stop_server(serving) == 0
    assert time.monotonic() - began <= 5.5
    pid = postmaster(serving.home)
    assert pid is None
    again = restart(serving)
    await_health(again)
    writers.stop()
    writers.check(embedded_conninfo(again.home))
    assert stop_server(again) == 0


def test_a_second_program_finds_the_database_of_the_first_and_outlives_it(
    serving: Serving,
) -> None:
    tenant = tenant_of(serving)
    ok(tenant.books.post("/v1/bookings", json=booking("eins")))
    assert len(verified(serving.home)) == 1
    assert health(serving) == 200
    pid = postmaster(serving.home)
    second = start_server(serving.home)
    assert postmaster(serving.home) == pid
    kill_server(serving)
    tenant.books.base_url = f"{second.base_url}/books"
    ok(tenant.books.post("/v1/bookings", json=booking("zwei")))
    assert postmaster(serving.home) == pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    await_health(second, HEALTHY_SECONDS)
    assert stop_server(second) == 0
    assert postmaster(serving.home) is None


def test_while_the_database_is_away_requests_are_told_to_come_back(place: Path) -> None:
    server = embedded.ensure(place / "database")
    url = server.conninfo(embedded.SUPERUSER)
    home = place / "home"
    home.mkdir()
    serving = start_server(home, KONTORHAUS_DATABASE_URL=url)
    try:
        database = Database(url, size=1).open()
        tenant = make_tenant(database, home, serving.base_url, profile=NORDLICHT)
        database.close()
        ok(tenant.books.post("/v1/bookings", json=booking("vorher")))
        server.stop()
        began = time.monotonic()
        while health(serving) != 503:
            assert time.monotonic() < began + 5
        for refused in at_once(
            [lambda: tenant.books.post("/v1/bookings", json=booking("nie"))] * 8
        ):
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
            assert refused.json()["code"] == "UNAVAILABLE"
        server = embedded.ensure(place / "database")
        assert await_health(serving) <= HEALTHY_SECONDS
        ok(tenant.books.post("/v1/bookings", json=booking("nachher")))
        entries = ok(tenant.books.get("/v1/journal"))["entries"]
        assert {entry["external_reference"] for entry in entries} == {"vorher", "nachher"}
        assert stop_server(serving) == 0
    finally:
        if serving.process.poll() is None:
            kill_server(serving)
        server.stop()


@pytest.fixture
def new_database(superuser_conninfo: str) -> Iterator[Callable[[str], str]]:
    """Makes databases without any schema."""
    made: list[str] = []

    def make(name: str) -> str:
        with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        made.append(name)
        return make_conninfo(superuser_conninfo, dbname=name)

    yield make
    with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
        for name in made:
            connection.execute(
                sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
            )


def schema_of(conninfo: str) -> str:
    """The schema as pg_dump writes it, without the words that differ in each dump."""
    dump = subprocess.run(
        [postgres_binaries.find().tool("pg_dump"), "--schema-only", conninfo],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return "\n".join(line for line in dump.splitlines() if "restrict" not in line)


def test_a_migration_killed_anywhere_is_finished_by_the_next_start(
    new_database: Callable[[str], str], superuser_conninfo: str, dice: random.Random
) -> None:
    expected = schema_of(superuser_conninfo)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kontorhaus.runtime.migrate"])
    began = time.monotonic()
    assert migrate.migrate(new_database(f"clean_{os.getpid()}")) == len(migrate.migrations())
    whole = time.monotonic() - began
    done_before = []
    for number in range(MIGRATION_ROUNDS):
        url = new_database(f"killed_{os.getpid()}_{number}")
        child = context.Process(target=migrate.migrate, args=(url,))
        child.start()
        time.sleep(dice.uniform(0, whole))
        child.kill()
        child.join()
        done_before.append(len(migrate.migrations()) - migrate.migrate(url))
        if number % 4 == 0:
            assert schema_of(url) == expected
        assert len(migrate.read_applied(url) or {}) == len(migrate.migrations())
    sys.stdout.write(f"steps that were done when the kill came: {done_before}\n")


def test_a_newer_schema_is_refused_in_one_sentence(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = new_database(f"newer_{os.getpid()}")
    migrate.migrate(url)
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into kontorhaus.schema_version (version, name, checksum, applied_at)"
            " values (9999, 'future', '', now())"
        )
    done = command(tmp_path, "migrate", KONTORHAUS_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("schema_newer:")
    assert "Traceback" not in done.stderr
