"""Which key pairs a caller sees: a LIVE token those of both environments, a TEST one its own."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity import queries as directory
from kontorhaus.identity.keys import store
from kontorhaus.identity.keys.model import Filter, KeyPair
from kontorhaus.identity.organizations import sight
from kontorhaus.identity.organizations.model import Organization
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import TenantId
from kontorhaus.runtime.work import Work


def pairs(
    work: Work, *, organization_id: UUID, wanted: Filter, limit: int, offset: int
) -> tuple[list[KeyPair], int]:
    """A page of the key pairs of an organization that the caller administers, and their number."""
    found = sight.administered(work, organization_id=organization_id)
    tenants = list(within_reach(work, found).values())
    rows = store.pairs(work, tenant_ids=tenants, wanted=wanted, limit=limit, offset=offset)
    return rows, store.pair_count(work, tenant_ids=tenants, wanted=wanted)


def pair(work: Work, *, organization_id: UUID, key_id: UUID) -> KeyPair:
    """One of them; NotFound("api_key")."""
    found = sight.administered(work, organization_id=organization_id)
    tenants = list(within_reach(work, found).values())
    one = store.pair(work, tenant_ids=tenants, key_id=key_id)
    if one is None:
        raise NotFound("api_key", "There is no such key.")
    return one


def within_reach(work: Work, found: Organization) -> dict[str, TenantId]:
    """The tenants of an organization whose keys the caller may touch."""
    is_live = directory.environment(work) == "LIVE"
    return {
        name: tenant_id for name, tenant_id in found.tenants.items() if is_live or name == "TEST"
    }
