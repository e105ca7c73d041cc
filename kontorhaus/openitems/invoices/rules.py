"""What an invoice must be, and what a booking makes of it, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kontorhaus.contacts.model import Role
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import total
from kontorhaus.openitems.invoices.model import (
    SIDES,
    Invoice,
    InvoiceChange,
    InvoiceLine,
    OpenParty,
    RecordedInvoice,
)
from kontorhaus.openitems.model import NewItem


def check_amounts(invoice: RecordedInvoice) -> None:
    """Neither an invoice nor a credit note is below zero: the type tells them apart."""
    for field, amount in (("total_net", invoice.net), ("total_tax", invoice.tax)):
        if amount.minor < 0:
            raise Invalid(
                "invalid_input",
                "Amounts are positive: what is given back is of type credit_note.",
                field=field,
            )


def check_totals(invoice: RecordedInvoice) -> None:
    """Net and tax are the gross, and so are the lines, to the smallest unit.

    Invalid: totals_mismatch; invalid_input if a position stands twice.
    """
    currency = invoice.gross.currency
    lines = total((line.total for line in invoice.lines), currency)
    taxes = total((line.tax_amount for line in invoice.lines), currency)
    if invoice.net + invoice.tax != invoice.gross:
        raise _mismatch("total_gross", "Net and tax are not the gross total.", invoice)
    if lines != invoice.gross:
        raise _mismatch("lines", f"The lines add up to {lines}, not to the gross total.", invoice)
    if taxes != invoice.tax:
        raise _mismatch("lines", f"The tax of the lines is {taxes}, not the total tax.", invoice)
    _check_positions(invoice.lines)


def _mismatch(field: str, message: str, invoice: RecordedInvoice) -> Invalid:
    return Invalid(
        "totals_mismatch",
        message,
        field=field,
        total_net=invoice.net.decimal,
        total_tax=invoice.tax.decimal,
        total_gross=invoice.gross.decimal,
    )


def _check_positions(lines: Sequence[InvoiceLine]) -> None:
    seen: set[int] = set()
    for place, line in enumerate(lines):
        if line.position in seen:
            raise Invalid(
                "invalid_input",
                f"Position {line.position} stands twice.",
                field=f"lines.{place}.position",
            )
        seen.add(line.position)


def check_change(change: InvoiceChange) -> None:
    """A change names something; Invalid("no_changes")."""
    if not change.named:
        raise Invalid("no_changes", "Name at least one of intent_id, notes and due_date.")


def check_unbooked(intent_id: IntentId | None, is_reversed: bool) -> None:
    """A booking is given once, or again after a reversal; Conflict("intent_already_set")."""
    if intent_id is not None and not is_reversed:
        raise Conflict(
            "intent_already_set",
            "This invoice hangs on a booking already: reverse that one first.",
            intent_id=str(intent_id),
        )


def changed(invoice: Invoice, change: InvoiceChange) -> Invoice:
    """The invoice with the notes and the due date that a change names."""
    return replace(
        invoice,
        due_date=change.due_date if "due_date" in change.named else invoice.due_date,
        notes=change.notes if "notes" in change.named else invoice.notes,
    )


def item_of(
    invoice: Invoice | RecordedInvoice,
    *,
    role: Role,
    account: str,
    intent_id: IntentId,
    waits: bool = False,
) -> NewItem:
    """What a booking makes of an invoice on the party's account; a credit note is below zero."""
    return NewItem(
        kind=SIDES[role].kind,
        account=account,
        party_id=invoice.party_id,
        intent_id=intent_id,
        amount=invoice.gross if invoice.type == "invoice" else -invoice.gross,
        item_date=invoice.invoice_date,
        due_date=invoice.due_date,
        reference=invoice.number,
        waits=waits,
    )


def open_party(invoices: Sequence[Invoice]) -> OpenParty:
    """What is open with the one party of these invoices, which has the name of the latest."""
    return OpenParty(
        party_id=invoices[0].party_id,
        party_name=max(invoices, key=lambda found: found.invoice_date).party_name,
        total_open=total(found.open_amount for found in invoices if found.type == "invoice"),
        credit_note_total=total(
            found.open_amount for found in invoices if found.type == "credit_note"
        ),
        invoices=tuple(invoices),
    )
