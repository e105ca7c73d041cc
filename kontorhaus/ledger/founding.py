"""Founding an organization: its identity first, then the books of both its tenants."""

from __future__ import annotations

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, Profile, TenantSettings
from kontorhaus.ledger import actions as ledger
from kontorhaus.runtime.database import Database
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
