"""Members: invited by a real mail, removed at once, and never without an owner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.runtime import secret, stopwatch
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import begin
from kontorhaus.surfaces.management.routes import management
from tests import mail_sink
from tests.mail_sink import Sink
from tests.surfaces.books.mailing import mailing
from tests.surfaces.management.management_api import (
    BASE,
    CLIENT,
    PASSWORD,
    House,
    code,
    house_of,
    ok,
)


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with mail_sink.running() as opened:
        yield opened


@pytest.fixture(scope="module")
def resources(
    database: Database, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Resources]:
    with mailing(database, sink, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def served(resources: Resources) -> Iterator[TestClient]:
    app = Starlette(routes=[Mount(management.base, management.asgi(resources))])
    with TestClient(app, base_url="https://buch.example") as client:
        yield client


def path(house: House, user_id: object = None) -> str:
    return f"/organizations/{house.id}/users" + (f"/{user_id}" if user_id else "")


def address() -> str:
    return f"{uuid7().hex}@mohn.example"


def test_an_invitation_goes_out_with_a_link_that_sets_a_password(mine: House, sink: Sink) -> None:
    email = address()
    made = mine.post(path(mine), {"email": email, "first_name": "Mia", "last_name": "Mohn"})
    assert {name: made[name] for name in ("_type", "email", "first_name", "last_name")} == {
        "_type": "USER",
        "email": email,
        "first_name": "Mia",
        "last_name": "Mohn",
    }
    mail = sink.next()
    assert mail["X-Envelope-To"] == email
    assert mail["Subject"] == "Einladung zu Kanzlei Friis"
    token = re.search(r"https://buch\.example/setup/(\S+)", mail.get_content())
    assert token
    keys, database = secret.of(mine.resources.config.home), mine.resources.database
    sessions.setup_password(database, secret=keys, token=token[1], password=PASSWORD)
    session = entry.login(database, secret=keys, surface="web", email=email, password=PASSWORD)
    assert session.place.role == "member"


def test_somebody_who_has_a_password_is_only_told(house: Callable[..., House], sink: Sink) -> None:
    mine, other = house(), house()
    mine.post(path(mine), {"email": other.email.upper()})
    mail = sink.next()
    assert mail["X-Envelope-To"] == other.email
    assert "https://buch.example/login" in mail.get_content()
    assert "/setup/" not in mail.get_content()
    assert other.as_person().get("/organizations")["count"] == 2


def test_nobody_is_invited_twice(mine: House, sink: Sink) -> None:
    body = {"email": address()}
    mine.post(path(mine), body)
    sink.next()
    assert code(mine.call("POST", path(mine), body), 409) == "E_ALREADY_MEMBER"
    assert code(mine.call("POST", path(mine), {"email": mine.email}), 409) == "E_ALREADY_MEMBER"
    assert sink.mails.empty()


@pytest.mark.parametrize(
    "body", [{}, {"email": "nobody"}, {"email": None}, {"email": "a@b.de", "first_name": 1}]
)
def test_an_invitation_that_cannot_be_is_refused(mine: House, body: dict[str, Any]) -> None:
    assert code(mine.call("POST", path(mine), body), 400) == "E_INVALID_INPUT"


def test_the_first_user_of_a_clients_organization_owns_it(mine: House, sink: Sink) -> None:
    client = mine.post("/organizations", CLIENT)
    users = f"/organizations/{client['_id']}/users"
    first, second = (mine.post(users, {"email": address()}) for _ in range(2))
    assert {sink.next()["X-Envelope-To"] for _ in range(2)} == {first["email"], second["email"]}
    assert code(mine.call("DELETE", f"{users}/{first['_id']}"), 403) == "E_LAST_OWNER"
    assert ok(mine.call("DELETE", f"{users}/{second['_id']}")) == {"_success": True}
    assert mine.get(users)["count"] == 1


def test_the_last_owner_stays(mine: House) -> None:
    answer = mine.call("DELETE", path(mine, mine.user_id))
    assert code(answer, 403) == "E_LAST_OWNER"


def test_an_admin_does_not_remove_owners(house: Callable[..., House]) -> None:
    mine = house()
    with begin(mine.resources.database, mine.caller) as work:
        admin = identity.create_user(work, email=address(), role="admin", password=PASSWORD)
        email = identity_email(work, admin)
        second = identity.create_user(work, email=address(), role="owner")
    token = ok(mine.auth(email=email, password=PASSWORD))["access_token"]
    other = replace(mine, token=token)
    assert code(other.call("DELETE", path(mine, second)), 403) == "E_FORBIDDEN"
    assert ok(mine.call("DELETE", path(mine, admin))) == {"_success": True}


def identity_email(work: Any, user_id: Any) -> str:
    row = work.connection.execute("select email from app_user where id = %s", (user_id,)).fetchone()
    return str(row[0])


def test_who_is_removed_is_out_within_a_second(
    house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = house()
    email = address()
    with begin(mine.resources.database, mine.caller) as work:
        gone = identity.create_user(work, email=email, role="admin", password=PASSWORD)
    keys, database = secret.of(mine.resources.config.home), mine.resources.database
    session = entry.login(database, secret=keys, surface="web", email=email, password=PASSWORD)
    tokens = ok(mine.auth(email=email, password=PASSWORD))
    theirs = replace(mine, token=tokens["access_token"])
    key = theirs.post(f"/organizations/{mine.id}/api-keys", {"name": "mitgenommen"})
    pair = {"api_key": key["key"], "api_secret": key["secret"]}
    by_key = replace(mine, token=ok(mine.auth(**pair))["access_token"])
    assert by_key.get("/organizations")["count"] == 1
    assert ok(mine.call("DELETE", path(mine, gone))) == {"_success": True}
    later = stopwatch.microseconds() + 1_000_000
    monkeypatch.setattr(stopwatch, "microseconds", lambda: later)
    for house_ in (theirs, by_key):
        assert code(house_.call("GET", "/organizations"), 401) == "E_UNAUTHORIZED"
    for body in (pair, {"refresh_token": tokens["refresh_token"]}):
        assert code(mine.auth(**body), 401) == "E_WRONG_LOGIN"
    found = sessions.principal(database, secret=keys, surface="web", token=session.token)
    assert found is None


def test_users_are_ordered_filtered_and_paged(mine: House) -> None:
    with begin(mine.resources.database, mine.caller) as work:
        for first, last in (("Bea", "Zorn"), ("Ava", "Zorn")):
            identity.create_user(
                work, email=address(), role="member", first_name=first, last_name=last
            )

    def names(**query: Any) -> list[str]:
        return [row["first_name"] for row in mine.get(path(mine), **query)["data"]]

    assert names(order_by="first_name") == ["Ava", "Bea", "Ida"]
    assert names(order_by="first_name", order="desc", limit=1, offset=1) == ["Bea"]
    assert names(last_name="zorn", order_by="first_name") == ["Ava", "Bea"]
    assert names(email=mine.email) == ["Ida"]
    listed = mine.get(path(mine), first_name="Bea", limit=0)
    assert listed == {"data": [], "count": 1, "_type": "USER_LIST"}
    wrong = mine.call("GET", path(mine), params={"order_by": "password_hash"})
    assert code(wrong, 400) == "E_INVALID_INPUT"


def test_users_of_others_are_not_there(house: Callable[..., House]) -> None:
    mine, other = house(), house()
    assert code(other.call("GET", path(mine)), 404) == "E_ORGANIZATION"
    assert code(other.call("POST", path(mine), {"email": address()}), 404) == "E_ORGANIZATION"
    for user_id in (mine.user_id, uuid4()):
        assert code(other.call("DELETE", path(mine, user_id)), 404) == "E_ORGANIZATION"
        assert code(other.call("DELETE", path(other, user_id)), 404) == "E_USER"


def test_plain_http_over_a_network_is_refused(mine: House, new_organization: Any) -> None:
    answer = mine.served.get(f"http://buch.example{BASE}/organizations")
    assert code(answer, 403) == "E_HTTPS_NEEDED"
    with TestClient(mine.served.app, "http://127.0.0.1", client=("127.0.0.1", 4711)) as near:
        local = house_of(near, mine.resources, new_organization(), "LIVE", "owner")
        assert ok(local.auth())
    assert isinstance(mine.founded, Founded)
