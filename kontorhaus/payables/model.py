"""Incoming invoices as debts to vendors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kontorhaus.kernel.ids import FileId, IncomingInvoiceId, IntentId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.model import InvoiceLine


@dataclass(frozen=True, slots=True)
class IncomingInvoice:
    """An incoming invoice with what is left of it; a vendor's credit note is below zero.

    `status` is draft (without a booking that stands), open, partially_paid, paid or overdue;
    `account` is the account of its open item. `remaining` is in the currency of the invoice,
    `open_amount` what stands open in the books, in euros.
    """

    id: IncomingInvoiceId
    party_id: PartyId
    party_name: str
    file_id: FileId | None
    number: str
    invoice_date: date
    due_date: date | None
    net: Money
    tax: Money
    gross: Money
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
    """Which incoming invoices are wanted; None means all. The days are inclusive."""

    party_id: PartyId | None = None
    status: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class OpenVendor:
    """What is owed to one vendor, in euros; its credit notes are taken off."""

    party_id: PartyId
    party_name: str
    total_open: Money
    invoices: tuple[IncomingInvoice, ...]
