"""Logins and one-time links on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.errors import Denied, Invalid, NotFound
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.clock import Clock
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Caller, begin

PASSWORD = "korrekt Pferd Batterie"
NEW_PASSWORD = "ein ganz anderes Wort"


def later(database: Database, by: timedelta) -> Database:
    """The same database with a clock that is ahead."""
    other = object.__new__(Database)
    other.__dict__.update(database.__dict__)
    other.clock = Clock(database.clock.now() + by)
    return other


def test_a_login_opens_a_session_in_the_live_tenant(
    database: Database, founded: Founded, owner: UserId, email: str, secret: Secret
) -> None:
    session = entry.login(
        database, secret=secret, surface="web", email=email.upper(), password=PASSWORD
    )
    found = sessions.principal(database, secret=secret, surface="web", token=session.token)
    assert found is not None
    assert found.tenant_id == founded.tenants["LIVE"]
    assert (found.actor.kind, found.actor.user_id, found.role) == ("user", owner, "owner")
    assert session.csrf == sessions.csrf(secret, session.token)
    assert sessions.principal(database, secret=secret, surface="books", token=session.token) is None


def test_a_session_ends_by_logout_and_by_time(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    def opens(session: str, at: Database = database) -> bool:
        return sessions.principal(at, secret=secret, surface="web", token=session) is not None

    first, second = (
        entry.login(database, secret=secret, surface="web", email=email, password=PASSWORD).token
        for _ in range(2)
    )
    sessions.logout(database, secret=secret, token=first)
    assert not opens(first)
    assert opens(second)
    for minutes in range(0, 12 * 60, 60):
        assert opens(second, later(database, timedelta(minutes=minutes)))
    assert not opens(second, later(database, timedelta(hours=12, minutes=1)))


def test_a_session_that_nobody_uses_ends_after_two_hours(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    def opens(by: timedelta) -> bool:
        at = later(database, by)
        return sessions.principal(at, secret=secret, surface="web", token=token) is not None

    token = entry.login(
        database, secret=secret, surface="web", email=email, password=PASSWORD
    ).token
    assert opens(timedelta(minutes=119))
    assert opens(timedelta(minutes=237))
    assert not opens(timedelta(minutes=358))


def test_a_person_moves_to_its_other_tenants_only(
    database: Database,
    founded: Founded,
    new_organization: Callable[..., Founded],
    owner: UserId,
    email: str,
    secret: Secret,
) -> None:
    token = entry.login(
        database, secret=secret, surface="web", email=email, password=PASSWORD
    ).token
    sessions.choose_tenant(database, secret=secret, token=token, tenant_id=founded.tenants["TEST"])
    found = sessions.principal(database, secret=secret, surface="web", token=token)
    assert found is not None
    assert found.environment == "TEST"
    foreign = new_organization().tenants["LIVE"]
    with pytest.raises(NotFound):
        sessions.choose_tenant(database, secret=secret, token=token, tenant_id=foreign)


def test_nobody_can_tell_a_wrong_password_from_an_unknown_address(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    said = set()
    for address, password in ((email, "falsches Passwort"), (f"no-{email}", PASSWORD)):
        with pytest.raises(Denied) as refusal:
            entry.login(database, secret=secret, surface="web", email=address, password=password)
        said.add((refusal.value.code, refusal.value.message))
    assert len(said) == 1


def test_ten_passwords_are_looked_at_in_15_minutes(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    def code(at: Database, password: str) -> str:
        with pytest.raises(Denied) as refusal:
            entry.login(at, secret=secret, surface="web", email=email, password=password)
        return refusal.value.code

    codes = [code(database, "falsches Passwort") for _ in range(11)]
    assert codes == ["wrong_login"] * 10 + ["too_many_attempts"]
    assert code(database, PASSWORD) == "too_many_attempts"
    assert entry.login(
        later(database, timedelta(minutes=16)),
        secret=secret,
        surface="web",
        email=email,
        password=PASSWORD,
    )


def test_attempts_at_the_same_moment_are_counted_too(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    def attempt(_: int) -> str:
        with pytest.raises(Denied) as refusal:
            entry.login(
                database, secret=secret, surface="web", email=email, password="falsches Wort"
            )
        return refusal.value.code

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(attempt, range(24)))
    assert codes.count("wrong_login") == 10


# --- links


def test_a_link_sets_a_password_once_and_ends_every_session(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    session = entry.login(database, secret=secret, surface="web", email=email, password=PASSWORD)
    link, other_link = (sessions.invite(database, secret=secret, user_id=owner) for _ in range(2))
    sessions.setup_password(database, secret=secret, token=link, password=NEW_PASSWORD)
    assert sessions.principal(database, secret=secret, surface="web", token=session.token) is None
    for used in (link, other_link):
        with pytest.raises(Invalid):
            sessions.setup_password(database, secret=secret, token=used, password=PASSWORD)
    assert entry.login(database, secret=secret, surface="web", email=email, password=NEW_PASSWORD)


def test_of_two_who_use_a_link_at_once_one_wins(
    database: Database, owner: UserId, secret: Secret
) -> None:
    link = sessions.invite(database, secret=secret, user_id=owner)

    def use(number: int) -> bool:
        try:
            sessions.setup_password(
                database, secret=secret, token=link, password=f"{NEW_PASSWORD} {number}"
            )
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(use, range(4))) == 1


def test_a_link_for_a_forgotten_password_holds_one_hour(
    database: Database, owner: UserId, email: str, secret: Secret
) -> None:
    found = sessions.reset_link(database, secret=secret, email=email)
    assert found is not None
    with pytest.raises(Invalid):
        sessions.setup_password(
            later(database, timedelta(minutes=61)),
            secret=secret,
            token=found[1],
            password=NEW_PASSWORD,
        )
    assert sessions.reset_link(database, secret=secret, email=f"no-{email}") is None


def test_what_ran_out_is_forgotten(
    database: Database, owner: UserId, email: str, secret: Secret, superuser_conninfo: str
) -> None:
    entry.login(database, secret=secret, surface="web", email=email, password=PASSWORD)
    sessions.purge(later(database, timedelta(days=1)))
    with psycopg.connect(superuser_conninfo) as connection:
        row = connection.execute(
            "select count(*) from kontorhaus.web_session where user_id = %s", (owner,)
        ).fetchone()
    assert row == (0,)


def test_a_person_without_a_password_cannot_log_in(
    database: Database, live: Caller, email: str, secret: Secret
) -> None:
    with begin(database, live) as work:
        identity.create_user(work, email=email, role="member")
    with pytest.raises(Denied):
        entry.login(database, secret=secret, surface="web", email=email, password="")
