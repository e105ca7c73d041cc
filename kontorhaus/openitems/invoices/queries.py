"""What is asked about customers and vendors, their invoices and what is open on them."""

from __future__ import annotations

from itertools import groupby

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party, Role
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import InvoiceId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.invoices import rules, store
from kontorhaus.openitems.invoices.model import Filter, Invoice, OpenParty
from kontorhaus.runtime.work import Work


def invoices(
    work: Work, *, role: Role, wanted: Filter, limit: int, offset: int
) -> tuple[list[Invoice], int]:
    """A page of invoices, newest first, and how many match."""
    return store.matching(work, role=role, wanted=wanted, limit=limit, offset=offset)


def invoice(work: Work, *, role: Role, invoice_id: InvoiceId) -> Invoice:
    """One invoice with its lines; NotFound("not_found")."""
    found = store.by_id(work, role=role, invoice_id=invoice_id)
    if found is None:
        raise NotFound("not_found", "There is no such invoice.")
    return found


def open_parties(work: Work, *, role: Role) -> list[OpenParty]:
    """What is open with whom, by name."""
    grouped = groupby(store.still_open(work, role=role), key=lambda found: found.party_id)
    found = [rules.open_party(list(of_one)) for _, of_one in grouped]
    return sorted(found, key=lambda one: (one.party_name, one.party_id))


def parties(
    work: Work,
    *,
    role: Role,
    search: str | None = None,
    is_active: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[tuple[Party, Money]], int]:
    """A page of customers or vendors, newest first, each with what is open, and how many match."""
    found, count = contacts.in_role(
        work, role=role, search=search, is_active=is_active, limit=limit, offset=offset
    )
    owed = store.open_amounts(work, role=role, party_ids=[party.id for party in found])
    return [(party, owed.get(party.id, Money.zero())) for party in found], count


def party(work: Work, *, role: Role, party_id: PartyId) -> tuple[Party, Money]:
    """One customer or vendor and what is open with it; NotFound("not_found")."""
    found = contacts.party_in_role(work, role=role, party_id=party_id)
    owed = store.open_amounts(work, role=role, party_ids=[party_id])
    return found, owed.get(party_id, Money.zero())
