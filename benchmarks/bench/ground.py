"""What a benchmark stands on: a home of its own with PostgreSQL, tenants and a running server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg
from psycopg.conninfo import make_conninfo

from bench import ROOT, processes
from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Profile, TaxNumber
from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import founding
from kontorhaus.runtime import embedded, migrate, secret
from kontorhaus.runtime.database import APP_ROLE, Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin

PROFILE = Profile(
    name="Nordlicht Hosting GmbH",
    country_code="DE",
    line1="Hafenstraße 7",
    line2="20457 Hamburg",
    ceo="Karla Brandt",
    legal_line1="Amtsgericht Hamburg, HRB 123456",
    email="rechnung@nordlicht.example",
    phone="+49 40 6696914",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    bank_name="Deutsche Kreditbank",
    tax_numbers=(TaxNumber("USt-IdNr.", "DE123456788"), TaxNumber("Steuernummer", "48/731/01234")),
)
_START_SECONDS = 90
_STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Ground:
    """A home with its PostgreSQL."""

    home: Path
    server: embedded.EmbeddedServer

    def conninfo(self, name: str = embedded.DATABASE, *, is_super: bool = False) -> str:
        """How to reach one of its databases, as the program or as the superuser."""
        role = embedded.SUPERUSER if is_super else APP_ROLE
        return make_conninfo(self.server.conninfo(role), dbname=name)

    def second_database(self, name: str) -> None:
        """A further database of the same server with the same schema."""
        with psycopg.connect(self.conninfo(is_super=True), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        migrate.migrate(self.conninfo(name, is_super=True))

    def postgres_pids(self) -> list[int]:
        """The processes of the database server."""
        pid = self.server.process_id
        return processes.family(pid) if pid else []


@dataclass(frozen=True, slots=True)
class Tenant:
    """A LIVE tenant, its customers' accounts and its tokens by surface."""

    id: TenantId
    customers: tuple[str, ...]
    tokens: dict[str, str]


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `kontorhaus serve`."""

    pid: int
    port: int


@contextmanager
def prepared() -> Iterator[Ground]:
    """An empty home with a migrated database; removed at the end, however it comes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    folder = Path(tempfile.mkdtemp(prefix="kontorhaus-bench-"))
    folder.chmod(0o755)
    try:
        server = embedded.ensure(folder / "home")
        try:
            migrate.migrate(server.conninfo(embedded.SUPERUSER))
            yield Ground(folder / "home", server)
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def opened(ground: Ground, name: str = embedded.DATABASE) -> Iterator[Database]:
    """A database as the program sees it."""
    database = Database(ground.conninfo(name), size=4).open()
    try:
        yield database
    finally:
        database.close()


def found(ground: Ground, database: Database, *, customers: int = 0) -> Tenant:
    """An organization with open books, some customers and a key for each surface."""
    tenant_id = founding.found(database, profile=PROFILE).tenants["LIVE"]
    with begin(database, Caller(tenant_id, SYSTEM, PROFILE.time_zone)) as work:
        accounts = tuple(
            ledger.open_personal_account(work, kind="customer", name=f"Kunde {number}")
            for number in range(1, customers + 1)
        )
        owner = identity.create_user(
            work, email=f"owner-{tenant_id.hex}@kontor.example", role="owner"
        )
        tokens = {
            surface: identity.create_api_key(
                work,
                secret=secret.of(ground.home),
                surface=surface,
                name=surface,
                created_by=owner,
            ).token
            for surface in ("books", "billing")
        }
    return Tenant(tenant_id, accounts, tokens)


@contextmanager
def serving(ground: Ground, **settings: str) -> Iterator[Serving]:
    """The program's server over this home, without a rate limit."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = ground.home.parent / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kontorhaus.app", "serve"],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={
                **os.environ,
                "KONTORHAUS_HOME": str(ground.home),
                "PORT": str(port),
                "KONTORHAUS_RATE_LIMIT": "0",
                "KONTORHAUS_DATABASE_URL": "",
                **settings,
            },
        )
    try:
        _wait_until_ready(process, port, log)
        yield Serving(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server does not start: {log.read_text()[-3000:]}")
