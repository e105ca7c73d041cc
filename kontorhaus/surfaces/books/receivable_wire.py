"""The JSON shapes of customers and their invoices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from kontorhaus.contacts.model import Party
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.receivables import model
from kontorhaus.surfaces.conventions import fields

Status = Literal["draft", "open", "partially_paid", "paid", "overdue"]
InvoiceType = Literal["invoice", "credit_note"]

_HUNDRED = Decimal(100)


class InvoiceQuery(fields.Query):
    """Which outgoing invoices; the days filter the invoice date."""

    customer_id: fields.Id | None = None
    status: Status | None = None
    type: InvoiceType | None = None
    start_date: fields.Day | None = None
    end_date: fields.Day | None = None
    limit: Annotated[int, fields.whole(1, 500)] = 100
    offset: Annotated[int, fields.whole(0, None)] = 0


class CustomerQuery(fields.Query):
    """Which customers; `search` looks into name and VAT id."""

    search: Annotated[str, fields.text(0, 200)] | None = None
    is_active: bool | None = None
    limit: Annotated[int, fields.whole(1, 500)] = 50
    offset: Annotated[int, fields.whole(0, None)] = 0


class Address(fields.Out):
    """A postal address."""

    street: str
    city: str
    zip: str
    country: str


class PartyRow(fields.Out):
    """A customer in a list."""

    id: UUID
    name: str
    vat_id: str | None
    iban: str | None
    default_account: str | None
    is_active: bool
    open_amount: fields.Money
    account_number: str


class PartyOut(fields.Out):
    """A customer with everything that is known of it."""

    id: UUID
    name: str
    tax_id: str | None
    vat_id: str | None
    iban: str | None
    bic: str | None
    address: Address | None
    default_account: str | None
    notes: str | None
    is_active: bool
    open_amount: fields.Money
    account_number: str


class InvoiceLine(fields.Out):
    """One line of an invoice; `unit_price` is net, `line_total` gross."""

    position: int
    description: str
    quantity: fields.Quantity
    unit_price: fields.Price
    tax_rate: fields.Fraction
    tax_amount: fields.Money
    line_total: fields.Money
    account_number: str | None


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


def wanted(query: InvoiceQuery) -> model.Filter:
    """The filter that a query asks for."""
    return model.Filter(
        party_id=PartyId(query.customer_id) if query.customer_id else None,
        status=query.status,
        type=query.type,
        first_day=query.start_date,
        last_day=query.end_date,
    )


def invoice_row(found: model.OutgoingInvoice) -> OutgoingInvoiceRow:
    """An invoice in a list as the API shows it."""
    return OutgoingInvoiceRow.model_construct(
        id=found.id,
        customer_id=found.party_id,
        customer_name=found.party_name,
        invoice_number=found.number,
        invoice_date=found.invoice_date,
        due_date=found.due_date,
        total_gross=found.gross,
        type=found.type,
        status=found.status,
        remaining_amount=found.remaining,
        currency=found.gross.currency,
        intent_id=found.intent_id,
        open_item_account=found.account,
    )


def invoice(found: model.OutgoingInvoice) -> OutgoingInvoice:
    """An invoice with its lines as the API shows it."""
    return OutgoingInvoice.model_construct(
        id=found.id,
        customer_id=found.party_id,
        customer_name=found.party_name,
        document_id=None,
        invoice_number=found.number,
        invoice_date=found.invoice_date,
        due_date=found.due_date,
        total_net=found.net,
        total_tax=found.tax,
        total_gross=found.gross,
        currency=found.gross.currency,
        type=found.type,
        intent_id=found.intent_id,
        notes=found.notes,
        status=found.status,
        remaining_amount=found.remaining,
        lines=[_line(line) for line in found.lines],
    )


def open_items(owed: model.OpenCustomer) -> CustomerOpenItems:
    """What one customer owes as the API shows it."""
    return CustomerOpenItems(
        customer_id=owed.party_id,
        customer_name=owed.party_name,
        total_open=owed.total_open,
        credit_note_total=owed.credit_note_total,
        net_open=owed.net_open,
        invoices=[_open(found) for found in owed.invoices],
    )


def party_row(party: Party, owed: Money) -> PartyRow:
    """A customer in a list as the API shows it."""
    details = party.details
    return PartyRow(
        id=party.id,
        name=details.name,
        vat_id=details.vat_id,
        iban=details.iban,
        default_account=details.revenue_account,
        is_active=party.customer_is_active,
        open_amount=owed,
        account_number=party.customer_account or "",
    )


def party(found: Party, owed: Money) -> PartyOut:
    """A customer as the API shows it."""
    details = found.details
    return PartyOut(
        id=found.id,
        name=details.name,
        tax_id=details.tax_id,
        vat_id=details.vat_id,
        iban=details.iban,
        bic=details.bic,
        address=_address(found),
        default_account=details.revenue_account,
        notes=details.notes,
        is_active=found.customer_is_active,
        open_amount=owed,
        account_number=found.customer_account or "",
    )


def _address(found: Party) -> Address | None:
    """Street, post code and town: the last line that begins with a post code has both."""
    lines = list(found.details.address)
    if not lines:
        return None
    town = next((line for line in reversed(lines) if line.split(" ")[0].isdigit()), "")
    code, _, city = town.partition(" ")
    street = next((line for line in lines if line != town), "")
    return Address(street=street, city=city, zip=code, country=found.details.country_code or "DE")


def _line(line: model.InvoiceLine) -> InvoiceLine:
    return InvoiceLine.model_construct(
        position=line.position,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate / _HUNDRED,
        tax_amount=line.tax_amount,
        line_total=line.total,
        account_number=line.account,
    )


def _open(found: model.OutgoingInvoice) -> OpenReceivable:
    return OpenReceivable.model_construct(
        id=found.id,
        invoice_number=found.number,
        invoice_date=found.invoice_date,
        due_date=found.due_date,
        total_gross=found.gross,
        type=found.type,
        status=found.status,
        remaining_amount=found.remaining,
        currency=found.gross.currency,
        intent_id=found.intent_id,
        open_item_account=found.account,
    )
