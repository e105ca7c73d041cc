"""The settings page of users: seen by owners and admins, who invite, appoint and remove."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from kontorhaus.identity import queries
from kontorhaus.identity.organizations import sight
from kontorhaus.identity.organizations.model import Details
from kontorhaus.kernel.ids import UserId
from kontorhaus.ledger import founding
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import Actor, begin
from tests.surfaces.web_office import Office

PAGE = "/settings/users"
BERLIN = ZoneInfo("Europe/Berlin")


def roles(office: Office) -> dict[str, str]:
    with begin(office.database, office.caller) as work:
        return {user.email: user.role for user in queries.users(work)}


def invite(office: Office, role: str = "member") -> tuple[str, UserId]:
    """The address and the id of somebody new."""
    email = f"{uuid7().hex}@hansen.example"
    sent = office.send(PAGE, email=email, name="Greta Hansen", role=role)
    assert sent.headers["location"] == f"{PAGE}?done=invited"
    with begin(office.database, office.caller) as work:
        return email, next(user.id for user in queries.users(work) if user.email == email)


def post(office: Office, path: str, **typed: str) -> str:
    """Where a form leads, or what it says."""
    answer = office.client.post(path, data={**office.form(PAGE), **typed})
    return str(answer.headers.get("location") or answer.text)


def test_an_owner_invites_appoints_and_removes(office_of: Callable[[str], Office]) -> None:
    office = office_of("owner")
    email, user_id = invite(office, "adviser")
    page = office.client.get(PAGE).text
    assert "Greta Hansen" in page
    assert "Steuerberatung" in page
    assert roles(office)[email] == "adviser"
    assert post(office, f"{PAGE}/{user_id}/role", role="owner") == f"{PAGE}?done=changed"
    assert roles(office)[email] == "owner"
    assert post(office, f"{PAGE}/{user_id}/remove") == f"{PAGE}?done=removed"
    assert email not in roles(office)


def test_the_page_shows_how_and_when_people_signed_in(office_of: Callable[[str], Office]) -> None:
    office = office_of("owner")
    _, user_id = invite(office)
    now = office.database.clock.now()
    cells = re.compile(r'(an|aus)</span></td><td class="p2">([^<]+)</td>')
    shown = sorted(cells.findall(office.client.get(PAGE).text))
    today = now.astimezone(BERLIN).strftime("%d.%m.%Y")
    assert [(factor, day[:10]) for factor, day in shown] == [("aus", today), ("aus", "–")]
    with office.database.connection() as connection:
        connection.execute(
            "insert into second_factor (user_id, sealed_key, last_step, confirmed_at)"
            " values (%s, '', 0, %s)",
            (user_id, now),
        )
    assert cells.findall(office.client.get(PAGE).text).count(("an", "–")) == 1


def test_nobody_is_invited_twice_and_what_was_typed_stays(
    office_of: Callable[[str], Office],
) -> None:
    office = office_of("owner")
    email, _ = invite(office)
    answer = office.send(PAGE, email=email, name="Greta")
    assert answer.status_code == 422
    assert "gehört jemandem, der hier schon arbeitet" in answer.text
    assert f'value="{email}"' in answer.text
    assert "Das ist keine E-Mail-Adresse" in office.send(PAGE, email="niemand").text


def test_the_last_owner_cannot_be_lost(office_of: Callable[[str], Office]) -> None:
    office = office_of("owner")
    with begin(office.database, office.caller) as work:
        (owner,) = queries.users(work)
    assert not re.search(f"{PAGE}/{owner.id}/", office.client.get(PAGE).text)
    for path in ("remove", "role"):
        told = post(office, f"{PAGE}/{owner.id}/{path}", role="member")
        assert "Der letzte Inhaber bleibt" in told
    assert list(roles(office).values()) == ["owner"]


def test_others_than_owners_and_admins_see_nothing(office_of: Callable[[str], Office]) -> None:
    owner = office_of("owner")
    clerk = office_of("member")
    assert clerk.client.get(PAGE).status_code == 403
    assert PAGE not in clerk.client.get("/settings").text
    assert PAGE in owner.client.get("/settings").text


def test_a_managed_organization_can_be_chosen_from_another_environment(
    office_of: Callable[[str], Office],
) -> None:
    office = office_of("owner")
    with begin(office.database, office.caller) as work:
        (owner,) = queries.users(work)
    caller = replace(office.caller, actor=Actor("user", owner.id, owner.id, "", None, "web", "web"))
    with begin(office.database, caller) as work:
        (mine,) = sight.seen(work)
        founding.found_for(
            work,
            details=Details("Mohn", address_line1="Markt 3", zip="24937", town="Flensburg"),
            managed_by=mine.id,
            document_quota=None,
        )
    button = re.compile(r'value="([^"]+)"[^>]*>Mohn( <span class="quiet">Test</span>)?</button>')
    ((tenant, mark),) = button.findall(office.client.get("/settings").text)
    assert mark
    post(office, "/place", tenant=tenant)
    assert button.findall(office.client.get("/settings").text) == [(tenant, "")]
