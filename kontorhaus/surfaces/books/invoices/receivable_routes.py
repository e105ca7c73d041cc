"""Outgoing invoices and what customers owe over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.kernel.ids import InvoiceId
from kontorhaus.openitems.invoices import actions, queries
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.invoices import receivable_wire as wire
from kontorhaus.surfaces.books.invoices import wire as invoice_wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Answer

_READ = "debitoren:read"
_WRITE = "debitoren:write"
_TAGS = ("receivables",)


@books.get(
    "/v1/outgoing-invoices",
    scope=_READ,
    refusals=(400, 401, 403),
    answer=list[wire.OutgoingInvoiceRow],
    tags=_TAGS,
)
def list_outgoing_invoices(work: Work, query: wire.InvoiceQuery) -> Answer:
    """List outgoing invoices, newest first; the status follows what is still open."""
    found, count = queries.invoices(
        work, role="customer", wanted=wire.wanted(query), limit=query.limit, offset=query.offset
    )
    return Answer.listing([wire.invoice_row(invoice) for invoice in found], total=count)


@books.post(
    "/v1/outgoing-invoices",
    scope=_WRITE,
    status=201,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.OutgoingInvoiceId,
    tags=_TAGS,
)
def record_outgoing_invoice(work: Work, body: wire.OutgoingInvoiceInput) -> wire.OutgoingInvoiceId:
    """Record an invoice or credit note that was issued elsewhere.

    Net and tax are the gross total, and the lines add up to the totals. The booking that
    `intent_id` names moves the customer's account, or the collective one, by the gross amount.
    """
    invoice_id = actions.record(work, role="customer", invoice=wire.recorded(body))
    return wire.OutgoingInvoiceId(id=invoice_id)


@books.get(
    "/v1/outgoing-invoices/open-items",
    scope=_READ,
    refusals=(401, 403),
    answer=list[wire.CustomerOpenItems],
    tags=_TAGS,
)
def list_open_items(work: Work) -> list[wire.CustomerOpenItems]:
    """List what customers owe, by customer."""
    return [wire.open_items(owed) for owed in queries.open_parties(work, role="customer")]


@books.get(
    "/v1/outgoing-invoices/{id}",
    scope=_READ,
    refusals=(400, 401, 403, 404),
    answer=wire.OutgoingInvoice,
    tags=_TAGS,
)
def get_outgoing_invoice(work: Work, id: UUID) -> wire.OutgoingInvoice:
    """Show one outgoing invoice with its lines."""
    return wire.invoice(queries.invoice(work, role="customer", invoice_id=InvoiceId(id)))


@books.patch(
    "/v1/outgoing-invoices/{id}",
    scope=_WRITE,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.OutgoingInvoice,
    tags=_TAGS,
)
def change_outgoing_invoice(
    work: Work, id: UUID, body: invoice_wire.InvoiceChange
) -> wire.OutgoingInvoice:
    """Give an outgoing invoice its booking (once), its notes or its due date."""
    change = invoice_wire.change(body)
    changed = actions.change(work, role="customer", invoice_id=InvoiceId(id), change=change)
    return wire.invoice(changed)
