"""Memberships, and the people behind them."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity.members.model import Filter, SignIn
from kontorhaus.identity.model import User
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.work import Work

_ORDERS = {
    "id": "u.id",
    "email": "u.email",
    "first_name": "lower(u.first_name)",
    "last_name": "lower(u.last_name)",
}
_FROM = (
    " from app_user u join membership m on m.user_id = u.id"
    " where m.organization_id = %(organization)s"
    " and (%(email)s::text is null or u.email = lower(%(email)s))"
    " and (%(first)s::text is null or lower(u.first_name) = lower(%(first)s))"
    " and (%(last)s::text is null or lower(u.last_name) = lower(%(last)s))"
)


def members(
    work: Work,
    *,
    organization_id: UUID,
    wanted: Filter,
    limit: int | None = None,
    offset: int = 0,
) -> list[User]:
    direction = "desc" if wanted.is_descending else "asc"
    query = (
        f"select u.id, u.email, u.first_name, u.last_name, m.role{_FROM}"
        f" order by {_ORDERS[wanted.order_by]} {direction}, u.id"
        " limit %(limit)s offset %(offset)s"
    )
    rows = work.connection.execute(
        query.encode(), {**_named(organization_id, wanted), "limit": limit, "offset": offset}
    ).fetchall()
    return [User(*row) for row in rows]


def member_count(work: Work, *, organization_id: UUID, wanted: Filter) -> int:
    row = work.connection.execute(
        f"select count(*){_FROM}".encode(), _named(organization_id, wanted)
    ).fetchone()
    assert row is not None
    return int(row[0])


def sign_ins(work: Work, *, organization_id: UUID) -> dict[UserId, SignIn]:
    """A device is known from signing in, a session lasts as long as it is used."""
    rows = work.connection.execute(
        "select m.user_id, exists (select 1 from second_factor f where f.user_id = m.user_id"
        " and f.confirmed_at is not null),"
        " greatest((select max(d.last_used_at) from known_device d where d.user_id = m.user_id),"
        " (select max(s.created_at) from web_session s where s.user_id = m.user_id))"
        " from membership m where m.organization_id = %(organization)s",
        {"organization": organization_id},
    ).fetchall()
    return {UserId(user_id): SignIn(has_factor, last) for user_id, has_factor, last in rows}


def update_role(work: Work, *, organization_id: UUID, user_id: UUID, role: str) -> None:
    work.connection.execute(
        "update membership set role = %(role)s"
        " where organization_id = %(organization)s and user_id = %(user)s",
        {"role": role, "organization": organization_id, "user": user_id},
    )


def delete_membership(work: Work, *, organization_id: UUID, user_id: UUID) -> None:
    """The person's sessions in the organization end with it."""
    named = {"organization": organization_id, "user": user_id}
    work.connection.execute(
        "delete from membership where organization_id = %(organization)s and user_id = %(user)s",
        named,
    )
    work.connection.execute(
        "delete from web_session where user_id = %(user)s and tenant_id in"
        " (select id from tenant where organization_id = %(organization)s)",
        named,
    )


def address(connection: Connection, *, user_id: UserId) -> tuple[str, bool] | None:
    """The e-mail address of a person, and whether it has a password."""
    row = connection.execute(
        "select email, password_hash is not null from app_user where id = %(user)s",
        {"user": user_id},
    ).fetchone()
    return (row[0], row[1]) if row else None


def _named(organization_id: UUID, wanted: Filter) -> dict[str, object]:
    return {
        "organization": organization_id,
        "email": wanted.email,
        "first": wanted.first_name,
        "last": wanted.last_name,
    }
