"""The page of API keys: a token is shown once, works within its scopes, and ends at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.identity.model import ApiKey
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from tests.surfaces.web_office import Office

KEYS = "/settings/keys"
TOKEN = re.compile(r'<p class="code" id="token">([^<]+)</p>')


@pytest.fixture
def office(office_of: Callable[[str], Office]) -> Office:
    return office_of("owner")


def keys(office: Office) -> list[ApiKey]:
    with begin(office.database, office.caller) as work:
        return queries.api_keys(work)


def made(office: Office, **typed: object) -> str:
    form = {"form_token": office.form(KEYS)["form_token"], "surface": "books", **typed}
    answer = office.client.post(KEYS, data=form)
    assert answer.status_code == 200, answer.text
    found = TOKEN.search(answer.text)
    assert found
    return found[1]


def scopes_of(resources: Resources, token: str) -> frozenset[str] | None:
    keyed = secret.of(resources.config.home)
    found = identity.authenticate(resources.database, secret=keyed, surface="books", token=token)
    return found.scopes if found else None


def test_a_token_is_shown_once_and_opens_what_was_ticked(
    office: Office, resources: Resources
) -> None:
    token = made(office, name="Kasse", scopes=["journal:read", "bank:read"])
    page = office.client.get(KEYS).text
    assert token not in page
    assert f"{token[:12]}…" in page
    assert "Kasse" in page
    assert "Journal lesen, Bankkonten lesen" in page
    assert scopes_of(resources, token) == {"journal:read", "bank:read"}


def test_a_key_is_switched_off_and_on_and_deleted(office: Office, resources: Resources) -> None:
    token = made(office, name="Kasse", scopes=["journal:read"], last_day="2199-12-31")
    (key,) = keys(office)
    assert key.expires_at is not None
    form = {"form_token": office.form(KEYS)["form_token"]}
    for step, is_open in (("disable", False), ("enable", True), ("delete", False)):
        answer = office.client.post(f"{KEYS}/{key.id}/{step}", data=form)
        assert answer.status_code == 303
        assert (scopes_of(resources, token) is not None) is is_open
    assert keys(office) == []
    assert office.client.post(f"{KEYS}/{key.id}/enable", data=form).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "scopes": ["journal:read"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["documents:read"]}, "scopes"),
        ({"name": "x", "scopes": ["journal:read"], "last_day": "2001-01-01"}, "last_day"),
        ({"name": "x", "scopes": ["journal:read"], "last_day": "morgen"}, "last_day"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(
    office: Office, typed: dict[str, object], field: str
) -> None:
    form = {"form_token": office.form(KEYS)["form_token"], "surface": "books", **typed}
    answer = office.client.post(KEYS, data=form)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert keys(office) == []


def test_who_may_not_make_keys_sees_them_only(office_of: Callable[[str], Office]) -> None:
    reader = office_of("auditor")
    page = reader.client.get(KEYS)
    assert page.status_code == 200
    assert "/settings/keys/new" not in page.text


def test_the_trail_shows_a_change_before_and_after_and_leads_on(office: Office) -> None:
    office.send("/settings", phone="+49 40 7")
    page = office.client.get("/settings/audit?action=identity").text
    assert "<ins>+49 40 7</ins>" in page
    link = re.search(r'href="(/settings/audit\?subject=organization[^"]+)"', page)
    assert link
    assert "<ins>+49 40 7</ins>" in office.client.get(link[1].replace("&amp;", "&")).text
    assert "<ins>" not in office.client.get("/settings/audit?text=nirgends").text
    assert office.client.get("/settings/audit?start=gestern").status_code == 422
    assert office.client.get("/settings/audit/export?format=csv").content.startswith(
        b"\xef\xbb\xbf"
    )
