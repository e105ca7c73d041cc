"""Access that sellers give their customers: tokens shown once, links by mail, revoked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.customers import actions as customers
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime import mail, secret
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Work
from tests.surfaces.billing.billing_api import CLIENT, Api, invoice


@pytest.fixture
def contact(api: Api) -> str:
    return str(api.ok("POST", "/contacts", CLIENT, 201)["id"])


def opens(resources: Resources, token: str) -> bool:
    keys = secret.of(resources.config.home)
    found = identity.authenticate(resources.database, secret=keys, surface="portal", token=token)
    return found is not None and found.scopes == {"access_invoices"}


def waiting(work: Work) -> list[tuple[Any, ...]]:
    return work.connection.execute(
        "select recipient, subject, body, sealed from mail where tenant_id = %(tenant)s"
        " order by id",
        {"tenant": work.tenant_id},
    ).fetchall()


def audited(work: Work) -> list[tuple[str, Any]]:
    return work.connection.execute(
        "select action, details from audit where tenant_id = %(tenant)s"
        " and action like 'identity.customer%%' order by id",
        {"tenant": work.tenant_id},
    ).fetchall()


def test_a_token_is_shown_once_listed_without_its_secret_and_ends_when_deleted(
    api: Api, contact: str, resources: Resources
) -> None:
    path = f"/contacts/{contact}/portal-tokens"
    made = api.ok("POST", path, {"name": "ERP", "expiresOn": "2199-01-31"}, 201)
    assert made["token"].startswith("khp_")
    assert made["scope"] == "access_invoices"
    assert made["expiresAt"] == "2199-01-31T23:00:00.000Z"
    assert opens(resources, made["token"])
    listed = api.ok("GET", path)["results"]
    assert [(each["name"], "token" in each) for each in listed] == [("ERP", False)]
    api.ok("DELETE", f"{path}/{made['id']}", status=204)
    assert not opens(resources, made["token"])
    assert api.ok("GET", path)["results"] == []
    with api.working(resources) as work:
        actions = audited(work)
    assert [action for action, _ in actions] == [
        "identity.customer_token_issued",
        "identity.customer_token_revoked",
    ]
    assert made["token"] not in str(actions)


def test_a_repeated_request_shows_no_token(api: Api, contact: str) -> None:
    path = f"/contacts/{contact}/portal-tokens"
    again = {"headers": {"Idempotency-Key": "one"}}
    first = api.ok("POST", path, {"name": "ERP"}, 201, **again)
    second = api.ok("POST", path, {"name": "ERP"}, 201, **again)
    assert first["token"]
    assert second == {**first, "token": None}
    assert len(api.ok("GET", path)["results"]) == 1


def test_names_of_tokens_are_taken_per_customer(api: Api, contact: str) -> None:
    other = api.ok("POST", "/contacts", {"name": "Zweite GmbH"}, 201)["id"]
    api.ok("POST", f"/contacts/{contact}/portal-tokens", {"name": "ERP"}, 201)
    api.ok("POST", f"/contacts/{other}/portal-tokens", {"name": "ERP"}, 201)
    answer = api("POST", f"/contacts/{contact}/portal-tokens", {"name": "ERP"})
    assert (answer.status_code, "ERP" in answer.json()["error"]) == (409, True)


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x", "expiresOn": "2020-01-01"}, {"name": "x", "expiresOn": 1},
     {"name": "x", "scopes": ["admin"]}, {"name": "   "}],
)  # fmt: skip
def test_a_token_that_cannot_be_is_refused(api: Api, contact: str, body: Any) -> None:
    answer = api("POST", f"/contacts/{contact}/portal-tokens", body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_nobody_hands_on_more_than_he_has(tenant: Callable[..., Api], resources: Resources) -> None:
    weak = tenant(scopes=("contacts:read", "contacts:write", "documents:write", "email:send"))
    contact = weak.ok("POST", "/contacts", CLIENT, 201)["id"]
    path = f"/contacts/{contact}"
    assert weak("POST", f"{path}/portal-tokens", {"name": "x"}).status_code == 403
    assert weak("POST", f"{path}/portal-links").status_code == 403
    assert weak("DELETE", f"{path}/portal-tokens/{uuid4()}").status_code == 403
    assert weak("DELETE", f"{path}/portal-links/{uuid4()}").status_code == 403
    assert weak.ok("GET", f"{path}/portal-tokens")["results"] == []
    document = invoice(weak, client=None, clientId=contact, finalized=True)["id"]
    letter = {"recipient": "a@example.org", "subject": "x", "message": "{portal_link}"}
    assert weak("POST", f"/documents/{document}/email", letter).status_code == 403
    with weak.working(resources) as work:
        assert waiting(work) == []


def test_a_link_is_mailed_and_stands_nowhere_but_in_the_sealed_part(
    api: Api, contact: str, resources: Resources
) -> None:
    path = f"/contacts/{contact}/portal-links"
    made = api.ok("POST", path, status=201)
    assert made["email"] == CLIENT["email"]
    assert api.ok("POST", path, {"email": "Chef@Buecher.example"}, 201)["id"] != made["id"]
    again = api.ok("POST", path, status=201)
    assert again["id"] == made["id"]
    assert [each["email"] for each in api.ok("GET", path)["results"]] == [
        CLIENT["email"], "chef@buecher.example",
    ]  # fmt: skip
    keys = secret.of(resources.config.home)
    with api.working(resources) as work:
        mails, actions = waiting(work), audited(work)
    assert [row[0] for row in mails] == [CLIENT["email"], "chef@buecher.example", CLIENT["email"]]
    links = [keys.unseal(row[3], purpose="mail").decode() for row in mails]
    assert len(set(links)) == 3
    for row, link in zip(mails, links, strict=True):
        token = link.rpartition("/customer/enter/")[2]
        assert len(bytes.fromhex(token)) * 8 == 256
        assert token not in f"{row[2]}{actions}"
        assert mail.message.SEALED_PLACE in row[2]
        assert row[1] == "Ihre Rechnungen von Nordlicht Hosting GmbH"
    api.ok("DELETE", f"{path}/{made['id']}", status=204)
    assert len(api.ok("GET", path)["results"]) == 1


def test_a_deleted_contact_gets_in_by_nothing_and_another_one_still_does(
    api: Api, contact: str, resources: Resources
) -> None:
    keys, database = secret.of(resources.config.home), resources.database
    other = str(
        api.ok("POST", "/contacts", {"name": "Zweite GmbH", "email": CLIENT["email"]}, 201)["id"]
    )
    tokens, links, sessions = [], [], []
    for one in (contact, other):
        issued = api.ok("POST", f"/contacts/{one}/portal-tokens", {"name": "ERP"}, 201)
        tokens.append(issued["token"])
        api.ok("POST", f"/contacts/{one}/portal-links", status=201)
    with api.working(resources) as work:
        for row in waiting(work):
            links.append(keys.unseal(row[3], purpose="mail").decode().rpartition("/")[2])
    for token, link in zip(tokens, links, strict=True):
        by_link = customers.behind_link(database, secret=keys, token=link)
        by_token = customers.behind_token(database, secret=keys, token=token, client="")
        with api.working(resources) as work:
            sessions.append(
                [
                    customers.open_session(work, secret=keys, entrance=way, label="ERP").token
                    for way in (by_link, by_token)
                ]
            )
    api.ok("DELETE", f"/contacts/{contact}", status=204)
    assert [opens(resources, token) for token in tokens] == [False, True]
    assert [
        [customers.principal(database, secret=keys, token=each) is not None for each in pair]
        for pair in sessions
    ] == [[False, False], [True, True]]
    with pytest.raises(NotFound):
        customers.behind_link(database, secret=keys, token=links[0])
    customers.behind_link(database, secret=keys, token=links[1])
    with api.working(resources) as work:
        ended = [action for action, _ in audited(work) if action.endswith("revoked")]
    assert ended == ["identity.customer_token_revoked", "identity.customer_access_revoked"]


def test_a_link_needs_an_address(api: Api) -> None:
    contact = api.ok("POST", "/contacts", {"name": "Ohne Adresse"}, 201)["id"]
    answer = api("POST", f"/contacts/{contact}/portal-links")
    assert answer.status_code == 400
    assert "e-mail" in answer.json()["error"]


def test_the_mail_speaks_the_language_of_the_latest_document(
    api: Api, contact: str, resources: Resources
) -> None:
    invoice(api, client=None, clientId=contact, language="en")
    api.ok("POST", f"/contacts/{contact}/portal-links", status=201)
    with api.working(resources) as work:
        assert waiting(work)[0][1] == "Your invoices from Nordlicht Hosting GmbH"


def test_a_mail_of_an_invoice_takes_the_link_where_its_text_says_so(
    api: Api, resources: Resources
) -> None:
    contact = api.ok("POST", "/contacts", CLIENT, 201)["id"]
    document = invoice(api, client=None, clientId=contact, finalized=True)["id"]
    letter = {
        "recipient": "einkauf@buecher.example", "subject": "Rechnung",
        "message": "Alle Rechnungen: {portal_link}", "sendCopy": True,
    }  # fmt: skip
    api.ok("POST", f"/documents/{document}/email", letter)
    links = api.ok("GET", f"/contacts/{contact}/portal-links")["results"]
    assert [each["email"] for each in links] == ["einkauf@buecher.example"]
    with api.working(resources) as work:
        letter_of_customer, copy = waiting(work)
    assert letter_of_customer[2] == f"Alle Rechnungen: {mail.message.SEALED_PLACE}"
    assert letter_of_customer[3]
    assert copy[2] == f"Alle Rechnungen: {resources.config.public_url}/customer"
    assert copy[3] is None


def test_a_document_of_nobody_takes_no_link(api: Api) -> None:
    document = invoice(api)["id"]
    letter = {"recipient": "a@example.org", "subject": "x", "message": "{portal_link}"}
    answer = api("POST", f"/documents/{document}/email", letter)
    assert answer.status_code == 400
    assert "{portal_link}" in answer.json()["error"]


def test_a_link_counts_among_the_mails_of_a_day(
    api: Api, contact: str, resources: Resources
) -> None:
    with api.working(resources) as work:
        work.connection.execute(
            "insert into counter (tenant_id, series, value) values (%(tenant)s, %(series)s, %(n)s)",
            {
                "tenant": work.tenant_id,
                "series": f"mail:{work.today}",
                "n": resources.config.email_limit,
            },
        )
    answer = api("POST", f"/contacts/{contact}/portal-links")
    assert answer.status_code == 429
    assert answer.headers["retry-after"]


def test_ids_that_are_none_are_told_alike(api: Api, contact: str) -> None:
    for kind in ("tokens", "links"):
        assert api("DELETE", f"/contacts/{contact}/portal-{kind}/{uuid4()}").status_code == 404
        assert api("DELETE", f"/contacts/{contact}/portal-{kind}/x").status_code in (400, 404)
        assert api("GET", f"/contacts/Zz0Zz0Zz0Z/portal-{kind}").status_code == 404
