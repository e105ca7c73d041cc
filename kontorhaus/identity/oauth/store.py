"""The tables of third-party access; they are read before a tenant is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from kontorhaus.identity.oauth.model import (
    App,
    AppDetails,
    ConnectedApp,
    Grant,
    Place,
    Token,
)
from kontorhaus.identity.principal import Principal
from kontorhaus.kernel.ids import AppId, GrantId, TenantId, UserId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.work import Actor, Work

_APP = (
    "a.id, a.tenant_id, a.client_id, a.name, a.kind, a.redirect_uris, a.scopes,"
    " coalesce(o.display_name, o.name), a.created_by, a.created_at, a.known_network"
)
_APP_FROM = (
    " from oauth_app a join tenant t on t.id = a.tenant_id"
    " join organization o on o.id = t.organization_id"
)
_GRANT = (
    "g.id, g.app_id, g.user_id, g.tenant_id, g.scopes, g.created_at, g.ended_at, u.email,"
    " g.redirect_uri, g.code_challenge, g.code_used_at, o.id, o.time_zone,"
    " role_in(o.id, g.user_id)"
)
_GRANT_FROM = (
    " oauth_grant g join app_user u on u.id = g.user_id join tenant t on t.id = g.tenant_id"
    " join organization o on o.id = t.organization_id"
)

# --- apps


def insert_app(work: Work, *, app: App, secret_hash: bytes | None) -> None:
    work.connection.execute(
        "insert into oauth_app (id, tenant_id, client_id, kind, name, redirect_uris, scopes,"
        " secret_hash, created_by, created_at) values (%(id)s, %(tenant)s, %(client)s, %(kind)s,"
        " %(name)s, %(redirects)s, %(scopes)s, %(hash)s, %(user)s, %(now)s)",
        {
            **_details(app.details),
            "id": app.id,
            "tenant": work.tenant_id,
            "client": app.client_id,
            "hash": secret_hash,
            "user": app.created_by,
            "now": app.created_at,
        },
    )


def update_app(work: Work, *, app_id: AppId, details: AppDetails) -> None:
    work.connection.execute(
        "update oauth_app set name = %(name)s, redirect_uris = %(redirects)s, scopes = %(scopes)s"
        " where tenant_id = %(tenant)s and id = %(id)s",
        {**_details(details), "tenant": work.tenant_id, "id": app_id},
    )


def update_secret(work: Work, *, app_id: AppId, secret_hash: bytes) -> None:
    work.connection.execute(
        "update oauth_app set secret_hash = %(hash)s, known_network = null"
        " where tenant_id = %(tenant)s and id = %(id)s",
        {"hash": secret_hash, "tenant": work.tenant_id, "id": app_id},
    )


def delete_app(work: Work, *, app_id: AppId) -> None:
    """Its grants and tokens go with it."""
    work.connection.execute(
        "delete from oauth_app where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": app_id},
    )


def apps(work: Work) -> list[App]:
    rows = work.connection.execute(
        f"select {_APP}{_APP_FROM} where a.tenant_id = %(tenant)s order by a.id".encode(),
        {"tenant": work.tenant_id},
    ).fetchall()
    return [_app(row) for row in rows]


def app(work: Work, *, client_id: str, for_update: bool = False) -> App | None:
    lock = " for no key update of a" if for_update else ""
    row = work.connection.execute(
        f"select {_APP}{_APP_FROM} where a.tenant_id = %(tenant)s and a.client_id = %(id)s"
        f"{lock}".encode(),
        {"tenant": work.tenant_id, "id": client_id},
    ).fetchone()
    return _app(row) if row else None


def app_of_client(connection: Connection, *, client_id: str) -> tuple[App, bytes | None] | None:
    """The app of whatever tenant, with the hash of its secret; none of a deleted company."""
    row = connection.execute(
        f"select {_APP}, a.secret_hash{_APP_FROM} where a.client_id = %(id)s"
        " and o.deleted_at is null".encode(),
        {"id": client_id},
    ).fetchone()
    return (_app(row[:-1]), cast("bytes | None", row[-1])) if row else None


def update_known_network(connection: Connection, *, app_id: AppId, network: bytes) -> None:
    connection.execute(
        "update oauth_app set known_network = %(network)s where id = %(id)s",
        {"network": network, "id": app_id},
    )


def _details(details: AppDetails) -> dict[str, Any]:
    return {
        "name": details.name,
        "kind": details.kind,
        "redirects": list(details.redirect_uris),
        "scopes": sorted(details.scopes),
    }


def _app(row: Sequence[Any]) -> App:
    details = AppDetails(row[3], row[4], tuple(row[5]), frozenset(row[6]))
    return App(row[0], row[1], row[2], details, row[7], row[8], row[9], row[10])


# --- grants


def insert_grant(connection: Connection, *, grant: Grant, code_hash: bytes) -> None:
    connection.execute(
        "insert into oauth_grant (id, app_id, user_id, tenant_id, scopes, created_at, code_hash,"
        " code_challenge, redirect_uri) values (%(id)s, %(app)s, %(user)s, %(tenant)s,"
        " %(scopes)s, %(now)s, %(hash)s, %(challenge)s, %(redirect)s)",
        {
            "id": grant.id,
            "app": grant.app_id,
            "user": grant.user_id,
            "tenant": grant.tenant_id,
            "scopes": sorted(grant.scopes),
            "now": grant.created_at,
            "hash": code_hash,
            "challenge": grant.code_challenge,
            "redirect": grant.redirect_uri,
        },
    )


def grant_of_itself(connection: Connection, *, grant_id: GrantId, app: App, now: datetime) -> Grant:
    """The grant by which an app acts for itself, made at its first use, with its present scopes."""
    connection.execute(
        "insert into oauth_grant (id, app_id, user_id, tenant_id, scopes, created_at)"
        " values (%(id)s, %(app)s, %(user)s, %(tenant)s, %(scopes)s, %(now)s)"
        " on conflict (app_id) where code_hash is null"
        " do update set scopes = excluded.scopes, user_id = excluded.user_id",
        {
            "id": grant_id,
            "app": app.id,
            "user": app.created_by,
            "tenant": app.tenant_id,
            "scopes": sorted(app.details.scopes),
            "now": now,
        },
    )
    row = connection.execute(
        f"select {_GRANT} from {_GRANT_FROM} where g.app_id = %(app)s"
        " and g.code_hash is null".encode(),
        {"app": app.id},
    ).fetchone()
    assert row is not None, "it was there or was made"
    return _grant(row)


def grant_of_code(connection: Connection, *, code_hash: bytes, app_id: AppId) -> Grant | None:
    """The grant of a code, locked: of several who bring it one is first."""
    row = connection.execute(
        f"select {_GRANT} from {_GRANT_FROM} where g.code_hash = %(hash)s"
        " and g.app_id = %(app)s for update of g".encode(),
        {"hash": code_hash, "app": app_id},
    ).fetchone()
    return _grant(row) if row else None


def use_code(connection: Connection, *, grant_id: GrantId, now: datetime) -> None:
    connection.execute(
        "update oauth_grant set code_used_at = %(now)s where id = %(id)s",
        {"now": now, "id": grant_id},
    )


def end_grant(connection: Connection, *, grant_id: GrantId, now: datetime) -> bool:
    """End a permission with its whole family of tokens; False if it had ended."""
    return (
        connection.execute(
            "update oauth_grant set ended_at = %(now)s where id = %(id)s and ended_at is null",
            {"now": now, "id": grant_id},
        ).rowcount
        == 1
    )


def end_access(work: Work, *, app_id: AppId, user_id: UserId) -> str | None:
    """End whatever a person allowed an app in the tenant at hand; the app's name, None if nothing.

    The rows go: what they would tell stands in the audit trail.
    """
    row = work.connection.execute(
        "with gone as (delete from oauth_grant where tenant_id = %(tenant)s and app_id = %(app)s"
        " and user_id = %(user)s and code_hash is not null returning app_id)"
        " select name from oauth_app where id in (select app_id from gone)",
        {"tenant": work.tenant_id, "app": app_id, "user": user_id},
    ).fetchone()
    return cast(str, row[0]) if row else None


def connected(work: Work) -> list[ConnectedApp]:
    """The apps with access to the tenant at hand, by name."""
    rows = work.connection.execute(
        "select a.id, u.id, a.name, u.first_name, u.last_name, u.email, g.scopes, g.created_at,"
        " g.last_used_at from oauth_grant g join oauth_app a on a.id = g.app_id"
        " join app_user u on u.id = g.user_id where g.tenant_id = %(tenant)s"
        " and g.code_hash is not null and g.ended_at is null and exists (select 1"
        " from oauth_token k where k.grant_id = g.id and k.kind = 'refresh'"
        " and k.ended_at is null and k.expires_at > %(now)s) order by a.name, a.id, u.id, g.id",
        {"tenant": work.tenant_id, "now": work.now},
    ).fetchall()
    return [_connected(row) for row in rows]


def _connected(row: Sequence[Any]) -> ConnectedApp:
    user_name = f"{row[3]} {row[4]}".strip() or row[5]
    return ConnectedApp(row[0], row[1], row[2], user_name, frozenset(row[6]), row[7], row[8])


def place(connection: Connection, *, tenant_id: TenantId, user_id: UserId) -> Place | None:
    """What a person may in a tenant; None for nothing."""
    row = connection.execute(
        "select t.id, o.id, o.time_zone, role_in(o.id, %(user)s) from tenant t"
        " join organization o on o.id = t.organization_id"
        " where t.id = %(tenant)s and role_in(o.id, %(user)s) is not null",
        {"tenant": tenant_id, "user": user_id},
    ).fetchone()
    return Place(*row) if row else None


def _grant(row: Sequence[Any]) -> Grant:
    place = None if row[13] is None else Place(row[3], row[11], row[12], row[13])
    return Grant(
        id=row[0],
        app_id=row[1],
        user_id=row[2],
        tenant_id=row[3],
        scopes=frozenset(row[4]),
        created_at=row[5],
        ended_at=row[6],
        place=place,
        email=row[7],
        redirect_uri=row[8],
        code_challenge=row[9],
        code_used_at=row[10],
    )


# --- tokens


def insert_token(connection: Connection, *, token: Token, token_hash: bytes) -> None:
    connection.execute(
        "insert into oauth_token (id, grant_id, kind, token_hash, scopes, created_at, expires_at)"
        " values (%(id)s, %(grant)s, %(kind)s, %(hash)s, %(scopes)s, %(now)s, %(expires)s)",
        {
            "id": token.id,
            "grant": token.grant.id,
            "kind": token.kind,
            "hash": token_hash,
            "scopes": sorted(token.scopes),
            "now": token.created_at,
            "expires": token.expires_at,
        },
    )


def token(connection: Connection, *, token_hash: bytes, is_locked: bool = False) -> Token | None:
    """A token with its grant; locked, of several who bring it one is first."""
    lock = " for update of k" if is_locked else ""
    row = connection.execute(
        f"select k.id, k.kind, k.scopes, k.created_at, k.expires_at, k.ended_at, {_GRANT}"
        f" from oauth_token k join ({_GRANT_FROM}) on g.id = k.grant_id"
        f" where k.token_hash = %(hash)s{lock}".encode(),
        {"hash": token_hash},
    ).fetchone()
    if row is None:
        return None
    return Token(row[0], row[1], frozenset(row[2]), row[3], row[4], row[5], _grant(row[6:]))


def end_token(connection: Connection, *, token_id: UUID, now: datetime) -> None:
    connection.execute(
        "update oauth_token set ended_at = %(now)s where id = %(id)s and ended_at is null",
        {"now": now, "id": token_id},
    )


def principal(
    connection: Connection, *, token_hash: bytes, surface: str, now: datetime, note_before: datetime
) -> Principal | None:
    """Who an access token stands for, with what was granted, and the role of its person.

    Notes the use unless it did after `note_before`.
    """
    row = connection.execute(
        "select o.id, t.id, t.environment, coalesce(o.display_name, o.name), o.time_zone,"
        " k.scopes, role_in(o.id, g.user_id), g.id, g.user_id, a.name, a.client_id,"
        " g.last_used_at, a.scopes"
        " from oauth_token k join oauth_grant g on g.id = k.grant_id"
        " join oauth_app a on a.id = g.app_id join tenant t on t.id = g.tenant_id"
        " join organization o on o.id = t.organization_id"
        " join tenant home on home.id = a.tenant_id"
        " join organization maker on maker.id = home.organization_id"
        " where k.token_hash = %(hash)s and k.kind = 'access' and k.ended_at is null"
        " and k.expires_at > %(now)s and g.ended_at is null and maker.deleted_at is null",
        {"hash": token_hash, "now": now},
    ).fetchone()
    if row is None or row[6] is None:
        return None
    if row[11] is None or row[11] < note_before:
        connection.execute(
            "update oauth_grant set last_used_at = %(now)s where id = %(id)s",
            {"now": now, "id": row[7]},
        )
    actor = Actor("oauth_client", row[7], row[8], row[9], row[10], surface, "api")
    scopes = frozenset(row[5]) & frozenset(row[12])
    return Principal(row[0], row[1], row[2], row[3], row[4], scopes, row[6], actor)


def purge(connection: Connection, *, now: datetime, codes_before: datetime) -> None:
    """Delete tokens that have run out, and permissions that nothing is left of."""
    connection.execute("delete from oauth_token where expires_at <= %(now)s", {"now": now})
    connection.execute(
        "delete from oauth_grant g where g.created_at <= %(before)s and not exists"
        " (select 1 from oauth_token k where k.grant_id = g.id)",
        {"before": codes_before},
    )
