"""What is known of the invoices that another one refers to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kontorhaus.invoicing.model import Totals
from kontorhaus.kernel.ids import DocumentId, InvoiceId
from kontorhaus.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Partial:
    """A final partial invoice that no standing final invoice has deducted; paid or not yet."""

    id: DocumentId
    number: str
    document_date: date
    totals: Totals
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Credited:
    """An invoice with what final credit notes have given back of it, and the first of them."""

    invoice_id: InvoiceId | None
    claimed: Money
    amount: Money
    first_number: str | None
    is_cancelled: bool
