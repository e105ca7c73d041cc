"""Vendors over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.kernel.ids import PartyId
from kontorhaus.ledger import personal_accounts
from kontorhaus.openitems.invoices import actions, queries
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.parties import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Answer

_READ = "kreditoren:read"
_WRITE = "kreditoren:write"
_TAGS = ("vendors",)


@books.get(
    "/v1/vendors", scope=_READ, refusals=(400, 401, 403), answer=list[wire.PartyRow], tags=_TAGS
)
def list_vendors(work: Work, query: wire.PartyQuery) -> Answer:
    """List vendors, newest first."""
    found, count = queries.parties(
        work,
        role="vendor",
        search=query.search,
        is_active=query.is_active,
        limit=query.limit,
        offset=query.offset,
    )
    rows = [wire.party_row(party, owed, "vendor") for party, owed in found]
    return Answer.listing(rows, total=count)


@books.post(
    "/v1/vendors",
    scope=_WRITE,
    status=201,
    refusals=(400, 401, 403, 409),
    answer=wire.PartyOut,
    tags=_TAGS,
)
def create_vendor(work: Work, body: wire.PartyInput) -> wire.PartyOut:
    """Create a vendor with its personal account.

    A customer of the same name of which nothing else is known becomes a vendor, too: one party.
    """
    details = wire.details(body, "vendor")
    party = personal_accounts.register(work, role="vendor", details=details)
    return _shown(work, party.id)


@books.get(
    "/v1/vendors/{id}",
    scope=_READ,
    refusals=(400, 401, 403, 404),
    answer=wire.PartyOut,
    tags=_TAGS,
)
def get_vendor(work: Work, id: UUID) -> wire.PartyOut:
    """Show one vendor."""
    return _shown(work, PartyId(id))


@books.put(
    "/v1/vendors/{id}",
    scope=_WRITE,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.PartyOut,
    tags=_TAGS,
)
def change_vendor(work: Work, id: UUID, body: wire.PartyChange) -> wire.PartyOut:
    """Change a vendor; a field left out stays, null clears it."""
    changes = wire.changes(body, "vendor")
    personal_accounts.amend(work, role="vendor", party_id=PartyId(id), changes=changes)
    return _shown(work, PartyId(id))


@books.delete(
    "/v1/vendors/{id}",
    scope=_WRITE,
    status=200,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.PartyOut,
    tags=_TAGS,
)
def remove_vendor(work: Work, id: UUID) -> wire.PartyOut:
    """Make a vendor inactive; the books keep it."""
    actions.remove_party(work, role="vendor", party_id=PartyId(id))
    return _shown(work, PartyId(id))


def _shown(work: Work, party_id: PartyId) -> wire.PartyOut:
    return wire.party(*queries.party(work, role="vendor", party_id=party_id), "vendor")
