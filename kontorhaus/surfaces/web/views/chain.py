"""What belongs to an invoice: its cancellation, and the documents before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kontorhaus.invoicing.model import Document
from kontorhaus.ledger import queries as ledger
from kontorhaus.runtime.work import Work


@dataclass(frozen=True)
class Cancelled:
    """What took the invoice back: its number, its booking, and what became the customer's credit.

    `reversal_href` is empty where the booking had been reversed before.
    """

    number: str
    day: date
    reason: str
    reversal_href: str


@dataclass(frozen=True)
class Related:
    """A document before or after this one; `href` is empty where it has no page."""

    relation: str
    type: str
    number: str
    href: str


def cancelled(work: Work, document: Document) -> Cancelled | None:
    """What took an invoice back, if it was taken back."""
    found = document.cancellation
    if found is None:
        return None
    intent_id = document.claim.intent_id if document.claim else None
    reversal = ledger.intent(work, intent_id=intent_id).reversed_by if intent_id else None
    return Cancelled(
        number=found.number,
        day=found.cancelled_date,
        reason=found.reason or "",
        reversal_href=f"/journal/{reversal}" if reversal and found.invoice_id else "",
    )


def related(document: Document) -> Iterator[Related]:
    """The documents before and after this one."""
    for relation, others in (
        ("parent", (document.parent,) if document.parent else ()),
        ("successor", document.successors),
    ):
        for each in others:
            href = f"/invoices/{each.public_id}" if each.type == "invoice" else ""
            yield Related(relation, each.type, each.number, href)
