"""The JSON shapes that outgoing and incoming invoices share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field

from kontorhaus.contacts.model import Role
from kontorhaus.kernel.errors import Invalid, Refusal
from kontorhaus.kernel.ids import FileId, IntentId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.invoices import model
from kontorhaus.surfaces.conventions import fields

Status = Literal["draft", "open", "partially_paid", "paid", "overdue"]

Shape = TypeVar("Shape", bound=fields.Out)

_HUNDRED = Decimal(100)


def _above_zero(value: Decimal) -> Decimal:
    if value <= 0:
        raise fields.refused("must be above 0")
    return value


class InvoiceLineInput(fields.In):
    """One line of an invoice; `unit_price` is net, `line_total` gross, `tax_rate` 0.19 for 19 %."""

    position: Annotated[int, fields.whole(1)]
    description: Annotated[str, fields.text(0, 500)]
    quantity: Annotated[fields.Quantity, AfterValidator(_above_zero)]
    unit_price: fields.Price
    tax_rate: fields.Fraction
    tax_amount: fields.Amount
    line_total: fields.Amount
    account_number: Annotated[str, fields.text(0, 9)] | None = None


class InvoiceInput(fields.In):
    """An invoice that was issued elsewhere; with `intent_id`, its booking, it is open at once."""

    document_id: fields.Id | None = None
    invoice_number: Annotated[str, fields.text(1, 100)]
    invoice_date: fields.Day
    due_date: fields.Day | None = None
    total_net: fields.Amount
    total_tax: fields.Amount
    total_gross: fields.Amount
    currency: fields.Currency = "EUR"
    intent_id: fields.Id | None = None
    notes: Annotated[str, fields.text(0, 2000)] | None = None
    lines: Annotated[list[InvoiceLineInput], Field(min_length=1, max_length=1000)]


class InvoiceChange(fields.In):
    """What changes of an invoice: its booking (once), its notes, its due date; null clears."""

    intent_id: fields.Id = Field(default=None)  # type: ignore[assignment]
    notes: Annotated[str, fields.text(0, 2000)] | None = None
    due_date: fields.Day | None = None


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


def recorded(
    body: InvoiceInput, party_id: PartyId, type: model.InvoiceType = "invoice"
) -> model.RecordedInvoice:
    """The invoice that a body describes."""
    return model.RecordedInvoice(
        party_id=party_id,
        number=body.invoice_number.strip(),
        invoice_date=body.invoice_date,
        due_date=body.due_date,
        net=_money(body.total_net, body.currency, "total_net"),
        tax=_money(body.total_tax, body.currency, "total_tax"),
        gross=_money(body.total_gross, body.currency, "total_gross"),
        lines=_lines(body.lines, body.currency),
        file_id=FileId(body.document_id) if body.document_id else None,
        intent_id=IntentId(body.intent_id) if body.intent_id else None,
        notes=body.notes,
        type=type,
    )


def _lines(given: Sequence[InvoiceLineInput], currency: str) -> tuple[model.InvoiceLine, ...]:
    return tuple(
        model.InvoiceLine(
            position=line.position,
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate * _HUNDRED,
            tax_amount=_money(line.tax_amount, currency, f"lines.{place}.tax_amount"),
            total=_money(line.line_total, currency, f"lines.{place}.line_total"),
            account=line.account_number or None,
        )
        for place, line in enumerate(given)
    )


def _money(amount: Decimal, currency: str, field: str) -> Money:
    try:
        return Money.exact(amount, currency)
    except Refusal as refusal:
        raise Invalid("invalid_input", refusal.message, field=field) from refusal


def change(body: InvoiceChange) -> model.InvoiceChange:
    """What a body changes of an invoice."""
    return model.InvoiceChange(
        named=frozenset(body.model_fields_set),
        intent_id=IntentId(body.intent_id) if body.intent_id else None,
        notes=body.notes,
        due_date=body.due_date,
    )


def shown(shape: type[Shape], found: model.Invoice, role: Role) -> Shape:
    """An invoice in one of the shapes that the API has for it; each takes the fields it has."""
    said: dict[str, Any] = {
        "id": found.id,
        f"{role}_id": found.party_id,
        f"{role}_name": found.party_name,
        "document_id": found.file_id,
        "invoice_number": found.number,
        "invoice_date": found.invoice_date,
        "due_date": found.due_date,
        "total_net": found.net,
        "total_tax": found.tax,
        "total_gross": found.gross,
        "currency": found.gross.currency,
        "type": found.type,
        "intent_id": found.intent_id,
        "open_item_account": found.account,
        "notes": found.notes,
        "status": found.status,
        "remaining_amount": found.remaining,
    }
    if "lines" in shape.model_fields:
        said["lines"] = [_line(one) for one in sorted(found.lines, key=lambda one: one.position)]
    return shape.model_construct(**said)


def open_items(
    shape: type[Shape], item_shape: type[fields.Out], owed: model.OpenParty, role: Role
) -> Shape:
    """What is open with one party, in its shape and that of its invoices."""
    said: dict[str, Any] = {
        f"{role}_id": owed.party_id,
        f"{role}_name": owed.party_name,
        "total_open": owed.total_open,
        "credit_note_total": owed.credit_note_total,
        "net_open": owed.net_open,
        "invoices": [shown(item_shape, found, role) for found in owed.invoices],
    }
    return shape.model_construct(**said)


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
