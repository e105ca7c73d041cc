"""The tables of logins; a person may have several tenants, so none is set here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions.model import Account, OpenSession, Past, Place, SessionPlace
from kontorhaus.kernel.ids import TenantId, UserId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.work import Actor


def lock_tries(connection: Connection, *, key: bytes) -> list[datetime]:
    """The tries that were counted, oldest first; nobody else counts until the transaction ends."""
    row = connection.execute(
        "insert into login_window as w (account_hash, tries) values (%(key)s, '{}')"
        " on conflict (account_hash) do update set tries = w.tries returning tries",
        {"key": key},
    ).fetchone()
    assert row is not None
    return list(row[0])


def put_tries(connection: Connection, *, key: bytes, tries: list[datetime]) -> None:
    connection.execute(
        "update login_window set tries = %(tries)s::timestamptz[] where account_hash = %(key)s",
        {"key": key, "tries": tries},
    )


def account(connection: Connection, *, email: str, for_share: bool = False) -> Account | None:
    """The person with this address; `for_share` keeps its password until the transaction ends."""
    query = "select id, email, password_hash from app_user where email = %(email)s"
    lock = " for share" if for_share else ""
    row = connection.execute((query + lock).encode(), {"email": email}).fetchone()
    return Account(*row) if row else None


def strengthen(connection: Connection, *, before: Account, after: Account) -> None:
    """Store a better hash of the same password, unless there is another password by now."""
    connection.execute(
        "update app_user set password_hash = %(after)s"
        " where id = %(user)s and password_hash = %(before)s",
        {"user": before.user_id, "before": before.password_hash, "after": after.password_hash},
    )


def email(connection: Connection, *, user_id: UserId) -> str | None:
    row = connection.execute(
        "select email from app_user where id = %(user)s", {"user": user_id}
    ).fetchone()
    return row[0] if row else None


def password_hash(connection: Connection, *, user_id: UserId) -> str | None:
    row = connection.execute(
        "select password_hash from app_user where id = %(user)s", {"user": user_id}
    ).fetchone()
    return row[0] if row else None


def set_password(connection: Connection, *, user_id: UserId, password_hash: str) -> None:
    connection.execute(
        "update app_user set password_hash = %(hash)s where id = %(user)s",
        {"hash": password_hash, "user": user_id},
    )


def places(connection: Connection, *, user_id: UserId) -> list[Place]:
    """Where a person may work; LIVE before TEST, oldest organization first."""
    rows = connection.execute(
        "select t.id, o.id, coalesce(o.display_name, o.name), t.environment,"
        " role_in(o.id, %(user)s) as role"
        " from (select organization_id as id from membership where user_id = %(user)s"
        " union select managed.id from membership m join organization managed"
        " on managed.managed_by = m.organization_id where m.user_id = %(user)s) mine"
        " join organization o on o.id = mine.id join tenant t on t.organization_id = o.id"
        " where role_in(o.id, %(user)s) is not null"
        " order by t.environment, o.created_at, o.id",
        {"user": user_id},
    ).fetchall()
    return [Place(*row) for row in rows]


def insert_session(
    connection: Connection,
    *,
    session: OpenSession,
    token_hash: bytes,
    user_id: UserId,
    tenant_id: TenantId,
    expires_at: datetime,
) -> None:
    connection.execute(
        "insert into web_session (id, token_hash, user_id, tenant_id, surface, client, agent,"
        " created_at, last_used_at, expires_at) values (%(id)s, %(hash)s, %(user)s, %(tenant)s,"
        " %(surface)s, %(client)s, %(agent)s, %(now)s, %(now)s, %(expires)s)",
        {
            "id": session.session_id,
            "hash": token_hash,
            "user": user_id,
            "tenant": tenant_id,
            "surface": session.surface,
            "client": session.client,
            "agent": session.agent,
            "now": session.created_at,
            "expires": expires_at,
        },
    )


def session_principal(
    connection: Connection, *, token_hash: bytes, surface: str, now: datetime, idle_since: datetime
) -> tuple[Principal, datetime] | None:
    """Who a running session stands for, its scopes left to the role, and when it was used."""
    row = connection.execute(
        "select o.id, t.id, t.environment, coalesce(o.display_name, o.name), o.time_zone,"
        " role_in(o.id, u.id), s.id, u.id, u.first_name, u.last_name, u.email, s.surface,"
        " s.last_used_at"
        " from web_session s"
        " join app_user u on u.id = s.user_id join tenant t on t.id = s.tenant_id"
        " join organization o on o.id = t.organization_id"
        " where s.token_hash = %(hash)s and s.surface = %(surface)s and s.expires_at > %(now)s"
        " and s.last_used_at > %(idle)s",
        {"hash": token_hash, "surface": surface, "now": now, "idle": idle_since},
    ).fetchone()
    if row is None or row[5] is None:
        return None
    label = f"{row[8]} {row[9]}".strip() or row[10]
    actor = Actor("user", row[6], row[7], label, None, row[11], "dashboard")
    found = Principal(row[0], row[1], row[2], row[3], row[4], frozenset(), row[5], actor)
    return found, row[12]


def touch_session(connection: Connection, *, token_hash: bytes, now: datetime) -> None:
    connection.execute(
        "update web_session set last_used_at = %(now)s"
        " where token_hash = %(hash)s and last_used_at < %(now)s",
        {"hash": token_hash, "now": now},
    )


def open_sessions(
    connection: Connection, *, user_id: UserId, now: datetime, idle_since: datetime
) -> list[OpenSession]:
    """The running sessions of a person, the last used first."""
    rows = connection.execute(
        "select id, surface, client, agent, created_at, last_used_at from web_session"
        " where user_id = %(user)s and expires_at > %(now)s"
        " and (surface = 'management' or last_used_at > %(idle)s)"
        " order by last_used_at desc, id",
        {"user": user_id, "now": now, "idle": idle_since},
    ).fetchall()
    return [OpenSession(*row) for row in rows]


def move_session(
    connection: Connection, *, token_hash: bytes, tenant_id: TenantId
) -> SessionPlace | None:
    """Point a session at another tenant of its person; None if it has no right there."""
    row = connection.execute(
        "update web_session s set tenant_id = %(tenant)s from app_user u"
        " where s.token_hash = %(hash)s and u.id = s.user_id"
        " and exists (select 1 from tenant t where t.id = %(tenant)s"
        " and role_in(t.organization_id, s.user_id) is not null)"
        " returning s.user_id, u.email, s.tenant_id, s.surface",
        {"tenant": tenant_id, "hash": token_hash},
    ).fetchone()
    return SessionPlace(*row) if row else None


def delete_session(connection: Connection, *, token_hash: bytes) -> SessionPlace | None:
    """End a session; None if there is none."""
    row = connection.execute(
        "delete from web_session s using app_user u"
        " where s.token_hash = %(hash)s and u.id = s.user_id"
        " returning s.user_id, u.email, s.tenant_id, s.surface",
        {"hash": token_hash},
    ).fetchone()
    return SessionPlace(*row) if row else None


def delete_session_of(connection: Connection, *, user_id: UserId, session_id: UUID) -> bool:
    """End one session of a person; False if it has none of that id."""
    return (
        connection.execute(
            "delete from web_session where user_id = %(user)s and id = %(id)s",
            {"user": user_id, "id": session_id},
        ).rowcount
        == 1
    )


def delete_sessions(connection: Connection, *, user_id: UserId, but: UUID | None = None) -> int:
    """End the sessions of a person, except one; how many there were."""
    return connection.execute(
        "delete from web_session where user_id = %(user)s and id is distinct from %(but)s",
        {"user": user_id, "but": but},
    ).rowcount


def knows_device(connection: Connection, *, email: str, token_hash: bytes, since: datetime) -> bool:
    """Whether the person with this address signed in there since then."""
    return (
        connection.execute(
            "select 1 from known_device d join app_user u on u.id = d.user_id"
            " where u.email = %(email)s and d.token_hash = %(hash)s"
            " and d.last_used_at > %(since)s",
            {"email": email, "hash": token_hash, "since": since},
        ).fetchone()
        is not None
    )


def rename_device(connection: Connection, *, token_hash: bytes, new_hash: bytes) -> None:
    connection.execute(
        "update known_device set token_hash = %(new)s where token_hash = %(old)s",
        {"old": token_hash, "new": new_hash},
    )


def note_device(
    connection: Connection, *, user_id: UserId, token_hash: bytes, now: datetime
) -> tuple[bool, bool]:
    """A person signs in there: whether it did before, and whether it ever did anywhere else."""
    row = connection.execute(
        "with before as (select token_hash from known_device where user_id = %(user)s),"
        " noted as (insert into known_device (user_id, token_hash, first_used_at, last_used_at)"
        " values (%(user)s, %(hash)s, %(now)s, %(now)s) on conflict (user_id, token_hash)"
        " do update set last_used_at = excluded.last_used_at)"
        " select coalesce(bool_or(token_hash = %(hash)s), false), count(*) > 0 from before",
        {"user": user_id, "hash": token_hash, "now": now},
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def forget_devices(connection: Connection, *, user_id: UserId, but: bytes) -> None:
    connection.execute(
        "delete from known_device where user_id = %(user)s and token_hash <> %(but)s",
        {"user": user_id, "but": but},
    )


def insert_link(
    connection: Connection, *, token_hash: bytes, user_id: UserId | None, expires_at: datetime
) -> None:
    connection.execute(
        "insert into setup_link (token_hash, user_id, expires_at)"
        " values (%(hash)s, %(user)s, %(expires)s)",
        {"hash": token_hash, "user": user_id, "expires": expires_at},
    )


def use_link(connection: Connection, *, token_hash: bytes, now: datetime) -> UserId | None:
    """Use up a link; None if it is unknown, expired or used. One caller of several gets it."""
    row = connection.execute(
        "update setup_link set used_at = %(now)s where token_hash = %(hash)s"
        " and used_at is null and expires_at > %(now)s and user_id is not null"
        " returning user_id",
        {"hash": token_hash, "now": now},
    ).fetchone()
    return UserId(row[0]) if row else None


def has_users(connection: Connection) -> bool:
    """Whether anybody was ever registered."""
    return connection.execute("select 1 from app_user limit 1").fetchone() is not None


def is_first_link(connection: Connection, *, token_hash: bytes, now: datetime) -> bool:
    """Whether a first owner's link with this hash still waits."""
    return (
        connection.execute(
            "select 1 from setup_link where token_hash = %(hash)s and used_at is null"
            " and expires_at > %(now)s and user_id is null",
            {"hash": token_hash, "now": now},
        ).fetchone()
        is not None
    )


def use_first_links(connection: Connection, *, token_hash: bytes, now: datetime) -> bool:
    """Use up every first owner's link; False unless this one still waited."""
    rows = connection.execute(
        "update setup_link set used_at = %(now)s where user_id is null and used_at is null"
        " and exists (select 1 from setup_link mine where mine.token_hash = %(hash)s"
        " and mine.user_id is null and mine.used_at is null and mine.expires_at > %(now)s)",
        {"hash": token_hash, "now": now},
    )
    return rows.rowcount > 0


def void_links(connection: Connection, *, user_id: UserId, now: datetime) -> None:
    connection.execute(
        "update setup_link set used_at = %(now)s where user_id = %(user)s and used_at is null",
        {"user": user_id, "now": now},
    )


def purge(connection: Connection, *, now: datetime, before: Past) -> None:
    """Delete what has run out."""
    connection.execute(
        "delete from web_session where expires_at <= %(now)s"
        " or surface <> 'management' and last_used_at <= %(idle)s",
        {"now": now, "idle": before.idle},
    )
    connection.execute(
        "delete from setup_link where expires_at <= %(before)s", {"before": before.tries}
    )
    connection.execute(
        "delete from login_window where coalesce(tries[cardinality(tries)], '-infinity')"
        " <= %(before)s",
        {"before": before.tries},
    )
    connection.execute(
        "delete from known_device where last_used_at <= %(before)s", {"before": before.devices}
    )
