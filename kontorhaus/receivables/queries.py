"""What is asked about customers and what they owe."""

from __future__ import annotations

from itertools import groupby

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import OutgoingInvoiceId, PartyId
from kontorhaus.kernel.money import Money, total
from kontorhaus.receivables import store
from kontorhaus.receivables.model import Filter, OpenCustomer, OutgoingInvoice
from kontorhaus.runtime.work import Work


def outgoing_invoices(
    work: Work, *, wanted: Filter, limit: int, offset: int
) -> tuple[list[OutgoingInvoice], int]:
    """A page of invoices, newest first, and how many match."""
    return store.matching(work, wanted=wanted, limit=limit, offset=offset)


def outgoing_invoice(work: Work, *, invoice_id: OutgoingInvoiceId) -> OutgoingInvoice:
    """One invoice with its lines; NotFound("not_found")."""
    found = store.by_id(work, invoice_id=invoice_id)
    if found is None:
        raise NotFound("not_found", "There is no such invoice.")
    return found


def open_customers(work: Work) -> list[OpenCustomer]:
    """Who owes what, by customer."""
    grouped = groupby(store.still_open(work), key=lambda found: found.party_id)
    found = [_open_customer(list(invoices)) for _, invoices in grouped]
    return sorted(found, key=lambda one: (one.party_name, one.party_id))


def _open_customer(invoices: list[OutgoingInvoice]) -> OpenCustomer:
    claims = total(found.open_amount for found in invoices if found.type == "invoice")
    credits = total(found.open_amount for found in invoices if found.type == "credit_note")
    return OpenCustomer(
        party_id=invoices[0].party_id,
        party_name=max(invoices, key=lambda found: found.invoice_date).party_name,
        total_open=claims,
        credit_note_total=credits,
        invoices=tuple(invoices),
    )


def customers(
    work: Work,
    *,
    search: str | None = None,
    is_active: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[tuple[Party, Money]], int]:
    """A page of customers, newest first, each with what it owes, and how many match."""
    parties, count = contacts.in_role(
        work, role="customer", search=search, is_active=is_active, limit=limit, offset=offset
    )
    owed = store.open_amounts(work, party_ids=[party.id for party in parties])
    return [(party, owed.get(party.id, Money.zero())) for party in parties], count


def customer(work: Work, *, party_id: PartyId) -> tuple[Party, Money]:
    """One customer and what it owes; NotFound("not_found")."""
    party = contacts.party_in_role(work, role="customer", party_id=party_id)
    return party, store.open_amounts(work, party_ids=[party_id]).get(party_id, Money.zero())
