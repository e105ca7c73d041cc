"""Customers, outgoing invoices and open items over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.kernel.ids import OutgoingInvoiceId, PartyId
from kontorhaus.receivables import queries as receivables
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books import receivable_wire as wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Answer

_SCOPE = "debitoren:read"
_READ = (400, 401, 403)


@books.get(
    "/v1/customers", scope=_SCOPE, refusals=_READ, answer=list[wire.PartyRow], tags=("receivables",)
)
def list_customers(work: Work, query: wire.CustomerQuery) -> Answer:
    """List customers, newest first."""
    found, count = receivables.customers(
        work,
        search=query.search,
        is_active=query.is_active,
        limit=query.limit,
        offset=query.offset,
    )
    return Answer.listing([wire.party_row(party, owed) for party, owed in found], total=count)


@books.get(
    "/v1/customers/{id}",
    scope=_SCOPE,
    refusals=(*_READ, 404),
    answer=wire.PartyOut,
    tags=("receivables",),
)
def get_customer(work: Work, id: UUID) -> wire.PartyOut:
    """Show one customer."""
    return wire.party(*receivables.customer(work, party_id=PartyId(id)))


@books.get(
    "/v1/outgoing-invoices",
    scope=_SCOPE,
    refusals=_READ,
    answer=list[wire.OutgoingInvoiceRow],
    tags=("receivables",),
)
def list_outgoing_invoices(work: Work, query: wire.InvoiceQuery) -> Answer:
    """List outgoing invoices, newest first; the status follows what is still open."""
    found, count = receivables.outgoing_invoices(
        work, wanted=wire.wanted(query), limit=query.limit, offset=query.offset
    )
    return Answer.listing([wire.invoice_row(invoice) for invoice in found], total=count)


@books.get(
    "/v1/outgoing-invoices/open-items",
    scope=_SCOPE,
    refusals=(401, 403),
    answer=list[wire.CustomerOpenItems],
    tags=("receivables",),
)
def list_open_items(work: Work) -> list[wire.CustomerOpenItems]:
    """List what customers owe, by customer."""
    return [wire.open_items(owed) for owed in receivables.open_customers(work)]


@books.get(
    "/v1/outgoing-invoices/{id}",
    scope=_SCOPE,
    refusals=(*_READ, 404),
    answer=wire.OutgoingInvoice,
    tags=("receivables",),
)
def get_outgoing_invoice(work: Work, id: UUID) -> wire.OutgoingInvoice:
    """Show one outgoing invoice with its lines."""
    return wire.invoice(receivables.outgoing_invoice(work, invoice_id=OutgoingInvoiceId(id)))
