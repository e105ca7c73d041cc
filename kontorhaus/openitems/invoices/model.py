"""Invoices of customers and vendors, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kontorhaus.contacts.model import Role
from kontorhaus.kernel.ids import DocumentId, FileId, IntentId, InvoiceId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.model import Kind

InvoiceType = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True)
class Side:
    """What the invoices of a role are: claims or debts, and their names in the audit trail."""

    kind: Kind
    area: str
    subject: str


SIDES: Mapping[Role, Side] = {
    "customer": Side("receivable", "receivables", "outgoing_invoice"),
    "vendor": Side("liability", "payables", "incoming_invoice"),
}


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line in the books: `unit_price` net, `tax_rate` a percentage, `total` gross.

    `account` is the revenue or expense account it goes to, where it is known.
    """

    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    tax_amount: Money
    total: Money
    tax_code: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedInvoice:
    """An invoice that was issued elsewhere, as somebody enters it; all amounts in one currency.

    `party_id` is the customer or vendor, `file_id` the stored file, `intent_id` the booking that
    put it into the books. A customer's credit note is of that type; a vendor's is below zero.
    """

    party_id: PartyId
    number: str
    invoice_date: date
    due_date: date | None
    net: Money
    tax: Money
    gross: Money
    lines: tuple[InvoiceLine, ...]
    file_id: FileId | None = None
    intent_id: IntentId | None = None
    notes: str | None = None
    type: InvoiceType = "invoice"


@dataclass(frozen=True, slots=True)
class InvoiceChange:
    """What shall change of a recorded invoice: the fields in `named`, None clears one."""

    named: frozenset[str]
    intent_id: IntentId | None = None
    notes: str | None = None
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An invoice as it is entered; `party_name` stays what it was that day.

    `account` is that of its open item, once it is booked; `document_id` what we issued it as.
    """

    id: InvoiceId
    invoice: RecordedInvoice
    party_name: str
    account: str | None = None
    document_id: DocumentId | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice with what is left of it.

    The amounts of a customer's credit note are positive and its type tells it apart; a vendor's
    credit note is an invoice below zero. `status` is draft (without a booking that stands), open,
    partially_paid, paid (a customer's booked credit note at once) or overdue; `account` is the
    account of its open item. `remaining` is in the currency of the invoice, `open_amount` what
    stands open in the books, in euros.
    """

    id: InvoiceId
    party_id: PartyId
    party_name: str
    file_id: FileId | None
    number: str
    invoice_date: date
    due_date: date | None
    net: Money
    tax: Money
    gross: Money
    type: InvoiceType
    intent_id: IntentId | None
    account: str | None
    notes: str | None
    status: str
    is_reversed: bool
    remaining: Money
    open_amount: Money
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which invoices are wanted; None means all. The days are inclusive."""

    party_id: PartyId | None = None
    status: str | None = None
    type: InvoiceType | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class OpenParty:
    """What is open with one customer or vendor, in euros.

    `credit_note_total` is what customers' credit notes give back, positive; a vendor's are below
    zero and part of `total_open`.
    """

    party_id: PartyId
    party_name: str
    total_open: Money
    credit_note_total: Money
    invoices: tuple[Invoice, ...]

    @property
    def net_open(self) -> Money:
        """What is open less the credit notes."""
        return self.total_open - self.credit_note_total
