"""The JSON shapes of incoming invoices."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from kontorhaus.kernel.ids import PartyId
from kontorhaus.openitems.invoices import model
from kontorhaus.surfaces.books.invoices import wire as invoice_wire
from kontorhaus.surfaces.books.invoices.wire import InvoiceInput, InvoiceLine, Status
from kontorhaus.surfaces.conventions import fields


class IncomingInvoiceInput(InvoiceInput):
    """A vendor's invoice; the amounts of its credit note are below zero."""

    vendor_id: fields.Id


class IncomingInvoiceId(fields.Out):
    """The id of an incoming invoice."""

    id: UUID


class IncomingInvoiceQuery(fields.Query):
    """Which incoming invoices; the days filter the invoice date."""

    vendor_id: fields.Id | None = None
    status: Status | None = None
    start_date: fields.Day | None = None
    end_date: fields.Day | None = None
    limit: Annotated[int, fields.whole(1, 500)] = 100
    offset: Annotated[int, fields.whole(0, None)] = 0


class IncomingInvoiceRow(fields.Out):
    """An incoming invoice in a list."""

    id: UUID
    vendor_id: UUID
    vendor_name: str
    invoice_number: str
    invoice_date: date
    due_date: date | None
    total_gross: fields.Money
    status: Status
    remaining_amount: fields.Money
    currency: str
    intent_id: UUID | None
    open_item_account: str | None


class IncomingInvoice(fields.Out):
    """An incoming invoice with its lines."""

    id: UUID
    vendor_id: UUID
    vendor_name: str
    document_id: UUID | None
    invoice_number: str
    invoice_date: date
    due_date: date | None
    total_net: fields.Money
    total_tax: fields.Money
    total_gross: fields.Money
    currency: str
    intent_id: UUID | None
    notes: str | None
    status: Status
    remaining_amount: fields.Money
    lines: list[InvoiceLine]


class OpenPayable(fields.Out):
    """An incoming invoice of which something is open."""

    id: UUID
    invoice_number: str
    invoice_date: date
    due_date: date | None
    total_gross: fields.Money
    status: Status
    remaining_amount: fields.Money
    currency: str
    intent_id: UUID
    open_item_account: str


class VendorOpenItems(fields.Out):
    """What is owed to one vendor, in euros."""

    vendor_id: UUID
    vendor_name: str
    total_open: fields.Money
    invoices: list[OpenPayable]


def recorded(body: IncomingInvoiceInput) -> model.RecordedInvoice:
    """The invoice that a body describes."""
    return invoice_wire.recorded(body, PartyId(body.vendor_id))


def wanted(query: IncomingInvoiceQuery) -> model.Filter:
    """The filter that a query asks for."""
    return model.Filter(
        party_id=PartyId(query.vendor_id) if query.vendor_id else None,
        status=query.status,
        first_day=query.start_date,
        last_day=query.end_date,
    )


def invoice_row(found: model.Invoice) -> IncomingInvoiceRow:
    """An invoice in a list as the API shows it."""
    return invoice_wire.shown(IncomingInvoiceRow, found, "vendor")


def invoice(found: model.Invoice) -> IncomingInvoice:
    """An invoice with its lines as the API shows it."""
    return invoice_wire.shown(IncomingInvoice, found, "vendor")


def open_items(owed: model.OpenParty) -> VendorOpenItems:
    """What is owed to one vendor as the API shows it."""
    return invoice_wire.open_items(VendorOpenItems, OpenPayable, owed, "vendor")
