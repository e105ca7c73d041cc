"""The keys that sign, and what a token's subject stands for; read before a tenant is known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from kontorhaus.identity.principal import Principal
from kontorhaus.identity.signing.model import SigningKey
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.work import Actor

_COLUMNS = "kid, public_key, sealed_key, created_at"


def insert_key(connection: Connection, *, key: SigningKey) -> None:
    connection.execute(
        "insert into signing_key (kid, public_key, sealed_key, created_at)"
        " values (%(kid)s, %(public)s, %(sealed)s, %(now)s)",
        {
            "kid": key.kid,
            "public": Jsonb(dict(key.public)),
            "sealed": key.sealed,
            "now": key.created_at,
        },
    )


def newest_key(connection: Connection) -> SigningKey | None:
    row = connection.execute(
        f"select {_COLUMNS} from signing_key order by created_at desc, kid desc limit 1".encode()
    ).fetchone()
    return SigningKey(*row) if row else None


def key(connection: Connection, *, kid: str) -> SigningKey | None:
    row = connection.execute(
        f"select {_COLUMNS} from signing_key where kid = %(kid)s".encode(), {"kid": kid}
    ).fetchone()
    return SigningKey(*row) if row else None


def keys(connection: Connection) -> list[SigningKey]:
    rows = connection.execute(
        f"select {_COLUMNS} from signing_key order by created_at desc, kid desc".encode()
    ).fetchall()
    return [SigningKey(*row) for row in rows]


def delete_followed(connection: Connection, *, before: datetime) -> None:
    """Delete each key that another one followed before an instant."""
    connection.execute(
        "delete from signing_key k where exists (select 1 from signing_key next"
        " where (next.created_at, next.kid) > (k.created_at, k.kid)"
        " and next.created_at <= %(before)s)",
        {"before": before},
    )


def scoped_roles(connection: Connection, *, user_id: UUID) -> list[str]:
    """The roles that a person has in any organization."""
    rows = connection.execute(
        "select distinct m.role from membership m join organization o on o.id = m.organization_id"
        " where m.user_id = %(user)s and o.deleted_at is null order by m.role",
        {"user": user_id},
    ).fetchall()
    return [row[0] for row in rows]


def session_principal(
    connection: Connection, *, session_id: UUID, now: datetime
) -> Principal | None:
    """Who a running session of the management API stands for; its scopes are left to the roles."""
    row = connection.execute(
        "select o.id, t.id, t.environment, coalesce(o.display_name, o.name), o.time_zone,"
        " s.id, u.id, u.first_name, u.last_name, u.email, s.surface,"
        " role_in(o.id, u.id) from web_session s"
        " join app_user u on u.id = s.user_id join tenant t on t.id = s.tenant_id"
        " join organization o on o.id = t.organization_id"
        " where s.id = %(session)s and s.surface = 'management' and s.expires_at > %(now)s",
        {"session": session_id, "now": now},
    ).fetchone()
    if row is None or row[11] is None:
        return None
    label = f"{row[7]} {row[8]}".strip() or row[9]
    actor = Actor("user", row[5], row[6], label, None, row[10], "api")
    return Principal(row[0], row[1], row[2], row[3], row[4], frozenset(), row[11], actor)
