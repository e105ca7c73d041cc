"""A customer's way in a real browser: from the mail to the invoices, and out again."""

from __future__ import annotations

import io
import re
import socket
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from kontorhaus.contacts.model import Party
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import founding
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.jobs import Worker
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.workshop import Workshop
from tests import mail_sink
from tests.browser.conftest import Tab, serving, watched
from tests.browser.test_web import barriers
from tests.conftest import PROFILE
from tests.mail_sink import Sink
from tests.surfaces import customer_visits
from tests.surfaces.customer_visits import Seller
from tests.surfaces.web_company import EMAIL, PASSWORD, furnish

pytestmark = pytest.mark.browser

ADDRESS = "einkauf@deichgraf.example"


@dataclass
class Shop:
    """A seller on a server that sends mail, and a customer with credit and three invoices."""

    url: str
    seller: Seller
    party: Party
    sink: Sink


@pytest.fixture(scope="module")
def shop(
    fresh_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("portal")
    listener = socket.create_server(("127.0.0.1", 0))
    database, workshop = Database(fresh_database(), size=8).open(), Workshop(1)
    founded = founding.found(database, profile=PROFILE)
    furnish(database, founded)
    with mail_sink.running() as sink:
        config = from_environment(
            {
                "KONTORHAUS_HOME": str(home), "KONTORHAUS_RATE_LIMIT": "0",
                "KONTORHAUS_SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
                "KONTORHAUS_MAIL_FROM": "post@nordlicht.example",
                "KONTORHAUS_PUBLIC_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
            }
        )  # fmt: skip
        resources = Resources(config, database, Blobs(home / "blobs"), workshop)
        seller = customer_visits.seller_of(resources, founded)
        party = seller.customer("Wattmühle <b>Kunst & Licht</b> AG", email=ADDRESS)
        for days_ago in (50, 5, 0):
            seller.invoice(party, days_ago=days_ago)
        with seller.working() as work:
            issued = Issued("top_up", Money(25000), "1800", work.today)
            credit.issue(work, party_id=party.id, issued=issued)
        worker = Worker(resources).start()
        with serving(resources, listener) as url:
            yield Shop(url, seller, party, sink)
        worker.stop()
    workshop.close()
    database.close()


@pytest.fixture
def contexts(browser: Browser, shop: Shop) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers of people who were never here."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings = {"locale": "de-DE", "viewport": {"width": 1440, "height": 900}, **options}
        made.append(browser.new_context(base_url=shop.url, **settings))
        return made[-1]

    yield make
    for context in made:
        context.close()


def come_in(shop: Shop, context: BrowserContext) -> Tab:
    tab = watched(context, shop.url)
    tab.go(shop.seller.link(shop.party, ADDRESS)[0])
    tab.page.get_by_role("button", name=re.compile("Rechnungen ansehen|Show the invoices")).click()
    tab.page.wait_for_url(f"{shop.url}/customer")
    return tab


def test_from_the_sellers_mail_to_a_paid_invoice_and_out_again(
    shop: Shop, contexts: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    seller = watched(contexts(), shop.url)
    seller.go("/login")
    seller.page.fill("#email", EMAIL)
    seller.page.fill("#password", PASSWORD)
    seller.page.keyboard.press("Enter")
    seller.page.wait_for_url(f"{shop.url}/")
    seller.go(f"/customers/{shop.party.id}")
    assert seller.page.input_value("#email") == ADDRESS
    seller.page.get_by_role("button", name="Link senden").click()
    seller.page.wait_for_url("**done=mailed")
    assert seller.complaints == []

    mail = shop.sink.next()
    assert mail["X-Envelope-To"] == ADDRESS
    link = re.search(rf"{re.escape(shop.url)}/customer/enter/[0-9a-f]{{64}}", mail.get_content())
    assert link
    customer = watched(contexts(accept_downloads=True), shop.url)
    customer.go(link[0])
    assert barriers(customer) == []
    customer.page.get_by_role("button", name="Rechnungen ansehen").click()
    customer.page.wait_for_url(f"{shop.url}/customer")
    with customer.page.expect_download() as zipped:
        customer.page.get_by_role("link", name="Alle als ZIP").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(zipped.value.path()).read_bytes()))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 3

    customer.page.get_by_role("link", name="Nächste ansehen und zahlen").click()
    customer.page.get_by_role("button", name="250,00").click()
    customer.page.wait_for_url("**done=paid")
    assert "281,93" in customer.page.locator(".pay .sum").last.inner_text()
    customer.page.get_by_role("button", name="Rückgängig").click()
    customer.page.wait_for_url("**done=taken-back")
    assert "531,93" in customer.page.locator(".copies").inner_text()
    customer.page.get_by_role("button", name="250,00").click()
    customer.page.wait_for_url("**done=paid")
    assert barriers(customer) == []
    with customer.page.expect_download() as loaded:
        customer.page.get_by_role("link", name="PDF laden").click()
    assert Path(loaded.value.path()).read_bytes().startswith(b"%PDF-")
    assert customer.complaints == []

    customer.page.get_by_role("button", name="Abmelden").click()
    customer.page.wait_for_url("**/customer/door?left=1")
    customer.go("/customer")
    assert customer.page.url == f"{shop.url}/customer/door"


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("de-DE", "light", 1440), ("en-GB", "dark", 1440), ("de-DE", "light", 390),
     ("de-DE", "light", 320)],
)  # fmt: skip
def test_no_page_of_a_customer_complains_or_has_a_barrier(
    shop: Shop, contexts: Callable[..., BrowserContext], language: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    context = contexts(locale=language, color_scheme=scheme, viewport=size)
    context.add_init_script("window.alert = () => console.error('a text has run')")
    door = watched(context, shop.url)
    for path in ("/customer/door", f"/customer/enter/{'0' * 64}"):
        door.go(path)
        assert barriers(door) == [], path
    tab = come_in(shop, context)
    first = tab.page.locator("tbody a").first.get_attribute("href")
    for path in ("/customer", "/customer?show=paid", str(first), "/customer/imprint",
                 "/customer/nowhere"):  # fmt: skip
        tab.go(path)
        assert barriers(tab) == [], path
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert tab.page.locator("html").get_attribute("lang") == language[:2]
    assert [text for text in tab.complaints if "404" not in text] == []


def test_a_button_copies_and_says_so(shop: Shop, contexts: Callable[..., BrowserContext]) -> None:
    tab = come_in(shop, contexts(permissions=["clipboard-read", "clipboard-write"]))
    tab.page.locator("tbody a").first.click()
    tab.page.get_by_role("button", name="Kopieren: IBAN").click()
    tab.page.get_by_role("status").get_by_text("Kopiert.").wait_for()
    assert tab.page.evaluate("navigator.clipboard.readText()") == PROFILE.iban
    assert tab.complaints == []


def test_without_scripts_everything_is_there_but_copying(
    shop: Shop, contexts: Callable[..., BrowserContext]
) -> None:
    tab = come_in(shop, contexts(java_script_enabled=False))
    tab.page.locator("tbody a").first.click()
    assert tab.page.get_by_role("img", name="GiroCode").count() == 1
    assert not tab.page.get_by_role("button", name="Kopieren: IBAN").is_visible()
    tab.page.get_by_role("button", name="Abmelden").click()
    tab.page.wait_for_url("**/customer/door?left=1")
