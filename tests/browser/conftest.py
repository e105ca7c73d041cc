"""A running server with a small company, and the system's Chromium in front of it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from kontorhaus.app import asgi
from kontorhaus.ledger import founding
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.workshop import Workshop
from tests.conftest import PROFILE
from tests.surfaces.web_company import EMAIL, PASSWORD, Company, furnish

_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class House:
    """Where the server listens, and whose books it keeps."""

    url: str
    company: Company


@dataclass
class Tab:
    """A page with everything that it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(path, wait_until="networkidle")


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


@pytest.fixture(scope="session")
def house(
    fresh_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    home = tmp_path_factory.mktemp("browser")
    database, workshop = Database(fresh_database(), size=8).open(), Workshop(1)
    company = furnish(database, founding.found(database, profile=PROFILE))
    resources = Resources(
        from_environment(
            {
                "KONTORHAUS_HOME": str(home), "KONTORHAUS_RATE_LIMIT": "0",
                "KONTORHAUS_SMTP_URL": "smtp://127.0.0.1:9",
                "KONTORHAUS_MAIL_FROM": "post@nordlicht.example",
            }
        ),
        database, Blobs(home / "blobs"), workshop,
    )  # fmt: skip
    with serving(resources, socket.create_server(("127.0.0.1", 0))) as url:
        yield House(url, company)
    workshop.close()
    database.close()


@contextmanager
def serving(resources: Resources, listener: socket.socket) -> Iterator[str]:
    """The whole program behind a socket; where it answers."""
    server = uvicorn.Server(uvicorn.Config(asgi.create_app(resources), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("there is no Chromium: make test installs it where it may")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def signed_in_state(browser: Browser, house: House) -> dict[str, object]:
    """The cookies of an owner, from signing in as people do."""
    context = browser.new_context(base_url=house.url, locale="de-DE")
    page = context.new_page()
    page.goto("/")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.url}/")
    state = context.storage_state()
    context.close()
    return dict(state)


def watched(context: BrowserContext, url: str) -> Tab:
    """A new page that keeps what it complains about, and what it asks of other servers."""
    tab = Tab(context.new_page())
    tab.page.on(
        "console",
        lambda message: (
            tab.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:"))
            else tab.complaints.append(f"foreign: {request.url}")
        ),
    )
    return tab


@pytest.fixture
def open_tab(
    browser: Browser, house: House, signed_in_state: dict[str, object]
) -> Iterator[Callable[..., Tab]]:
    """Opens a tab of the owner; options go to the browser's context."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> Tab:
        settings = {"locale": "de-DE", "viewport": {"width": 1440, "height": 900}, **options}
        context = browser.new_context(base_url=house.url, storage_state=signed_in_state, **settings)
        contexts.append(context)
        return watched(context, house.url)

    yield make
    for context in contexts:
        context.close()
