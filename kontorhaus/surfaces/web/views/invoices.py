"""Invoices: the list with its filters, and one invoice with its entry, its lines and its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from kontorhaus.kernel.money import Money
from kontorhaus.surfaces.web.views.shell import Pages

SHOWN = ("all", "open", "overdue", "draft")


@dataclass(frozen=True)
class InvoiceRow:
    """One line of the list; `state` is draft, open, partial, paid, overdue or cancelled."""

    href: str
    number: str
    customer: str
    day: date
    due_day: date | None
    days_overdue: int
    format: str
    gross: Money
    remaining: Money
    state: str


@dataclass(frozen=True)
class InvoiceList:
    """The page; `counts` by filter, `first` to `last` of `total` rows are shown."""

    show: str
    counts: dict[str, int]
    rows: tuple[InvoiceRow, ...]
    open_total: Money
    gross_sum: Money
    remaining_sum: Money
    first: int
    last: int
    total: int
    pages: Pages


@dataclass(frozen=True)
class EntryLine:
    """One event of the entry that belongs to the invoice."""

    number: int
    href: str
    debit: str
    credit: str
    tax: str
    amount: Money


@dataclass(frozen=True)
class Position:
    """One line of the invoice as it is printed."""

    title: str
    subtitle: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    amount: Money


@dataclass(frozen=True)
class TaxRow:
    """The tax of one rate."""

    rate: Decimal
    net: Money
    tax: Money


@dataclass(frozen=True)
class History:
    """Something that happened to the invoice; `tone` is good, act or empty."""

    words: str
    detail: str
    at: datetime
    tone: str = ""


@dataclass(frozen=True)
class FileLink:
    """A file to take along; size in bytes, 0 where it is not made yet."""

    kind: str
    href: str
    size: int


@dataclass(frozen=True)
class InvoicePage:
    """The page of one invoice; `view` is entry or lines."""

    id: UUID
    number: str
    state: str
    view: str
    customer: str
    customer_number: str
    customer_account: str
    day: date
    due_day: date | None
    days_overdue: int
    service_from: date | None
    service_to: date | None
    format: str
    gross: Money
    net: Money
    remaining: Money
    entry: tuple[EntryLine, ...]
    entry_hash: str
    positions: tuple[Position, ...]
    taxes: tuple[TaxRow, ...]
    history: tuple[History, ...]
    files: tuple[FileLink, ...]
    preview_href: str
