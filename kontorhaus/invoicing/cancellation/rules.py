"""Which invoices may be cancelled, and what their cancellation says (§ 14c, § 17 (1) UStG)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kontorhaus.invoicing import supply
from kontorhaus.invoicing.model import Document, Preceding, Seller, Snapshot
from kontorhaus.kernel.errors import Conflict


def check_cancellable(document: Document) -> None:
    """Conflict unless it is a final invoice that claims something and was not cancelled before."""
    if document.type != "invoice":
        raise Conflict("not_an_invoice", "Only an invoice is cancelled; delete it as a draft.")
    if document.finalized_at is None:
        raise Conflict("not_final", "A draft is not cancelled: change or delete it.")
    if document.cancellation is not None:
        raise _cancelled(document.cancellation.number)
    if document.content.is_credit:
        raise Conflict(
            "credit_note", "A credit note is not cancelled: write an invoice over what it gave."
        )


def is_cancellable(document: Document) -> bool:
    """Whether it is a final invoice that could be cancelled."""
    try:
        check_cancellable(document)
    except Conflict:
        return False
    return True


def _cancelled(number: str) -> Conflict:
    return Conflict("cancelled", f"The invoice was cancelled by {number} before.")


def check_not_deducted(final: str | None) -> None:
    """Conflict("deducted") for a down payment that a final invoice has taken off."""
    if final:
        raise Conflict("deducted", f"The final invoice {final} deducts it: cancel that one first.")


def check_not_credited(credit_note: str | None) -> None:
    """Conflict("credited") where a credit note has given back a part already."""
    if credit_note:
        raise Conflict(
            "credited",
            f"{credit_note} has given back a part of it: credit the rest instead of cancelling.",
        )


def snapshot(original: Snapshot, *, number: str, day: date, seller: Seller) -> Snapshot:
    """What the cancellation of an invoice is made from: the same supply, given back.

    It is issued by the company as it is on that day, taxed as the invoice was, and names the day
    of supply even where the invoice left it to its own date.
    """
    content = supply.with_supply_day(original.content)
    as_taxed = replace(
        seller,
        currency=original.seller.currency,
        small_trader=original.seller.small_trader,
        small_trader_text=original.seller.small_trader_text,
    )
    return replace(
        original,
        number=number,
        finalized=False,
        content=replace(
            content,
            form="cancellation",
            document_date=day,
            introduction=None,
            notes=None,
        ),
        seller=as_taxed,
        due_date=day,
        preceding=(Preceding(original.number, content.document_date),),
    )
