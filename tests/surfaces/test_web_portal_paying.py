"""A customer pays with its credit, takes it back, and loads the archive of its own invoices."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from kontorhaus.contacts.model import Party
from kontorhaus.identity.model import Founded
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.credit import queries as balances
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.runtime.resources import Resources
from tests.surfaces import customer_visits
from tests.surfaces.customer_visits import Browser, Seller


@pytest.fixture
def seller(resources: Resources, new_organization: Callable[..., Founded]) -> Seller:
    return customer_visits.seller_of(resources, new_organization())


@pytest.fixture
def party(seller: Seller) -> Party:
    return seller.customer()


@pytest.fixture
def paying(seller: Seller, party: Party, resources: Resources) -> Browser:
    return customer_visits.browser(resources).come_in(seller.link(party)[0])


@pytest.fixture
def others(seller: Seller) -> list[int]:
    """Serials of invoices of another customer, and of nobody."""
    near = seller.customer("Nachbar GmbH")
    return [seller.serial(near, seller.invoice(near)), 987_654_321]


def give(seller: Seller, party: Party, cents: int) -> None:
    """Credit that the seller gives."""
    with seller.working() as work:
        issued = Issued("top_up", Money(cents), "1800", work.today)
        credit.issue(work, party_id=party.id, issued=issued)


def test_credit_pays_a_part_and_is_taken_back(
    seller: Seller, party: Party, paying: Browser
) -> None:
    serial = seller.serial(party, seller.invoice(party))
    place = f"/customer/invoices/{serial}"
    assert "Guthaben" not in paying.page(place)
    give(seller, party, 25000)
    page = paying.page(place)
    assert "250,00\N{NO-BREAK SPACE}€ Guthaben verwenden" in page
    assert "281,93\N{NO-BREAK SPACE}€" in page
    answer = paying.send(f"{place}/pay", shown_at=place)
    assert answer.headers["location"] == f"{place}?done=paid"
    page = paying.page(f"{place}?done=paid")
    assert "250,00\N{NO-BREAK SPACE}€ Guthaben verwendet" in page
    assert "Rückgängig" in page
    assert 'data-copy="281,93"' in page
    assert "GiroCode über 281,93" in page
    assert "teilbezahlt" in page
    answer = paying.send(f"{place}/remove-credit", shown_at=place)
    assert answer.headers["location"] == f"{place}?done=taken-back"
    page = paying.page(f"{place}?done=taken-back")
    assert "Das Guthaben ist zurück: 250,00" in page
    assert 'data-copy="531,93"' in page
    kinds = {row[3] for row in seller.audited("credit") if row[2] == party.details.name}
    assert kinds == {"customer"}


def test_a_payment_in_full_is_asked_for_once_more_and_stays(
    seller: Seller, party: Party, paying: Browser
) -> None:
    place = f"/customer/invoices/{seller.serial(party, seller.invoice(party))}"
    give(seller, party, 60000)
    page = paying.page(place)
    assert "<summary" in page
    assert "531,93\N{NO-BREAK SPACE}€ endgültig verrechnen" in page
    assert paying.send(f"{place}/pay", shown_at=place).status_code == 303
    page = paying.page(f"{place}?done=paid")
    assert "Diese Rechnung ist bezahlt" in page
    assert "zurücknehmen" not in page
    assert "Rückgängig" not in page
    answer = paying.send(f"{place}/remove-credit", shown_at=place)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "68,07" in paying.page()


def test_without_credit_or_without_debt_nothing_is_paid(
    seller: Seller, party: Party, paying: Browser
) -> None:
    place = f"/customer/invoices/{seller.serial(party, seller.invoice(party))}"
    answer = paying.send(f"{place}/pay", shown_at=place)
    assert answer.status_code == 409
    alert = re.search(r'role="alert">.*?<span>([^<]+)</span>', answer.text)
    assert alert
    assert not re.search(r"\b(There|nothing|credit|invoice)\b", alert[1]), alert[1]


def test_foreign_credit_pays_nothing(
    seller: Seller, party: Party, paying: Browser, others: list[int]
) -> None:
    rich = seller.customer("Reich GmbH")
    give(seller, rich, 90000)
    place = f"/customer/invoices/{seller.serial(party, seller.invoice(party))}"
    assert "Guthaben" not in paying.page(place)
    assert paying.send(f"{place}/pay", shown_at=place).status_code == 409
    give(seller, party, 10000)
    for serial in others:
        path = f"/customer/invoices/{serial}/pay"
        assert paying.send(path, shown_at="/customer").status_code == 404
    with seller.working() as work:
        assert balances.balance(work, party_id=rich.id) == Money(90000)
        assert balances.balance(work, party_id=party.id) == Money(10000)


def test_the_archive_holds_ones_own_invoices_and_no_other(
    seller: Seller, party: Party, paying: Browser, others: list[int]
) -> None:
    own = [seller.invoice(party) for _ in range(2)]
    give(seller, party, 53193)
    place = f"/customer/invoices/{seller.serial(party, own[0])}"
    paying.send(f"{place}/pay", shown_at=place)
    answer = paying.client.get("/customer/archive")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    whole = zipfile.ZipFile(io.BytesIO(answer.content))
    assert len(whole.namelist()) == 2
    assert all(whole.read(name).startswith(b"%PDF-") for name in whole.namelist())
    for query, document in (("show=paid", own[0]), ("show=open", own[1])):
        part = paying.client.get(f"/customer/archive?{query}").content
        names = zipfile.ZipFile(io.BytesIO(part)).namelist()
        assert len(names) == 1
        assert (document.number or "") in names[0]
