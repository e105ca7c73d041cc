"""Incoming invoices and what is owed to vendors over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.kernel.ids import InvoiceId
from kontorhaus.openitems.invoices import actions, queries
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.invoices import payable_wire as wire
from kontorhaus.surfaces.books.invoices import wire as invoice_wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Answer

_READ = "kreditoren:read"
_WRITE = "kreditoren:write"
_TAGS = ("payables",)


@books.get(
    "/v1/invoices",
    scope=_READ,
    refusals=(400, 401, 403),
    answer=list[wire.IncomingInvoiceRow],
    tags=_TAGS,
)
def list_incoming_invoices(work: Work, query: wire.IncomingInvoiceQuery) -> Answer:
    """List incoming invoices, newest first; the status follows what is still open."""
    found, count = queries.invoices(
        work, role="vendor", wanted=wire.wanted(query), limit=query.limit, offset=query.offset
    )
    return Answer.listing([wire.invoice_row(invoice) for invoice in found], total=count)


@books.post(
    "/v1/invoices",
    scope=_WRITE,
    status=201,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.IncomingInvoiceId,
    tags=_TAGS,
)
def record_incoming_invoice(work: Work, body: wire.IncomingInvoiceInput) -> wire.IncomingInvoiceId:
    """Record an invoice of a vendor.

    Net and tax are the gross total, and the lines add up to the totals; a credit note is below
    zero. The booking that `intent_id` names moves the vendor's account, or the collective one, by
    the gross amount.
    """
    invoice_id = actions.record(work, role="vendor", invoice=wire.recorded(body))
    return wire.IncomingInvoiceId(id=invoice_id)


@books.get(
    "/v1/invoices/open-items",
    scope=_READ,
    refusals=(401, 403),
    answer=list[wire.VendorOpenItems],
    tags=_TAGS,
)
def list_payables(work: Work) -> list[wire.VendorOpenItems]:
    """List what is owed to vendors, by vendor."""
    return [wire.open_items(owed) for owed in queries.open_parties(work, role="vendor")]


@books.get(
    "/v1/invoices/{id}",
    scope=_READ,
    refusals=(400, 401, 403, 404),
    answer=wire.IncomingInvoice,
    tags=_TAGS,
)
def get_incoming_invoice(work: Work, id: UUID) -> wire.IncomingInvoice:
    """Show one incoming invoice with its lines."""
    return wire.invoice(queries.invoice(work, role="vendor", invoice_id=InvoiceId(id)))


@books.patch(
    "/v1/invoices/{id}",
    scope=_WRITE,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.IncomingInvoice,
    tags=_TAGS,
)
def change_incoming_invoice(
    work: Work, id: UUID, body: invoice_wire.InvoiceChange
) -> wire.IncomingInvoice:
    """Give an incoming invoice its booking (once), its notes or its due date."""
    change = invoice_wire.change(body)
    changed = actions.change(work, role="vendor", invoice_id=InvoiceId(id), change=change)
    return wire.invoice(changed)
