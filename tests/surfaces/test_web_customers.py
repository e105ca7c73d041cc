"""The seller's pages of customers: the list, one customer, the access that is given and taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kontorhaus.contacts.model import Party
from kontorhaus.identity.model import Founded
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources
from tests.surfaces import customer_visits
from tests.surfaces.customer_visits import Seller, rows
from tests.surfaces.test_web_portal import HOSTILE
from tests.surfaces.web_office import TOKEN, Office


@pytest.fixture
def office(office_of: Callable[[str], Office]) -> Office:
    return office_of("owner")


@pytest.fixture
def seller(office: Office, resources: Resources) -> Seller:
    return Seller(resources, office.caller)


@pytest.fixture
def party(seller: Seller) -> Party:
    return seller.customer()


def post(office: Office, path: str, shown_at: str, **typed: str) -> Any:
    """A form of the page, where several stand."""
    token = TOKEN.search(office.client.get(shown_at).text)
    assert token
    return office.client.post(path, data={"form_token": token[1], **typed})


def test_the_list_finds_customers_and_leads_to_them(office: Office, seller: Seller) -> None:
    assert "Hier stehen Ihre Kunden" in office.client.get("/customers").text
    party = seller.customer("Deichgraf Maschinenbau GmbH", client_number="K-77")
    seller.customer("Wattmühle AG")
    seller.invoice(party)
    page = office.client.get("/customers").text
    assert f'href="/customers/{party.id}"' in page
    assert "531,93" in page
    assert "2 Kunden" in page
    found = office.client.get("/customers?search=deichgraf").text
    assert "Deichgraf" in found
    assert "Wattmühle" not in found
    assert "Kein Kunde heißt so" in office.client.get("/customers?search=xyz").text


def test_the_page_of_a_customer_shows_what_is_open_and_its_invoices(
    office: Office, seller: Seller, party: Party
) -> None:
    document = seller.invoice(party)
    page = office.client.get(f"/customers/{party.id}").text
    assert party.details.name in page
    assert f'href="/invoices/{document.public_id}"' in page
    assert "531,93 offen" in page
    assert (
        f'href="/customers/{party.id}"' in office.client.get(f"/invoices/{document.public_id}").text
    )


def test_a_link_is_mailed_and_the_access_taken_back(
    office: Office, seller: Seller, party: Party, resources: Resources
) -> None:
    place = f"/customers/{party.id}"
    answer = post(office, f"{place}/links", place, email="Chef@Deichgraf.example ")
    assert answer.headers["location"] == f"{place}?done=mailed"
    page = office.client.get(f"{place}?done=mailed").text
    assert "Die E-Mail ist unterwegs" in page
    assert "chef@deichgraf.example" in page
    assert "noch nicht benutzt" in page
    with seller.working() as work:
        sealed = rows(work, "select sealed from mail where tenant_id = %(tenant)s")[0][0]
    link = secret.of(resources.config.home).unseal(sealed, purpose="mail").decode()
    path = link.removeprefix(resources.config.public_url)
    customer_visits.browser(resources).come_in(path)
    page = office.client.get(place).text
    assert "zuletzt benutzt am" in page
    revoke = re.search(rf'action="({place}/links/[0-9a-f-]+/revoke)"', page)
    assert revoke
    assert post(office, revoke[1], place).headers["location"] == f"{place}?done=revoked"
    assert "chef@deichgraf.example" not in office.client.get(place).text
    assert customer_visits.browser(resources).client.get(path).status_code == 404
    assert post(office, revoke[1], place).status_code == 404


def test_an_address_that_is_none_stays_in_the_form(
    office: Office, party: Party, seller: Seller
) -> None:
    place = f"/customers/{party.id}"
    for wrong in ("", "chef", "a@b.example, c@d.example", HOSTILE):
        answer = post(office, f"{place}/links", place, email=wrong)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert "<script>alert" not in answer.text
    with seller.working() as work:
        assert rows(work, "select id from mail where tenant_id = %(tenant)s") == []


def test_a_token_is_shown_once(office: Office, party: Party, resources: Resources) -> None:
    place = f"/customers/{party.id}"
    answer = post(office, f"{place}/tokens", place, name="ERP", expires_on="2199-12-30")
    token = re.search(r'id="token">(khp_[0-9a-f]{64})<', answer.text)
    assert token
    assert answer.headers["cache-control"] == "no-store"
    page = office.client.get(place).text
    assert token[1] not in page
    assert "30.12.2199" in page
    browser = customer_visits.browser(resources)
    assert browser.send("/customer/door", token=token[1]).status_code == 303
    revoke = re.search(rf'action="({place}/tokens/[0-9a-f-]+/revoke)"', page)
    assert revoke
    assert post(office, revoke[1], place).status_code == 303
    assert browser.client.get("/customer").status_code == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 101}, "name"),
     ({"name": "x", "expires_on": "gestern"}, "expires_on"),
     ({"name": "x", "expires_on": "2020-01-01"}, "expires_on")],
)  # fmt: skip
def test_a_token_that_cannot_be_is_refused_at_its_field(
    office: Office, party: Party, typed: dict[str, str], field: str
) -> None:
    place = f"/customers/{party.id}"
    answer = post(office, f"{place}/tokens", place, **typed)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}"[^>]* aria-invalid="true"', answer.text)
    assert "khp_" not in answer.text


def test_a_name_of_a_token_is_taken_once(office: Office, party: Party) -> None:
    place = f"/customers/{party.id}"
    assert post(office, f"{place}/tokens", place, name="ERP").status_code == 200
    answer = post(office, f"{place}/tokens", place, name="ERP")
    assert answer.status_code == 422
    assert "hat schon einen Token dieses Namens" in answer.text


def test_an_auditor_reads_and_gives_no_access(
    office_of: Callable[[str], Office], resources: Resources
) -> None:
    office = office_of("auditor")
    party = Seller(resources, office.caller).customer()
    place = f"/customers/{party.id}"
    page = office.client.get(place).text
    assert "Link senden" not in page
    assert "Token erzeugen" not in page
    for path, typed in (("links", {"email": "a@b.example"}), ("tokens", {"name": "x"})):
        assert post(office, f"{place}/{path}", place, **typed).status_code == 403
        assert post(office, f"{place}/{path}/{party.id}/revoke", place).status_code == 403


def test_a_customer_of_another_seller_is_nobody(
    office: Office, resources: Resources, new_organization: Callable[..., Founded]
) -> None:
    far = customer_visits.seller_of(resources, new_organization())
    theirs = far.customer("Fremde GmbH")
    _, access = far.link(theirs)
    _, key_id = far.token(theirs)
    place = f"/customers/{theirs.id}"
    assert office.client.get(place).status_code == 404
    for path, typed in (
        ("links", {"email": "a@b.example"}),
        ("tokens", {"name": "x"}),
        (f"links/{access.id}/revoke", {}),
        (f"tokens/{key_id}/revoke", {}),
    ):
        answer = post(office, f"{place}/{path}", "/customers", **typed)
        assert answer.status_code == 404
        assert "Fremde" not in answer.text
    assert "Fremde" not in office.client.get("/customers").text


def test_what_a_customer_is_called_runs_nowhere(office: Office, seller: Seller) -> None:
    party = seller.customer(f"Müller {HOSTILE}", client_number=HOSTILE[:40])
    for path in ("/customers", f"/customers/{party.id}"):
        page = office.client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_links_hold_as_long_as_the_settings_say(
    office: Office, seller: Seller, party: Party
) -> None:
    assert "Er gilt 30 Tage" in office.client.get(f"/customers/{party.id}").text
    assert office.send("/settings/bookkeeping", portal_link_days="7").status_code == 303
    assert "Er gilt 7 Tage" in office.client.get(f"/customers/{party.id}").text
    _, access = seller.link(party)
    assert access.expires_at - access.created_at == timedelta(days=7)
    wrong = office.send("/settings/bookkeeping", portal_link_days="0")
    assert wrong.status_code == 422
    assert "Eine Zahl von 1 bis 365" in wrong.text
