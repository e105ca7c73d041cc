"""The tables of logins; a person may have several tenants, so none is set here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions.model import Account, Place, SessionPlace
from kontorhaus.kernel.ids import TenantId, UserId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.work import Actor


def count_attempt(
    connection: Connection, *, account_hash: bytes, now: datetime, forget_before: datetime
) -> tuple[int, datetime]:
    """One more try for an address: how many there were since when."""
    row = connection.execute(
        "insert into login_window as w (account_hash, window_start, attempts)"
        " values (%(account)s, %(now)s, 1) on conflict (account_hash) do update set"
        " attempts = case when w.window_start <= %(before)s then 1 else w.attempts + 1 end,"
        " window_start = case when w.window_start <= %(before)s then %(now)s"
        " else w.window_start end returning attempts, window_start",
        {"account": account_hash, "now": now, "before": forget_before},
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def forget_attempts(connection: Connection, *, account_hash: bytes) -> None:
    connection.execute(
        "delete from login_window where account_hash = %(account)s", {"account": account_hash}
    )


def take_back_attempt(connection: Connection, *, account_hash: bytes) -> None:
    connection.execute(
        "update login_window set attempts = greatest(attempts - 1, 0)"
        " where account_hash = %(account)s",
        {"account": account_hash},
    )


def account(connection: Connection, *, email: str) -> Account | None:
    row = connection.execute(
        "select id, email, password_hash from app_user where email = %(email)s", {"email": email}
    ).fetchone()
    return Account(*row) if row else None


def email(connection: Connection, *, user_id: UserId) -> str | None:
    row = connection.execute(
        "select email from app_user where id = %(user)s", {"user": user_id}
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
    session_id: UUID,
    token_hash: bytes,
    user_id: UserId,
    place: Place,
    surface: str,
    span: tuple[datetime, datetime],
) -> None:
    connection.execute(
        "insert into web_session (id, token_hash, user_id, tenant_id, surface, created_at,"
        " expires_at) values (%(id)s, %(hash)s, %(user)s, %(tenant)s, %(surface)s, %(now)s,"
        " %(expires)s)",
        {
            "id": session_id,
            "hash": token_hash,
            "user": user_id,
            "tenant": place.tenant_id,
            "surface": surface,
            "now": span[0],
            "expires": span[1],
        },
    )


def session_principal(
    connection: Connection, *, token_hash: bytes, surface: str, now: datetime
) -> Principal | None:
    """Who a running session stands for; its scopes are left to the role."""
    row = connection.execute(
        "select o.id, t.id, t.environment, coalesce(o.display_name, o.name), o.time_zone,"
        " role_in(o.id, u.id), s.id, u.id, u.first_name, u.last_name, u.email, s.surface"
        " from web_session s"
        " join app_user u on u.id = s.user_id join tenant t on t.id = s.tenant_id"
        " join organization o on o.id = t.organization_id"
        " where s.token_hash = %(hash)s and s.surface = %(surface)s and s.expires_at > %(now)s",
        {"hash": token_hash, "surface": surface, "now": now},
    ).fetchone()
    if row is None or row[5] is None:
        return None
    label = f"{row[8]} {row[9]}".strip() or row[10]
    actor = Actor("user", row[6], row[7], label, None, row[11], "dashboard")
    return Principal(row[0], row[1], row[2], row[3], row[4], frozenset(), row[5], actor)


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


def delete_sessions(connection: Connection, *, user_id: UserId) -> None:
    connection.execute("delete from web_session where user_id = %(user)s", {"user": user_id})


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


def purge(connection: Connection, *, now: datetime, forget_before: datetime) -> None:
    """Delete what has run out."""
    connection.execute("delete from web_session where expires_at <= %(now)s", {"now": now})
    connection.execute(
        "delete from setup_link where expires_at <= %(before)s", {"before": forget_before}
    )
    connection.execute(
        "delete from login_window where window_start <= %(before)s", {"before": forget_before}
    )
