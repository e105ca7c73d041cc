"""What an incoming invoice owes, pure."""

from __future__ import annotations

from kontorhaus.kernel.ids import IntentId
from kontorhaus.openitems.model import NewItem
from kontorhaus.payables.model import IncomingInvoice


def debt_of(invoice: IncomingInvoice, *, account: str, intent_id: IntentId) -> NewItem:
    """What a booking makes of an invoice on the vendor's account; a credit note is below zero."""
    return NewItem(
        kind="liability",
        account=account,
        party_id=invoice.party_id,
        intent_id=intent_id,
        amount=invoice.gross,
        item_date=invoice.invoice_date,
        due_date=invoice.due_date,
        reference=invoice.number,
    )
