"""Fixtures on real PostgreSQL: one server and one template a run, one database a process."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kontorhaus.identity.model import Founded, Profile, TenantSettings
from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger import founding
from kontorhaus.runtime import embedded, migrate
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin

pytest.register_assert_rewrite("tests.e2e.calls", "tests.e2e.writers")

# How long an example takes is no finding: on a busy machine it would be chance.
settings.register_profile("kontorhaus", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kontorhaus")

_CONNINFO = "KONTORHAUS_TEST_CONNINFO"
_TEMPLATE = "kontorhaus_template"
_running: list[tuple[embedded.EmbeddedServer, Path]] = []


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the server and builds the template once."""
    if hasattr(config, "workerinput") or os.environ.get(_CONNINFO):
        return
    home = Path(tempfile.mkdtemp(prefix="kontorhaus-test-"))
    home.chmod(0o755)
    server = embedded.ensure(home / "home")
    _running.append((server, home))
    conninfo = server.conninfo(embedded.SUPERUSER)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"alter system set {setting}")
        connection.execute("select pg_reload_conf()")
        connection.execute(f"create database {_TEMPLATE}")
    migrate.migrate(make_conninfo(conninfo, dbname=_TEMPLATE))
    os.environ[_CONNINFO] = conninfo


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controlling process stops what it started."""
    for server, home in _running:
        os.environ.pop(_CONNINFO, None)
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    _running.clear()


@pytest.fixture(scope="session")
def fresh_database() -> Iterator[Callable[[], str]]:
    """Makes databases with the newest schema; returns the conninfo of their superuser."""
    made: list[str] = []
    server = os.environ[_CONNINFO]

    def make() -> str:
        name = f"t_{uuid7().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template {}").format(
                    sql.Identifier(name), sql.Identifier(_TEMPLATE)
                )
            )
        made.append(name)
        return make_conninfo(server, dbname=name)

    yield make
    with psycopg.connect(server, autocommit=True) as connection:
        for name in made:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def superuser_conninfo(fresh_database: Callable[[], str]) -> str:
    """The database of this process as its superuser sees it (no row level security)."""
    return fresh_database()


@pytest.fixture(scope="session")
def database(superuser_conninfo: str) -> Iterator[Database]:
    """The database of this process as the program sees it."""
    opened = Database(superuser_conninfo, size=24).open()
    yield opened
    opened.close()


PROFILE = Profile(
    name="Nordlicht Hosting GmbH",
    country_code="DE",
    line1="Hafenstraße 7",
    line2="20457 Hamburg",
    email="buchhaltung@nordlicht.example",
    phone="+49 40 1234567",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    bank_name="Deutsche Kreditbank",
)


@pytest.fixture
def new_organization(database: Database) -> Callable[..., Founded]:
    """Founds organizations whose books are open."""

    def make(profile: Profile = PROFILE, settings: TenantSettings | None = None) -> Founded:
        return founding.found(database, profile=profile, settings=settings)

    return make


@pytest.fixture(scope="session")
def standing_tenant(database: Database) -> TenantId:
    """A LIVE tenant in SKR04 that no test changes for good."""
    return founding.found(database, profile=PROFILE).tenants["LIVE"]


@pytest.fixture
def work(database: Database, standing_tenant: TenantId) -> Iterator[Work]:
    """A transaction on the standing tenant; rolled back after the test."""

    class _TakenBack(Exception):
        pass

    caller = Caller(standing_tenant, SYSTEM, "Europe/Berlin", uuid7())
    try:
        with begin(database, caller) as opened:
            yield opened
            raise _TakenBack
    except _TakenBack:
        pass


@pytest.fixture
def live_caller(new_organization: Callable[..., Founded]) -> Caller:
    """A caller on a LIVE tenant of its own, for tests that commit."""
    return Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin", uuid7())
