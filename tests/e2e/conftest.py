"""One server for the tests that only use it, and two organizations on it."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kontorhaus.identity.model import TenantSettings
from kontorhaus.runtime.database import Database
from tests.e2e.calls import ok, rows
from tests.e2e.serving import (
    LINDENHOF,
    NORDLICHT,
    STARTED,
    Serving,
    Tenant,
    make_tenant,
    postmaster,
    start_server,
    stop_server,
)


@pytest.fixture(scope="session", autouse=True)
def no_server_is_left() -> Iterator[None]:
    """Kills the servers of tests that failed before they stopped them."""
    yield
    for process in STARTED:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def server_url(fresh_database: Callable[[], str]) -> str:
    """The database of the server, as its superuser reaches it."""
    return fresh_database()


@pytest.fixture(scope="session")
def server(server_url: str) -> Iterator[Serving]:
    """One server for the read-and-write tests of this process."""
    with tempfile.TemporaryDirectory(prefix="kontorhaus-e2e-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        serving = start_server(home, KONTORHAUS_DATABASE_URL=server_url)
        yield serving
        assert stop_server(serving) == 0


@pytest.fixture(scope="session")
def server_database(server: Serving, server_url: str) -> Iterator[Database]:
    """The server's database as the program sees it."""
    database = Database(server_url, size=4).open()
    yield database
    database.close()


@pytest.fixture
def nordlicht(server: Serving, server_database: Database) -> Tenant:
    """A hosting company in SKR04."""
    return make_tenant(server_database, server.home, server.base_url, profile=NORDLICHT)


@pytest.fixture
def lindenhof(server: Serving, server_database: Database) -> Tenant:
    """A book shop in SKR03."""
    return make_tenant(
        server_database,
        server.home,
        server.base_url,
        profile=LINDENHOF,
        settings=TenantSettings(chart="SKR03"),
    )


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for homes with a database of their own, which its account can pass."""
    folder = Path(tempfile.mkdtemp(prefix="kontorhaus-e2e-", dir="/tmp"))
    folder.chmod(0o711)
    before = len(STARTED)
    yield folder
    for process in STARTED[before:]:
        if process.poll() is None:
            process.kill()
            process.wait()
    for home in folder.iterdir():
        pid = postmaster(home)
        if pid and Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def company(server: Serving, server_database: Database) -> Tenant:
    """One company for all tests of a module: what they send is never taken."""
    return make_tenant(server_database, server.home, server.base_url, profile=NORDLICHT)


@pytest.fixture(scope="module")
def bank(company: Tenant) -> str:
    """The address where statements are uploaded."""
    account = ok(
        company.books.post(
            "/v1/bank-accounts",
            json={"name": "Konto", "iban": NORDLICHT.iban, "account_number": "1800"},
        )
    )
    return f"/v1/bank-accounts/{account['id']}/upload"


@pytest.fixture
def untouched(company: Tenant, bank: str, server_url: str) -> Iterator[None]:
    """Counts the rows of every table before and after."""
    before = rows(server_url, company)
    yield
    assert rows(server_url, company) == before
