"""What a customer asks about its invoices.

invoices(work, *, party_id, wanted, limit, offset) -> (list[CustomerInvoice], how many match)
invoice(work, *, party_id, serial) -> CustomerInvoice
open_total(work, *, party_id) -> Money
"""

from __future__ import annotations

from kontorhaus.invoicing.customers import rules, store
from kontorhaus.invoicing.customers.model import CustomerInvoice, Filed, Filter
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.runtime.work import Work

EVERY = Filter()


def invoices(
    work: Work, *, party_id: PartyId, wanted: Filter = EVERY, limit: int = 15, offset: int = 0
) -> tuple[list[CustomerInvoice], int]:
    """A page of a customer's invoices, newest first, and how many match."""
    return store.matching(work, party_id=party_id, wanted=wanted, limit=limit, offset=offset)


def invoice(work: Work, *, party_id: PartyId, serial: int) -> CustomerInvoice:
    """One of a customer's invoices; NotFound("not_found") for any other."""
    found = store.by_serial(work, party_id=party_id, serial=serial)
    if found is None:
        raise rules.not_found()
    return found


def types(work: Work, *, party_id: PartyId) -> list[str]:
    """What kinds of things the customer was ever charged for, by name."""
    return store.types(work, party_id=party_id)


def open_total(work: Work, *, party_id: PartyId) -> Money:
    """What the customer still owes of all its invoices."""
    return store.open_total(work, party_id=party_id)


def filed(
    work: Work, *, party_id: PartyId, wanted: Filter, after: Filed | None, limit: int
) -> list[Filed]:
    """The next invoices after one, newest first, with their stored PDFs."""
    return store.filed(work, party_id=party_id, wanted=wanted, after=after, limit=limit)
