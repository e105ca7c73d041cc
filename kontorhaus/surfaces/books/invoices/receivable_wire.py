"""The JSON shapes of outgoing invoices."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from kontorhaus.kernel.ids import PartyId
from kontorhaus.openitems.invoices import model
from kontorhaus.surfaces.books.invoices import wire as invoice_wire
from kontorhaus.surfaces.books.invoices.wire import InvoiceInput, InvoiceLine, Status
from kontorhaus.surfaces.conventions import fields

InvoiceType = Literal["invoice", "credit_note"]


class OutgoingInvoiceInput(InvoiceInput):
    """An outgoing invoice or credit note; the amounts of both are positive."""

    customer_id: fields.Id
    type: InvoiceType


class OutgoingInvoiceId(fields.Out):
    """The id of an outgoing invoice."""

    id: UUID


class InvoiceQuery(fields.Query):
    """Which outgoing invoices; the days filter the invoice date."""

    customer_id: fields.Id | None = None
    status: Status | None = None
    type: InvoiceType | None = None
    start_date: fields.Day | None = None
    end_date: fields.Day | None = None
    limit: Annotated[int, fields.whole(1, 500)] = 100
    offset: Annotated[int, fields.whole(0, None)] = 0


class OutgoingInvoiceRow(fields.Out):
    """An invoice in a list."""

    id: UUID
    customer_id: UUID
    customer_name: str
    invoice_number: str
    invoice_date: date
    due_date: date | None
    total_gross: fields.Money
    type: InvoiceType
    status: Status
    remaining_amount: fields.Money
    currency: str
    intent_id: UUID | None
    open_item_account: str | None


class OutgoingInvoice(fields.Out):
    """An invoice with its lines."""

    id: UUID
    customer_id: UUID
    customer_name: str
    document_id: UUID | None
    invoice_number: str
    invoice_date: date
    due_date: date | None
    total_net: fields.Money
    total_tax: fields.Money
    total_gross: fields.Money
    currency: str
    type: InvoiceType
    intent_id: UUID | None
    notes: str | None
    status: Status
    remaining_amount: fields.Money
    lines: list[InvoiceLine]


class OpenReceivable(fields.Out):
    """An invoice of which something is open."""

    id: UUID
    invoice_number: str
    invoice_date: date
    due_date: date | None
    total_gross: fields.Money
    type: InvoiceType
    status: Status
    remaining_amount: fields.Money
    currency: str
    intent_id: UUID
    open_item_account: str


class CustomerOpenItems(fields.Out):
    """What one customer owes."""

    customer_id: UUID
    customer_name: str
    total_open: fields.Money
    credit_note_total: fields.Money
    net_open: fields.Money
    invoices: list[OpenReceivable]


def recorded(body: OutgoingInvoiceInput) -> model.RecordedInvoice:
    """The invoice or credit note that a body describes."""
    return invoice_wire.recorded(body, PartyId(body.customer_id), body.type)


def wanted(query: InvoiceQuery) -> model.Filter:
    """The filter that a query asks for."""
    return model.Filter(
        party_id=PartyId(query.customer_id) if query.customer_id else None,
        status=query.status,
        type=query.type,
        first_day=query.start_date,
        last_day=query.end_date,
    )


def invoice_row(found: model.Invoice) -> OutgoingInvoiceRow:
    """An invoice in a list as the API shows it."""
    return invoice_wire.shown(OutgoingInvoiceRow, found, "customer")


def invoice(found: model.Invoice) -> OutgoingInvoice:
    """An invoice with its lines as the API shows it."""
    return invoice_wire.shown(OutgoingInvoice, found, "customer")


def open_items(owed: model.OpenParty) -> CustomerOpenItems:
    """What one customer owes as the API shows it."""
    return invoice_wire.open_items(CustomerOpenItems, OpenReceivable, owed, "customer")
