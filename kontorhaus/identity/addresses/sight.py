"""Which billing addresses a caller sees: those of every organization that it sees."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity.addresses import store
from kontorhaus.identity.addresses.model import BillingAddress
from kontorhaus.identity.organizations import sight
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.work import Work


def addresses(work: Work) -> list[BillingAddress]:
    """All of them, the oldest first."""
    return store.addresses(work, organization_ids=[one.id for one in sight.seen(work)])


def address(work: Work, *, address_id: UUID) -> BillingAddress:
    """One of them; NotFound("billing_address")."""
    seen = [one.id for one in sight.seen(work)]
    found = store.address(work, organization_ids=seen, address_id=address_id)
    if found is None:
        raise NotFound("billing_address", "There is no such billing address.")
    return found
