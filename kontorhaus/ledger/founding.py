"""Founding an organization: its identity first, then the books of both its tenants."""

from __future__ import annotations

from datetime import datetime

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, NewOwner, Profile, TenantSettings
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.ledger import actions as ledger
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Caller, within


def found(
    database: Database,
    *,
    profile: Profile,
    settings: TenantSettings | None = None,
    document_quota: int | None = None,
) -> Founded:
    """An organization whose TEST and LIVE books are open; its quota is documents a month."""
    with database.connection() as connection, connection.transaction():
        return _found(connection, profile, settings, document_quota, database.clock.now())


def set_up(
    database: Database,
    *,
    secret: Secret,
    token: str,
    profile: Profile,
    settings: TenantSettings,
    owner: NewOwner,
    document_quota: int | None = None,
) -> Founded:
    """Found the first organization with its owner, by the link that a fresh server prints.

    All of it or nothing: the link is used up by success only. Invalid: invalid_token, or the
    field that is wrong.
    """
    now = database.clock.now()
    with database.connection() as connection, connection.transaction():
        sessions.use_first_link(connection, secret=secret, token=token, now=now)
        founded = _found(connection, profile, settings, document_quota, now)
        caller = Caller(founded.tenants["LIVE"], SYSTEM, profile.time_zone)
        identity.create_user(
            within(connection, caller, now),
            email=owner.email,
            role="owner",
            first_name=owner.first_name,
            last_name=owner.last_name,
            password=owner.password,
        )
    return founded


def _found(
    connection: Connection,
    profile: Profile,
    settings: TenantSettings | None,
    document_quota: int | None,
    now: datetime,
) -> Founded:
    founded = identity.create_organization(
        connection, profile=profile, settings=settings, document_quota=document_quota, now=now
    )
    for tenant_id in founded.tenants.values():
        caller = Caller(tenant_id, SYSTEM, profile.time_zone)
        ledger.open_books(within(connection, caller, now))
    return founded
