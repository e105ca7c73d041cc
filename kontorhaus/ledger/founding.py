"""Founding an organization: its identity first, then the books of both its tenants."""

from __future__ import annotations

from kontorhaus.identity import actions as identity
from kontorhaus.identity import rules as identity_rules
from kontorhaus.identity.model import Founded, NewOwner, Profile, TenantSettings
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.ledger import actions as ledger
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Caller, begin


def found(
    database: Database, *, profile: Profile, settings: TenantSettings | None = None
) -> Founded:
    """An organization whose TEST and LIVE books are open."""
    founded = identity.create_organization(database, profile=profile, settings=settings)
    for tenant_id in founded.tenants.values():
        with begin(database, Caller(tenant_id, SYSTEM, profile.time_zone)) as work:
            ledger.open_books(work)
    return founded


def set_up(
    database: Database,
    *,
    secret: Secret,
    token: str,
    profile: Profile,
    settings: TenantSettings,
    owner: NewOwner,
) -> Founded:
    """Found the first organization with its owner, by the link that a fresh server prints.

    What is wrong with the input is told before the link is used up. Invalid: invalid_token,
    or the field that is wrong.
    """
    identity_rules.check_profile(profile)
    identity_rules.check_settings(settings)
    identity_rules.email(owner.email)
    identity_rules.check_password(owner.password)
    sessions.use_first_link(database, secret=secret, token=token)
    founded = found(database, profile=profile, settings=settings)
    with begin(database, Caller(founded.tenants["LIVE"], SYSTEM, profile.time_zone)) as work:
        identity.create_user(
            work,
            email=owner.email,
            role="owner",
            first_name=owner.first_name,
            last_name=owner.last_name,
            password=owner.password,
        )
    return founded
