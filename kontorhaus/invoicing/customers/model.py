"""What a customer sees of its invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kontorhaus.invoicing.model import ExportType, Language
from kontorhaus.kernel.money import Money

Status = Literal["Unpaid", "Payment Pending", "Paid", "Cancelled", "Refunded", "Collections"]
Gateway = Literal["banktransfer", "directdebit", "manual"]

OPEN: tuple[Status, ...] = ("Unpaid", "Payment Pending", "Collections")
# The type of a line that names neither one nor a product with one.
USUAL_TYPE = "Item"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which invoices are wanted; None means all. `status` and `type` compare without case."""

    status: str | None = None
    type: str | None = None
    with_payments: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line: `amount` gross, as the invoice shows it; `text` the title and what follows it.

    `related_id` is the contract in the seller's system, 0 if none.
    """

    id: int
    type: str
    title: str
    text: str
    related_id: int
    amount: Money
    is_taxed: bool
    is_donation: bool
    donator_name: str | None
    donator_text: str | None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in for an invoice; `id` is the journal number of its booking."""

    id: int
    day: date
    amount: Money
    gateway: Gateway


@dataclass(frozen=True, slots=True)
class Filed:
    """An invoice with the stored PDF of it; `sha256` is None where none was rendered yet."""

    serial: int
    public_id: str
    number: str
    invoice_date: date
    export_type: ExportType
    sha256: str | None


@dataclass(frozen=True, slots=True)
class CustomerInvoice:
    """An issued invoice as its customer sees it.

    `serial` is its number among programs, `public_id` that of the document. `credit` was applied
    to it and is not taken off `gross`; `remaining` is what is left to pay. `rate` is the percentage
    of the first line; `payment` the latest one.
    """

    serial: int
    public_id: str
    number: str
    status: Status
    language: Language
    export_type: ExportType
    invoice_date: date
    due_date: date
    paid_on: date | None
    net: Money
    tax: Money
    gross: Money
    credit: Money
    remaining: Money
    rate: Decimal
    items: tuple[Item, ...]
    payment: Payment | None

    @property
    def is_open(self) -> bool:
        """Whether the customer still owes something."""
        return self.status in OPEN

    @property
    def has_donation(self) -> bool:
        """Whether a line of it is a donation."""
        return any(item.is_donation for item in self.items)
