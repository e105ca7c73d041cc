"""Founding an organization: its identity first, then the books of both its tenants."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, NewOwner, Profile, TenantSettings
from kontorhaus.identity.organizations import actions as organizations
from kontorhaus.identity.organizations.model import Details
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.ids import OrganizationId
from kontorhaus.ledger import actions as ledger
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Caller, Work, elsewhere, within


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


def found_for(
    work: Work, *, details: Details, managed_by: UUID | None, document_quota: int | None
) -> OrganizationId:
    """The organization that a caller founds, with its books; TEST alone as a rule.

    Invalid names the field; Denied("forbidden") for a managing organization of others.
    """
    founded = organizations.create(
        work, details=details, managed_by=managed_by, document_quota=document_quota
    )
    for tenant_id in founded.tenants.values():
        with elsewhere(work, tenant_id, work.caller.time_zone) as there:
            ledger.open_books(there)
    return founded.organization_id


def open_environment(work: Work, *, organization_id: UUID, environment: str) -> None:
    """Open the books of an organization in TEST or LIVE; nothing happens where they are open."""
    found, tenant_id = organizations.open_environment(
        work, organization_id=organization_id, environment=environment
    )
    if tenant_id is not None:
        with elsewhere(work, tenant_id, found.time_zone) as there:
            ledger.open_books(there)


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
