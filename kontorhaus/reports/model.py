"""What the reports are made of: rows in debit-positive cents, figures per month, DATEV's events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.kernel.money import Money, total


@dataclass(frozen=True, slots=True)
class Movement:
    """Sums of debits and credits in cents."""

    debit: int = 0
    credit: int = 0

    @property
    def net(self) -> int:
        """Debit less credit, in cents."""
        return self.debit - self.credit

    def __add__(self, other: Movement) -> Movement:
        return Movement(self.debit + other.debit, self.credit + other.credit)


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a report, and the first day of the fiscal year that holds its last day."""

    first_day: date
    last_day: date
    year_start: date

    @property
    def low(self) -> date:
        """The earlier of the first day and the start of the fiscal year."""
        return min(self.first_day, self.year_start)

    @property
    def high(self) -> date:
        """The later of the first day and the start of the fiscal year."""
        return max(self.first_day, self.year_start)


@dataclass(frozen=True, slots=True)
class Share:
    """To which segment of the window sums count, and out of which other they are taken.

    Segments are 0 before, 1 between, 2 within; None is none of them.
    """

    segment: int | None
    other: int | None = None

    @property
    def signs(self) -> tuple[int, int, int]:
        """1, 0 or -1 for each segment."""
        before, between, within = (
            (self.segment == each) - (self.other == each) for each in range(3)
        )
        return before, between, within


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days within a month that do not count as most of its days do."""

    first_day: date
    last_day: date
    share: Share


@dataclass(frozen=True, slots=True)
class Reading:
    """Which sums make the figures of a window.

    `base` is the fiscal year whose openings begin the figures (None: nothing was posted by then),
    `years` are it and the later ones up to the last day. `whole` are years of which all that
    moved counts to one segment, `months` the periods that count otherwise, and `days` those
    within a month that do: they are read from the events.
    """

    window: Window
    base: date | None
    years: tuple[date, ...]
    whole: tuple[tuple[date, int], ...]
    months: tuple[tuple[str, Share], ...]
    days: tuple[Stretch, ...]

    @property
    def is_one_year(self) -> bool:
        """Whether the rows of one year say everything."""
        has_one = len(self.whole) == 1 and self.whole[0][0] == self.base
        return has_one and not self.months and not self.days


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """What one account did up to the last day of a window, in cents.

    `before` is the net of all days before `window.low`, `between` the movement from `window.low`
    to the day before `window.high`, `within` the movement from `window.high` to the last day.
    `kind` is general|customer|vendor.
    """

    number: str
    name: str
    name_en: str
    type: str
    category: str | None
    report_group: str | None
    kind: str
    before: int
    between: Movement
    within: Movement


class ReportRow(NamedTuple):
    """One line of a report; `debit`, `credit` and `opening` in cents.

    A tuple, because a trial balance has one for every customer.
    """

    number: str
    name: str
    name_en: str
    type: str
    category: str | None
    report_group: str | None
    debit: int
    credit: int
    opening: int

    @property
    def debit_total(self) -> Money:
        """What moved on the debit side."""
        return Money(self.debit)

    @property
    def credit_total(self) -> Money:
        """What moved on the credit side."""
        return Money(self.credit)

    @property
    def opening_balance(self) -> Money:
        """What the account stood at before the first day, debit positive."""
        return Money(self.opening)

    @property
    def balance(self) -> Money:
        """What the account stands at on the last day, debit positive."""
        return Money(self.opening + self.debit - self.credit)


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """Revenue and expenses of a calendar month (2026-03), both positive in the usual case."""

    month: str
    revenue: Money
    expenses: Money

    @property
    def result(self) -> Money:
        """Revenue less expenses."""
        return self.revenue - self.expenses


@dataclass(frozen=True, slots=True)
class MonthlyVat:
    """VAT of a calendar month by tax date: owed on supplies and acquisitions, and deductible."""

    month: str
    output: Money
    input: Money

    @property
    def payable(self) -> Money:
        """What is to be paid for the month; negative when the tax office pays."""
        return self.output - self.input


@dataclass(frozen=True, slots=True)
class PartyAge:
    """What a party has open: in all, and by age.

    `ages` are: not due, 1 to 30 days overdue, 31 to 60, 61 to 90, more.
    """

    account: str
    name: str
    party_id: UUID | None
    count: int
    ages: tuple[Money, ...]

    @property
    def total(self) -> Money:
        """All that is open."""
        return total(self.ages)


@dataclass(frozen=True, slots=True)
class CashFlow:
    """What came in and went out on bank and cash accounts in a month, by contra group."""

    month: str
    group: str
    received: Money
    paid: Money

    @property
    def net(self) -> Money:
        """What came in less what went out."""
        return self.received - self.paid


class JournalEvent(NamedTuple):
    """An event as the DATEV export reads it; `amount` in cents, sides are debit|credit.

    `tax_side` is the side on which the coded account stands; `reference` is the number of the
    document or, for a payment, of the item it settles; `party_account` the personal account of
    the invoice that is linked to the booking; `document_id` the stored file of the booking.
    """

    journal_number: int
    intent_id: str
    booking_date: date
    tax_date: date
    account_debit: str
    account_credit: str
    amount: int
    pair: int
    line: int
    kind: str
    tax_code: str | None
    tax_side: str | None
    description: str
    reference: str | None
    is_reversal: bool
    party_account: str | None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class PersonalAccount:
    """A personal account with what is known of its party, for the master data."""

    number: str
    kind: str
    name: str
    details: PartyDetails | None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of an export should know; `kind` is a stable word.

    transliterated, shortened, reference_changed: a text could not go out as it stands.
    split: net and tax went out as rows of their own (key 40 on automatic accounts), as DATEV
    would compute other cents. diverse: a posting on a collective account went out on 10000 or
    70000. without_party: nobody is known behind a personal account. renumbered: an account has
    another number in DATEV (journal number 0).
    """

    kind: str
    journal_number: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DatevExport:
    """A finished export: a file with its name and media type.

    `rows` counts booking rows, `total` is the sum of their amounts. `left_to_datev` is the
    self-assessed tax (§ 13b, § 1a UStG) that DATEV computes by itself from the key or account:
    total + left_to_datev = sum of all events of the journal in the range.
    """

    file_name: str
    media_type: str
    content: bytes
    rows: int
    total: Money
    left_to_datev: Money


@dataclass(frozen=True, slots=True)
class KeySum:
    """Booking rows with the same key ("" for none)."""

    key: str
    rows: int
    total: Money


@dataclass(frozen=True, slots=True)
class DatevLint:
    """What a person reads before an export.

    `difference` is what rows and self-assessed tax left to DATEV lack of the journal: always 0.
    `counts` says how many notes there are of each kind, `notes` are the first of each.
    """

    rows: int
    total: Money
    left_to_datev: Money
    events: int
    journal_total: Money
    keys: tuple[KeySum, ...]
    reversals: int
    documents: int
    counts: Mapping[str, int]
    notes: tuple[Note, ...]

    @property
    def difference(self) -> Money:
        """Journal less rows and tax left to DATEV."""
        return self.journal_total - self.total - self.left_to_datev
