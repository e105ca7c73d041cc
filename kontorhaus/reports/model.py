"""What the reports are made of: rows in debit-positive cents, figures per month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

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
