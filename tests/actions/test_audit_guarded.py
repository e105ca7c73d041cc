"""The audit trail only grows, no secret gets into it, and nobody fills the disk with it (S-26)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from kontorhaus.identity import actions as identity
from kontorhaus.identity.keys import actions as keys
from kontorhaus.identity.keys.model import Wanted
from kontorhaus.identity.model import Founded
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry, throttle, trail
from kontorhaus.kernel.errors import Denied, Invalid
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Actor, Caller, Work, begin

PASSWORD = "korrekt Pferd Batterie"


@pytest.fixture
def live(new_organization: Callable[..., Founded]) -> Caller:
    return Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin")


@pytest.fixture
def keyed(tmp_path: Path) -> Secret:
    return secret.of(tmp_path)


def acting(caller: Caller, user: UserId) -> Caller:
    """The same tenant, for a person at its pages."""
    actor = Actor("user", None, user, "Katrin Brandt", None, "web", "dashboard")
    return Caller(caller.tenant_id, actor, "Europe/Berlin")


def told(database: Database, caller: Caller, action: str) -> list[tuple[dict, dict]]:
    with begin(database, caller, read_only=True) as work:
        rows = work.connection.execute(
            "select actor, details from audit where tenant_id = %(tenant)s"
            " and action = %(action)s order by id",
            {"tenant": work.tenant_id, "action": action},
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set action = 'x'",
        "update audit set details = '{}' where true",
        "delete from audit",
        "truncate audit",
        "drop table audit",
        "alter table audit disable row level security",
        "alter table audit no force row level security",
        "alter table audit disable trigger all",
        "alter table audit add column x text",
        "alter table audit owner to kontorhaus_app",
        "drop policy tenant on audit",
        "create policy mine on audit using (true)",
        "create trigger t before insert on audit execute function now()",
        "create rule r as on insert to audit do instead nothing",
        "drop index audit_by_time",
        "set session_replication_role = replica",
        "select 1 from audit for update",
    ],
)
def test_the_program_cannot_change_what_it_recorded(work: Work, statement: str) -> None:
    work.record("test.done", subject="test", subject_id="1")
    work.connection.execute("set local role kontorhaus_app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        work.connection.execute(statement.encode())


def test_nobody_writes_into_the_trail_of_another_tenant(
    database: Database, live: Caller, new_organization: Callable[..., Founded]
) -> None:
    other = new_organization().tenants["LIVE"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), begin(database, live) as work:
        work.connection.execute(
            "insert into audit (tenant_id, id, at, action, subject, subject_id, actor)"
            " values (%(tenant)s, %(id)s, %(now)s, 'x', 'x', 'x', '{}')",
            {"tenant": other, "id": uuid7(), "now": work.now},
        )


def test_no_secret_stands_in_the_trail(database: Database, live: Caller, keyed: Secret) -> None:
    email = f"{uuid7().hex}@example.org"
    with begin(database, live) as work:
        user = identity.create_user(work, email=email, role="owner", password=PASSWORD)
    person = Caller(
        live.tenant_id, Actor("user", None, user, email, None, "web", "dashboard"), "UTC"
    )
    with begin(database, person) as work:
        wanted = Wanted("books", "Kasse", frozenset({"journal:read"}))
        issued = keys.issue(work, secret=keyed, wanted=wanted, role="owner")
        keys.switch(work, key_id=issued.key.id, is_enabled=False)
        keys.delete(work, key_id=issued.key.id)
    link = sessions.invite(database, secret=keyed, user_id=user)
    sessions.setup_password(database, secret=keyed, token=link, password=f"{PASSWORD} neu")
    session = entry.login(
        database, secret=keyed, surface="web", email=email, password=f"{PASSWORD} neu"
    )
    sessions.logout(database, secret=keyed, token=session.token)
    with begin(database, live, read_only=True) as work:
        rows = work.connection.execute(
            "select to_jsonb(a)::text from audit a where tenant_id = %(tenant)s",
            {"tenant": live.tenant_id},
        ).fetchall()
    text = json.dumps([row[0] for row in rows])
    for hidden in (PASSWORD, issued.token, link, session.token, session.csrf):
        assert hidden not in text
    assert issued.key.prefix in text
    actions = {json.loads(row[0])["action"] for row in rows}
    assert actions >= {
        "identity.key_created",
        "identity.key_disabled",
        "identity.key_deleted",
        "identity.password_link_made",
        "identity.password_set_by_link",
        "identity.logged_in",
        "identity.logged_out",
    }


def test_a_failed_login_is_told_where_the_person_works_and_else_in_the_log(
    database: Database, live: Caller, keyed: Secret
) -> None:
    email = f"{uuid7().hex}@example.org"
    with begin(database, live) as work:
        identity.create_user(work, email=email, role="owner", password=PASSWORD)
    for address in (email, f"nobody-{uuid7().hex}@example.org"):
        with capture_logs() as lines, pytest.raises(Denied):
            entry.login(database, secret=keyed, surface="web", email=address, password="falsch")
        noted = [line for line in lines if line["event"] == "login_failed"]
        assert len(noted) == (0 if address == email else 1)
        assert not any(address in str(line) for line in noted)
    assert [actor["label"] for actor, _ in told(database, live, "identity.login_failed")] == [email]


def test_a_guesser_fills_no_disk(database: Database, live: Caller, keyed: Secret) -> None:
    email = f"{uuid7().hex}@example.org"
    with begin(database, live) as work:
        identity.create_user(work, email=email, role="owner", password=PASSWORD)
    for _ in range(throttle.ACCOUNT.spans[0][0] + 5):
        with pytest.raises(Denied):
            entry.login(database, secret=keyed, surface="web", email=email, password="falsch")
    rows = told(database, live, "identity.login_failed")
    assert 0 < len(rows) <= throttle.ACCOUNT.spans[0][0]


def test_refusals_are_rows_until_they_are_too_many_and_lines_then(
    database: Database, live: Caller, keyed: Secret
) -> None:
    with begin(database, live) as work:
        email = f"{uuid7().hex}@example.org"
        owner: UserId = identity.create_user(work, email=email, role="auditor")
        issued = identity.create_api_key(
            work, secret=keyed, surface="books", name="Prüfer", created_by=owner
        )
    principal = identity.authenticate(database, secret=keyed, surface="books", token=issued.token)
    assert principal is not None
    with capture_logs() as lines:
        for _ in range(throttle.REFUSALS.spans[0][0] + 3):
            trail.refused(
                database, secret=keyed, principal=principal, request_id=uuid7(),
                operation="books.post_booking", code="forbidden",
            )  # fmt: skip
    rows = told(database, live, "identity.refused")
    assert len(rows) == throttle.REFUSALS.spans[0][0]
    assert rows[0][0]["label"] == "Prüfer"
    assert rows[0][1] == {"code": "forbidden"}
    assert [line["event"] for line in lines] == ["refused"] * 3


LOGGED = """
import structlog, sys
from kontorhaus.runtime import log
log.configure("info")
structlog.get_logger("test").info("request", path=sys.argv[1])
"""


def test_a_line_of_the_log_stays_one_line() -> None:
    forged = 'x\r\n{"event": "forged"}\nlevel=error'
    made = subprocess.run(
        [sys.executable, "-c", LOGGED, forged], capture_output=True, check=True, text=True
    )
    (line,) = made.stderr.splitlines()
    assert json.loads(line)["path"] == forged


WRONG = [
    (Wanted("portal", "x", frozenset({"admin"})), "surface"),
    (Wanted("books", " ", frozenset({"admin"})), "name"),
    (Wanted("books", "a\nb\x00", frozenset({"admin"})), "name"),
    (Wanted("books", "x", frozenset()), "scopes"),
    (Wanted("books", "x", frozenset({"documents:read"})), "scopes"),
    (Wanted("billing", "x", frozenset({"journal:read"})), "scopes"),
    (Wanted("books", "x", frozenset({"config:write"})), "scopes"),
    (Wanted("management", "x", frozenset({"journal:read"})), "scopes"),
]


@pytest.mark.parametrize(("wanted", "field"), WRONG)
def test_a_key_is_made_within_ones_own_role(
    database: Database, live: Caller, keyed: Secret, wanted: Wanted, field: str
) -> None:
    with begin(database, live) as work:
        user = identity.create_user(work, email=f"{uuid7().hex}@example.org", role="member")
    with pytest.raises(Invalid) as refusal, begin(database, acting(live, user)) as work:
        keys.issue(work, secret=keyed, wanted=wanted, role="member")
    assert refusal.value.details["field"] == field
