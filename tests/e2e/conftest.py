"""A real server process on a database of its own, and clients for two organizations."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Profile, TaxNumber, TenantSettings
from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger import founding
from kontorhaus.runtime import secret
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Serving:
    """A running server and where it keeps its files."""

    process: subprocess.Popen[bytes]
    base_url: str
    home: Path
    log: Path


def start_server(
    home: Path, *, port: int | None = None, **environment: str
) -> Serving:
    """Start `kontorhaus serve` and wait until it answers."""
    port = port or free_port()
    log = home.parent / f"server-{port}-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kontorhaus.app", "serve"], cwd=ROOT,
            stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "KONTORHAUS_HOME": str(home), "PORT": str(port), **environment},
        )
    serving = Serving(process, f"http://127.0.0.1:{port}", home, log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(f"{serving.base_url}/health/ready", timeout=2).status_code == 200:
                return serving
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])


def stop_server(serving: Serving) -> int:
    """SIGTERM, and how the server ended."""
    serving.process.send_signal(signal.SIGTERM)
    return serving.process.wait(10)


@dataclass
class Tenant:
    """One organization's LIVE tenant with a client for each surface."""

    tenant_id: TenantId
    books: httpx.Client
    billing: httpx.Client


def make_tenant(
    database: Database, home: Path, base_url: str, *, profile: Profile,
    settings: TenantSettings | None = None,
) -> Tenant:
    """Found an organization and give its owner a key for each surface."""
    tenant_id = founding.found(database, profile=profile, settings=settings).tenants["LIVE"]
    tokens = {}
    with begin(database, Caller(tenant_id, SYSTEM, "Europe/Berlin")) as work:
        owner = identity.create_user(
            work, email=f"owner-{tenant_id.hex}@kontor.example", role="owner"
        )
        for surface in ("books", "billing"):
            tokens[surface] = identity.create_api_key(
                work, secret=secret.of(home), surface=surface, name=surface, created_by=owner
            ).token

    def client(base: str, token: str) -> httpx.Client:
        return httpx.Client(
            base_url=base_url + base, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    return Tenant(
        tenant_id, client("/books", tokens["books"]),
        client("/billing/v1", tokens["billing"]),
    )


NORDLICHT = Profile(
    name="Nordlicht Hosting GmbH", country_code="DE", line1="Hafenstraße 7",
    line2="20457 Hamburg", ceo="Karla Brandt", legal_line1="Amtsgericht Hamburg, HRB 123456",
    email="rechnung@nordlicht.example", phone="+49 40 6696914", iban="DE02120300000000202051",
    bic="BYLADEM1001", bank_name="Deutsche Kreditbank",
    tax_numbers=(TaxNumber("USt-IdNr.", "DE123456788"), TaxNumber("Steuernummer", "48/731/01234")),
)
LINDENHOF = Profile(
    name="Buchhandlung Lindenhof e. K.", country_code="DE", line1="Lindenhof 3",
    line2="04109 Leipzig", email="laden@lindenhof.example", phone="+49 341 998877",
    iban="DE89370400440532013000",
    tax_numbers=(TaxNumber("USt-IdNr.", "DE136695976"),),
)


@pytest.fixture(scope="session")
def server(fresh_database: Callable[[], str]) -> Iterator[Serving]:
    """One server for the read-and-write tests of this process."""
    with tempfile.TemporaryDirectory(prefix="kontorhaus-e2e-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        serving = start_server(
            home, KONTORHAUS_DATABASE_URL=fresh_database(), KONTORHAUS_RATE_LIMIT="0"
        )
        yield serving
        assert stop_server(serving) == 0


@pytest.fixture(scope="session")
def server_database(server: Serving, fresh_database: Callable[[], str]) -> Iterator[Database]:
    """The server's database as the program sees it."""
    url = _environment_of(server)["KONTORHAUS_DATABASE_URL"]
    database = Database(url, size=2).open()
    yield database
    database.close()


def _environment_of(serving: Serving) -> dict[str, str]:
    content = Path(f"/proc/{serving.process.pid}/environ").read_bytes()
    pairs = (entry.split(b"=", 1) for entry in content.split(b"\0") if b"=" in entry)
    return {key.decode(): value.decode() for key, value in pairs}


@pytest.fixture
def nordlicht(server: Serving, server_database: Database) -> Tenant:
    """A hosting company in SKR04."""
    return make_tenant(server_database, server.home, server.base_url, profile=NORDLICHT)


@pytest.fixture
def lindenhof(server: Serving, server_database: Database) -> Tenant:
    """A book shop in SKR03."""
    return make_tenant(
        server_database, server.home, server.base_url, profile=LINDENHOF,
        settings=TenantSettings(chart="SKR03"),
    )
