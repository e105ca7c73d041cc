"""The customers' pages: what is seen, and that nobody sees anything of others."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from kontorhaus.contacts.model import Party
from kontorhaus.identity.model import Founded
from kontorhaus.invoicing.model import Line
from kontorhaus.runtime.resources import Resources
from tests.surfaces import customer_visits
from tests.surfaces.customer_visits import Browser, Seller
from tests.surfaces.web_office import Office

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def seller(resources: Resources, new_organization: Callable[..., Founded]) -> Seller:
    return customer_visits.seller_of(resources, new_organization())


@pytest.fixture
def stranger(resources: Resources, new_organization: Callable[..., Founded]) -> Seller:
    return customer_visits.seller_of(resources, new_organization())


@pytest.fixture
def party(seller: Seller) -> Party:
    return seller.customer()


@pytest.fixture
def browser(resources: Resources) -> Browser:
    return customer_visits.browser(resources)


# --- what is seen


def test_the_list_shows_what_is_owed_and_every_invoice(
    seller: Seller, party: Party, browser: Browser
) -> None:
    browser.come_in(seller.link(party)[0])
    assert "Hier werden Ihre Rechnungen stehen" in browser.page()
    late = seller.invoice(party, days_ago=60)
    now = seller.invoice(party)
    page = browser.page()
    assert page.index(f">{now.number}<") < page.index(f">{late.number}<")
    assert "1.063,86" in page
    assert "2 Rechnungen" in page
    assert "fällig seit" in page
    assert "überfällig" in page
    assert "Managed Server M" in page
    assert "1 bis 2 von 2" in page
    assert f">{now.number}<" not in browser.page("/customer?show=paid")
    assert f">{now.number}<" in browser.page("/customer?show=open&page=1")


def test_the_list_has_pages(seller: Seller, party: Party, browser: Browser) -> None:
    for _ in range(16):
        seller.invoice(party)
    browser.come_in(seller.link(party)[0])
    assert "1 bis 15 von 16" in browser.page()
    assert 'href="/customer?page=2"' in browser.page()
    assert "16 bis 16 von 16" in browser.page("/customer?page=2")


def test_an_invoice_shows_its_paper_and_how_to_pay_it(
    seller: Seller, party: Party, browser: Browser
) -> None:
    document = seller.invoice(party)
    serial = seller.serial(party, document)
    browser.come_in(seller.link(party)[0])
    page = browser.page(f"/customer/invoices/{serial}")
    assert document.number in page
    assert "Managed Server M" in page
    assert "DE02 1203 0000 0000 2020 51" in page
    assert 'data-copy="DE02120300000000202051"' in page
    assert f'data-copy="{document.number}"' in page
    assert 'data-copy="531,93"' in page
    assert "GiroCode über 531,93" in page
    assert "style=" not in page
    assert "<script>" not in page


def test_the_pdf_is_the_one_of_the_seller(
    seller: Seller, party: Party, browser: Browser, office_of: Callable[[str], Office]
) -> None:
    document = seller.invoice(party)
    serial = seller.serial(party, document)
    browser.come_in(seller.link(party)[0])
    answer = browser.client.get(f"/customer/invoices/{serial}/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    shown = browser.client.get(f"/customer/invoices/{serial}/pdf?show=1")
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.content == answer.content


def test_the_pages_speak_german_and_english(seller: Seller, party: Party, browser: Browser) -> None:
    serial = seller.serial(party, seller.invoice(party))
    browser.come_in(seller.link(party)[0])
    browser.client.headers["accept-language"] = "en"
    for path, german, english in (
        ("/customer", "Ihre Rechnungen", "Your invoices"),
        (f"/customer/invoices/{serial}", "Überweisen", "Transfer"),
        ("/customer/imprint", "Impressum", "Imprint"),
    ):
        assert english in browser.page(path)
        browser.client.cookies.set("language", "de")
        assert german in browser.page(path)
        browser.client.cookies.delete("language")
    assert "GiroCode for €531.93" in browser.page(f"/customer/invoices/{serial}")


def test_the_language_is_chosen_on_the_page_itself(
    seller: Seller, party: Party, browser: Browser
) -> None:
    browser.come_in(seller.link(party)[0])
    form = {"next": "/customer/imprint", "language": "en"}
    answer = browser.send("/customer/preferences", "/customer", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/customer/imprint")
    assert "Your invoices" in browser.page()
    assert browser.client.post("/customer/preferences", data=form).status_code == 403


def test_what_customers_and_lines_say_runs_nowhere(
    seller: Seller, browser: Browser, resources: Resources
) -> None:
    party = seller.customer(f"Müller {HOSTILE}", client_number=HOSTILE[:40])
    line = Line(f"Hosting {HOSTILE}", Decimal(1), Decimal(10), None, Decimal(19), title2=HOSTILE)
    serial = seller.serial(party, seller.invoice(party, line=line))
    browser.come_in(seller.link(party)[0])
    for path in ("/customer", f"/customer/invoices/{serial}", "/customer/imprint"):
        page = browser.page(path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page
    answer = browser.client.get("/customer")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


# --- nobody else's (S-24)


@pytest.fixture
def others(seller: Seller, stranger: Seller) -> dict[str, int]:
    """Serials of invoices of the seller's other customer, and of another seller's customer."""
    mine, far = seller.customer("Nachbar GmbH"), stranger.customer("Fremde GmbH")
    for _ in range(3):
        document = stranger.invoice(far)
    return {
        "of another customer": seller.serial(mine, seller.invoice(mine)),
        "of another seller": stranger.serial(far, document),
        "of nobody": 987_654_321,
    }


def test_an_invoice_of_others_is_an_invoice_of_nobody(
    seller: Seller, party: Party, browser: Browser, others: dict[str, int]
) -> None:
    browser.come_in(seller.link(party)[0])
    own = seller.serial(party, seller.invoice(party))
    texts = set()
    for serial in {*others.values()} - {own}:
        for path in ("", "/pdf", "/pdf?show=1"):
            answer = browser.client.get(f"/customer/invoices/{serial}{path}")
            assert answer.status_code == 404
            assert "Nachbar" not in answer.text
            assert "Fremde" not in answer.text
        texts.add(re.sub(r"[0-9a-f-]{36}|[0-9a-f]{64}|invoices/\d+[^\"]*", "", answer.text))
        for action in ("pay", "remove-credit"):
            path = f"/customer/invoices/{serial}/{action}"
            assert browser.send(path, shown_at="/customer").status_code == 404
    assert len(texts) == 1
    page = browser.page()
    assert "1 bis 1 von 1" in page


def test_odd_numbers_are_answered_with_a_page(
    seller: Seller, party: Party, browser: Browser
) -> None:
    browser.come_in(seller.link(party)[0])
    for odd in ("0", "-1", "x", "99999999999999999999999", "1.5", "%00"):
        answer = browser.client.get(f"/customer/invoices/{odd}")
        assert answer.status_code in (404, 422), odd
        assert 'href="/customer"' in answer.text
    assert browser.client.get("/customer/nowhere").status_code == 404
    for query in ("page=0", "page=x", "page=99999999"):
        assert browser.client.get(f"/customer?{query}").status_code == 422


def test_no_cookie_opens_what_it_is_not_for(
    seller: Seller, party: Party, browser: Browser, office_of: Callable[[str], Office]
) -> None:
    browser.come_in(seller.link(party)[0])
    customer = browser.client.cookies["kontorhaus_customer"]
    for cookie in ("kontorhaus_session", "kontorhaus_guest"):
        browser.client.cookies.set(cookie, customer)
    for path in ("/", "/invoices", "/settings", f"/customers/{party.id}"):
        answer = browser.client.get(path)
        assert answer.headers["location"].startswith("/login")
    office = office_of("owner")
    assert office.client.get("/customer").headers["location"] == "/customer/door"
    session = office.client.cookies["kontorhaus_session"]
    office.client.cookies.set("kontorhaus_customer", session)
    assert office.client.get("/customer").headers["location"] == "/customer/door"


def test_the_logo_is_shown_under_its_own_name_alone(
    seller: Seller, party: Party, browser: Browser
) -> None:
    browser.come_in(seller.link(party)[0])
    assert browser.client.get(f"/customer/logo/{'0' * 64}").status_code == 404


def test_test_mode_says_that_nothing_is_owed(
    resources: Resources, new_organization: Callable[..., Founded], browser: Browser
) -> None:
    seller = customer_visits.seller_of(resources, new_organization(), "TEST")
    party = seller.customer()
    serial = seller.serial(party, seller.invoice(party))
    browser.come_in(seller.link(party)[0])
    page = browser.page(f"/customer/invoices/{serial}")
    assert "Testmodus" in page
    assert "GiroCode" not in page
