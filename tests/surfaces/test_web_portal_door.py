"""The door of customers: links that hold, tokens, another link by mail, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kontorhaus.contacts.model import Party
from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.model import Founded
from kontorhaus.runtime.resources import Resources
from tests.surfaces import customer_visits
from tests.surfaces.customer_visits import Browser, Seller, rows


@pytest.fixture
def seller(resources: Resources, new_organization: Callable[..., Founded]) -> Seller:
    return customer_visits.seller_of(resources, new_organization())


@pytest.fixture
def party(seller: Seller) -> Party:
    return seller.customer()


@pytest.fixture
def browser(resources: Resources) -> Browser:
    return customer_visits.browser(resources)


@pytest.fixture(scope="module")
def mailing_resources(resources: Resources) -> Any:
    """The same server, were it able to send mail."""
    config = replace(
        resources.config, smtp_url="smtp://127.0.0.1:9", mail_from="post@kontorhaus.example"
    )
    return replace(resources, config=config)


def sessions(seller: Seller) -> int:
    with seller.working() as work:
        found = rows(work, "select count(*) from customer_session where tenant_id = %(tenant)s")
    return int(found[0][0])


def test_looking_at_a_link_opens_nothing_and_uses_nothing_up(
    seller: Seller, party: Party, browser: Browser
) -> None:
    link, _ = seller.link(party)
    for _ in range(3):
        answer = browser.client.get(link)
        assert "Rechnungen ansehen" in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert browser.client.head(link).status_code in (200, 405)
    assert sessions(seller) == 0
    browser.come_in(link)
    assert sessions(seller) == 1
    assert party.details.name in browser.page()


def test_the_cookie_is_for_these_pages_alone(
    seller: Seller, party: Party, resources: Resources
) -> None:
    config = replace(resources.config, public_url="https://buch.example")
    secured = replace(resources, config=config)
    browser = customer_visits.browser(secured, base_url="https://buch.example")
    cookie = browser.send(seller.link(party)[0]).headers["set-cookie"]
    assert re.fullmatch(
        r"kontorhaus_customer=khc_[0-9a-f]{64}; HttpOnly; Path=/customer; SameSite=lax; Secure",
        cookie,
    )


def test_a_link_holds_until_it_ends_and_says_then_how_to_go_on(
    seller: Seller, party: Party, browser: Browser
) -> None:
    link, access = seller.link(party)
    with seller.working() as work:
        assert access.expires_at - access.created_at == timedelta(days=30)
        work.connection.execute(
            "update customer_access set expires_at = %(now)s where id = %(id)s",
            {"now": work.now, "id": access.id},
        )
    assert browser.client.get(link).status_code == 200
    with seller.resources.database.connection() as connection:
        connection.execute("delete from customer_link where access_id = %(id)s", {"id": access.id})
    for answer in (browser.client.get(link), browser.send(link, shown_at="/customer/door")):
        assert answer.status_code == 404
        assert "Dieser Link ist abgelaufen" in answer.text


def test_an_end_that_is_past_closes_the_link(seller: Seller, party: Party) -> None:
    link, _ = seller.link(party)
    database, token = seller.resources.database, link.rpartition("/")[2]
    keys = customer_visits.secret.of(seller.resources.config.home)
    digest = keys.digest(token, purpose="customer_link")
    later = database.clock.now() + timedelta(days=30, seconds=1)
    with database.connection() as connection:
        find = customers.store.behind_link
        assert find(connection, token_hash=digest, now=database.clock.now()) is not None
        assert find(connection, token_hash=digest, now=later) is None


def test_a_guessed_link_is_no_link(browser: Browser) -> None:
    for guess in ("0" * 64, "f" * 64, "1", "%00", "a" * 400):
        assert browser.client.get(f"/customer/enter/{guess}").status_code == 404
        answer = browser.send(f"/customer/enter/{guess}", shown_at="/customer/door")
        assert answer.status_code == 404
        assert "kontorhaus_customer" not in answer.headers.get("set-cookie", "")


def test_taking_the_access_back_ends_links_and_sessions_at_once(
    seller: Seller, party: Party, browser: Browser
) -> None:
    link, access = seller.link(party)
    browser.come_in(link)
    with seller.working() as work:
        customers.revoke_access(work, party_id=party.id, access_id=access.id)
    answer = browser.client.get("/customer")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customer/door")
    assert browser.client.get(link).status_code == 404
    assert sessions(seller) == 0


def test_a_token_opens_the_pages_and_its_end_closes_them(
    seller: Seller, party: Party, browser: Browser
) -> None:
    token, key_id = seller.token(party)
    answer = browser.send("/customer/door", token=f" {token} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customer")
    assert party.details.name in browser.page()
    with seller.working() as work:
        customers.revoke_token(work, party_id=party.id, key_id=key_id)
    assert browser.client.get("/customer").status_code == 303


def test_a_wrong_token_is_told_so_and_opens_nothing(
    seller: Seller, party: Party, browser: Browser
) -> None:
    token, _ = seller.token(party)
    for wrong in ("khp_" + "0" * 64, token[:-1], "", "kh_live_1"):
        answer = browser.send("/customer/door", token=wrong)
        assert answer.status_code == 422
        assert wrong not in answer.text.replace('value=""', "") or not wrong
    assert sessions(seller) == 0


def test_who_was_given_access_may_ask_for_another_link_and_nobody_is_told(
    seller: Seller, party: Party, browser: Browser, mailing_resources: Resources
) -> None:
    address = party.details.email or ""
    seller.link(party)
    asking = customer_visits.browser(mailing_resources)
    known = asking.send("/customer/links", shown_at="/customer/door", email=address.upper())
    unknown = asking.send(
        "/customer/links", shown_at="/customer/door", email="niemand@deichgraf.example"
    )
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.text == unknown.text
    with seller.working() as work:
        mails = rows(work, "select recipient, sealed from mail where tenant_id = %(tenant)s")
    assert [row[0] for row in mails] == [address]
    keys = customer_visits.secret.of(seller.resources.config.home)
    link = keys.unseal(mails[0][1], purpose="mail").decode()
    browser.come_in(link.removeprefix(seller.resources.config.public_url))


def test_links_are_asked_for_so_often_and_no_more(
    seller: Seller, party: Party, mailing_resources: Resources
) -> None:
    seller.link(party)
    asking = customer_visits.browser(mailing_resources)
    form = {"shown_at": "/customer/door", "email": party.details.email or ""}
    answers = [asking.send("/customer/links", **form) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [422]
    assert "Zu viele Versuche" in answers[5].text


def test_an_address_whose_access_was_taken_back_gets_no_link(
    seller: Seller, party: Party, mailing_resources: Resources
) -> None:
    _, access = seller.link(party)
    with seller.working() as work:
        customers.revoke_access(work, party_id=party.id, access_id=access.id)
    asking = customer_visits.browser(mailing_resources)
    email = party.details.email or ""
    assert asking.send("/customer/links", "/customer/door", email=email).status_code == 200
    with seller.working() as work:
        assert rows(work, "select id from mail where tenant_id = %(tenant)s") == []


def test_a_deleted_seller_lets_nobody_in(
    seller: Seller, party: Party, browser: Browser, mailing_resources: Resources
) -> None:
    link, _ = seller.link(party)
    browser.come_in(link)
    with seller.working() as work:
        work.connection.execute(
            "update organization set deleted_at = %(now)s where id ="
            " (select organization_id from tenant where id = %(tenant)s)",
            {"now": work.now, "tenant": work.tenant_id},
        )
    assert browser.client.get("/customer").status_code == 303
    assert browser.client.get(link).status_code == 404
    asking = customer_visits.browser(mailing_resources)
    email = party.details.email or ""
    assert asking.send("/customer/links", "/customer/door", email=email).status_code == 200
    with seller.working() as work:
        assert rows(work, "select id from mail where tenant_id = %(tenant)s") == []


def test_a_token_ends_with_the_work_of_who_made_it(
    seller: Seller, party: Party, browser: Browser
) -> None:
    token, _ = seller.token(party)
    assert browser.send("/customer/door", token=token).status_code == 303
    with seller.working() as work:
        work.connection.execute(
            "delete from membership where organization_id ="
            " (select organization_id from tenant where id = %(tenant)s)",
            {"tenant": work.tenant_id},
        )
    assert browser.client.get("/customer").status_code == 303
    assert browser.send("/customer/door", token=token).status_code == 422


def test_logging_out_ends_the_session_for_good(
    seller: Seller, party: Party, browser: Browser
) -> None:
    browser.come_in(seller.link(party)[0])
    cookie = browser.client.cookies["kontorhaus_customer"]
    answer = browser.send("/customer/logout", shown_at="/customer")
    assert answer.headers["location"] == "/customer/door?left=1"
    assert "Sie sind abgemeldet" in browser.page("/customer/door?left=1")
    browser.client.cookies.set("kontorhaus_customer", cookie)
    assert browser.client.get("/customer").status_code == 303


def test_the_trail_names_the_customer(seller: Seller, party: Party, browser: Browser) -> None:
    link, access = seller.link(party)
    browser.come_in(link).send("/customer/logout", shown_at="/customer")
    with seller.working() as work:
        customers.revoke_access(work, party_id=party.id, access_id=access.id)
    name = party.details.name
    assert seller.audited("identity.customer") == [
        ("identity.customer_link_mailed", str(party.id), "Kontorhaus", "system"),
        ("identity.customer_signed_in", str(party.id), name, "customer"),
        ("identity.customer_signed_out", str(party.id), name, "customer"),
        ("identity.customer_access_revoked", str(party.id), "Kontorhaus", "system"),
    ]


def test_every_form_needs_its_token(seller: Seller, party: Party, browser: Browser) -> None:
    link, _ = seller.link(party)
    serial = seller.serial(party, seller.invoice(party))
    paths = ["/customer/door", "/customer/links", link]
    browser.client.get("/customer/door")
    for wrong in ({}, {"form_token": "f" * 64}):
        for path in paths:
            answer = browser.client.post(path, data={"email": "x", "token": "x", **wrong})
            assert answer.status_code == 403, path
    browser.come_in(link)
    for path in ("logout", f"invoices/{serial}/pay", f"invoices/{serial}/remove-credit"):
        assert browser.client.post(f"/customer/{path}").status_code == 403
        answer = browser.client.post(f"/customer/{path}", data={"form_token": "f" * 64})
        assert answer.status_code == 403
    assert sessions(seller) == 1
