"""What is asked about vendors and what is owed to them."""

from __future__ import annotations

from itertools import groupby

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import IncomingInvoiceId, PartyId
from kontorhaus.kernel.money import Money, total
from kontorhaus.payables import store
from kontorhaus.payables.model import Filter, IncomingInvoice, OpenVendor
from kontorhaus.runtime.work import Work


def incoming_invoices(
    work: Work, *, wanted: Filter, limit: int, offset: int
) -> tuple[list[IncomingInvoice], int]:
    """A page of invoices, newest first, and how many match."""
    return store.matching(work, wanted=wanted, limit=limit, offset=offset)


def incoming_invoice(work: Work, *, invoice_id: IncomingInvoiceId) -> IncomingInvoice:
    """One invoice with its lines; NotFound("not_found")."""
    found = store.by_id(work, invoice_id=invoice_id)
    if found is None:
        raise NotFound("not_found", "There is no such invoice.")
    return found


def open_vendors(work: Work) -> list[OpenVendor]:
    """What is owed to whom, by vendor."""
    grouped = groupby(store.still_open(work), key=lambda found: found.party_id)
    found = [_open_vendor(list(invoices)) for _, invoices in grouped]
    return sorted(found, key=lambda one: (one.party_name, one.party_id))


def _open_vendor(invoices: list[IncomingInvoice]) -> OpenVendor:
    return OpenVendor(
        party_id=invoices[0].party_id,
        party_name=max(invoices, key=lambda found: found.invoice_date).party_name,
        total_open=total(found.open_amount for found in invoices),
        invoices=tuple(invoices),
    )


def vendors(
    work: Work,
    *,
    search: str | None = None,
    is_active: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[tuple[Party, Money]], int]:
    """A page of vendors, newest first, each with what is owed to it, and how many match."""
    parties, count = contacts.in_role(
        work, role="vendor", search=search, is_active=is_active, limit=limit, offset=offset
    )
    owed = store.open_amounts(work, party_ids=[party.id for party in parties])
    return [(party, owed.get(party.id, Money.zero())) for party in parties], count


def vendor(work: Work, *, party_id: PartyId) -> tuple[Party, Money]:
    """One vendor and what is owed to it; NotFound("not_found")."""
    party = contacts.party_in_role(work, role="vendor", party_id=party_id)
    return party, store.open_amounts(work, party_ids=[party_id]).get(party_id, Money.zero())
