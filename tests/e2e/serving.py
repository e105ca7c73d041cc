"""The program as real processes: servers and commands, and organizations with their clients."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from psycopg.conninfo import make_conninfo

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Profile, TaxNumber, TenantSettings
from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger import founding
from kontorhaus.runtime import embedded, secret
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin

ROOT = Path(__file__).parents[2]
# Every server of this run, so that none outlives it whatever happened to its test.
STARTED: list[subprocess.Popen[bytes]] = []
PROGRAM = (sys.executable, "-m", "kontorhaus.app")

NORDLICHT = Profile(
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
LINDENHOF = Profile(
    name="Buchhandlung Lindenhof e. K.",
    country_code="DE",
    line1="Lindenhof 3",
    line2="04109 Leipzig",
    email="laden@lindenhof.example",
    phone="+49 341 998877",
    iban="DE89370400440532013000",
    tax_numbers=(TaxNumber("USt-IdNr.", "DE136695976"),),
)


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


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a program that uses a home."""
    return {**os.environ, "KONTORHAUS_HOME": str(home), "KONTORHAUS_RATE_LIMIT": "0", **more}


def start_server(home: Path, *, port: int | None = None, **more: str) -> Serving:
    """Start `kontorhaus serve` and wait until it answers."""
    serving = launch_server(home, port=port, **more)
    await_health(serving)
    return serving


@contextmanager
def two_servers(url: str) -> Iterator[list[Serving]]:
    """Two servers on one database and one home, whose worker does not take the attention."""
    with TemporaryDirectory(prefix="kontorhaus-e2e-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        more = {"KONTORHAUS_DATABASE_URL": url, "KONTORHAUS_WORKER": "outside"}
        started = [start_server(home, **more) for _ in range(2)]
        yield started
        assert [stop_server(serving) for serving in started] == [0, 0]


def launch_server(home: Path, *, port: int | None = None, **more: str) -> Serving:
    """Start `kontorhaus serve` without waiting."""
    port = port or free_port()
    log = home.parent / f"server-{port}-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*PROGRAM, "serve"],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=environment(home, PORT=str(port), **more),
        )
    STARTED.append(process)
    return Serving(process, f"http://127.0.0.1:{port}", home, log)


def await_health(serving: Serving, seconds: float = 60) -> float:
    """Wait until the server is ready and return how many seconds that took."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        assert serving.process.poll() is None, serving.log.read_text()[-3000:]
        if health(serving) == 200:
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(serving.log.read_text()[-3000:])


def health(serving: Serving) -> int:
    """The status of the health check; 0 if nobody answers."""
    try:
        return httpx.get(f"{serving.base_url}/health/ready", timeout=5).status_code
    except httpx.HTTPError:
        return 0


def stop_server(serving: Serving) -> int:
    """SIGTERM, and how the server ended."""
    serving.process.send_signal(signal.SIGTERM)
    return serving.process.wait(10)


def command(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `kontorhaus` with arguments to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=120,
    )


def embedded_conninfo(home: Path) -> str:
    """How the superuser reaches the embedded database of a home that somebody else runs."""
    return make_conninfo(
        host=os.path.realpath(home / "socket"),
        port="5432",
        user=embedded.SUPERUSER,
        dbname=embedded.DATABASE,
    )


def postmaster(home: Path) -> int | None:
    """The process id of the embedded database server of a home, if one is noted."""
    try:
        return int((home / "database" / "postmaster.pid").read_text().split("\n")[0])
    except (OSError, ValueError):
        return None


@dataclass
class Tenant:
    """One organization's LIVE tenant with a client for each surface."""

    tenant_id: TenantId
    books: httpx.Client
    billing: httpx.Client
    tokens: dict[str, str]


def make_tenant(
    database: Database,
    home: Path,
    base_url: str,
    *,
    profile: Profile,
    settings: TenantSettings | None = None,
) -> Tenant:
    """Found an organization and give its owner a key for each surface."""
    tenant_id = founding.found(database, profile=profile, settings=settings).tenants["LIVE"]
    return keyed_tenant(database, home, base_url, tenant_id=tenant_id)


def keyed_tenant(database: Database, home: Path, base_url: str, *, tenant_id: TenantId) -> Tenant:
    """A tenant with keys of a new owner."""
    tokens = {}
    with begin(database, Caller(tenant_id, SYSTEM, "Europe/Berlin")) as work:
        owner = identity.create_user(
            work, email=f"owner-{tenant_id.hex}@kontor.example", role="owner"
        )
        for surface in ("books", "billing"):
            tokens[surface] = identity.create_api_key(
                work, secret=secret.of(home), surface=surface, name=surface, created_by=owner
            ).token
    return Tenant(
        tenant_id,
        client(f"{base_url}/books", tokens["books"]),
        client(f"{base_url}/billing/v1", tokens["billing"]),
        tokens,
    )


def client(base_url: str, token: str) -> httpx.Client:
    """A client that says who it is; safe to share between threads."""
    return httpx.Client(
        base_url=base_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=100),
    )
