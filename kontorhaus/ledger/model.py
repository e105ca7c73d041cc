"""Values of the ledger: lines as entered, transfers, postings, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from kontorhaus.kernel.ids import EventId, FileId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period

Kind = Literal["net", "tax", "self_assessed"]
Side = Literal["debit", "credit"]
AccountType = Literal["asset", "liability", "equity", "revenue", "expense"]
ReportGroup = Literal[
    "revenue",
    "inventory_change",
    "own_work_capitalized",
    "other_operating_income",
    "material_expense",
    "personnel_expense",
    "depreciation",
    "other_opex",
    "investment_income",
    "securities_income",
    "interest_income",
    "financial_write_downs",
    "interest_expense",
    "income_tax",
    "other_tax",
    "intangible_assets",
    "tangible_assets",
    "financial_assets",
    "inventories",
    "other_assets",
    "receivables",
    "securities",
    "cash",
    "prepaid_expenses",
    "deferred_tax_assets",
    "pension_surplus",
    "equity",
    "special_items",
    "provisions",
    "liabilities",
    "bank_liabilities",
    "payables",
    "deferred_income",
    "deferred_tax_liabilities",
]
MetadataValue = str | int | Decimal | bool | None

# § 244 HGB: the books are kept in euros.
BOOK_CURRENCY = "EUR"
GENESIS = bytes(32)
# The source of opening balances.
OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a person enters it: exactly one of `debit` and `credit` is above zero."""

    account: str
    debit: Money
    credit: Money
    tax_code: str | None = None

    @property
    def side(self) -> Side:
        """On which side of the account the line stands."""
        return "debit" if self.debit.minor > 0 else "credit"

    @property
    def amount(self) -> Money:
        """The amount, gross where the tax code splits it."""
        return self.debit if self.debit.minor > 0 else self.credit


@dataclass(frozen=True, slots=True)
class Transfer:
    """A positive amount from one account to another; what an event is made of.

    `pair` and `line` join net and tax of one entered line again. `tax_side` tells on which side
    the coded account stands, so that a reversal takes off what the original added.
    """

    debit: str
    credit: str
    amount: Money
    pair: int
    line: int
    kind: Kind = "net"
    tax_code: str | None = None
    tax_side: Side | None = None

    def __post_init__(self) -> None:
        assert self.amount.minor > 0, "an event carries a positive amount"
        assert self.amount.currency == BOOK_CURRENCY, "an event carries euros"
        assert self.debit != self.credit, "an event moves between two accounts"
        assert (self.tax_code is None) == (self.tax_side is None), "code and side come together"


@dataclass(frozen=True, slots=True)
class Fx:
    """The foreign amount behind an entry; `rate` is foreign units per euro, as the ECB quotes."""

    currency: str
    amount: Decimal
    rate: Decimal
    rate_date: date
    source: str


@dataclass(frozen=True, slots=True)
class Posting:
    """What shall be posted as one intent.

    `tax_date` (§ 13 UStG: day of service, or end of the period of service) decides the month of
    the VAT return; without one the booking date does. `source` names the part of the house that
    asks (manual, invoicing, bank, …).
    """

    booking_date: date
    description: str
    transfers: tuple[Transfer, ...]
    source: str
    tax_date: date | None = None
    adjustment_period: int | None = None
    external_reference: str | None = None
    custom_metadata: Mapping[str, MetadataValue] | None = None
    document_id: FileId | None = None
    fx: Fx | None = None
    reverses: IntentId | None = None
    reason: str | None = None
    check_duplicates: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a posting."""

    intent_id: IntentId
    event_count: int
    first_journal_number: int
    period: Period


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    journal_number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Intent:
    """An intent as the journal keeps it."""

    id: IntentId
    booking_date: date
    period: Period
    tax_date: date
    description: str
    source: str
    total: Money
    event_count: int
    external_reference: str | None
    custom_metadata: Mapping[str, MetadataValue] | None
    document_id: FileId | None
    reverses: IntentId | None
    reason: str | None
    fx: Fx | None
    actor: Mapping[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the journal keeps it, with its place in the chain."""

    journal_number: int
    id: EventId
    intent_id: IntentId
    transfer: Transfer
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a tenant's chart; `kind` tells general accounts from personal ones."""

    number: str
    name: str
    name_en: str
    type: AccountType
    category: str | None
    report_group: str | None
    kind: str
    is_system: bool
    is_active: bool


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the journal in the order of days and, within a day, of journal numbers."""

    booking_date: date
    journal_number: int


BEGINNING = Place(date.min, 0)
END = Place(date.max, 2**62)


@dataclass(frozen=True, slots=True)
class JournalQuestion:
    """Which events of the journal are wanted; days inclusive, None leaves a question open.

    `search` looks into description, account numbers and external reference.
    """

    account: str | None = None
    first: date | None = None
    last: date | None = None
    search: str | None = None
    external_reference: str | None = None

    @property
    def span(self) -> tuple[Place, Place]:
        """The first and the last place that the days allow."""
        low = Place(self.first, 0) if self.first else BEGINNING
        high = Place(self.last, END.journal_number) if self.last else END
        return low, high


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One event seen from one account, with the balance after it (debit positive)."""

    event_id: EventId
    intent_id: IntentId
    journal_number: int
    booking_date: date
    description: str
    contra_account: str
    contra_account_name: str
    debit: Money
    credit: Money
    balance: Money
    document_id: FileId | None
    external_reference: str | None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One event with what its intent says about it."""

    intent: Intent
    event: Event
    debit_name: str
    credit_name: str
