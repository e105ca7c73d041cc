"""What the page of the DATEV export shows: its days, what it would be, what to know of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import TenantSettings
from kontorhaus.kernel.errors import Invalid, Refusal
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import next_month
from kontorhaus.ledger.periods import queries as periods
from kontorhaus.reports.datev import extf, lines
from kontorhaus.reports.datev import queries as datev
from kontorhaus.reports.datev.model import DatevLint, Note, Row
from kontorhaus.runtime.work import Work

# Months beside the page, and notes of a kind that it shows.
MONTHS = 12
SHOWN = 5


@dataclass(frozen=True)
class Month:
    """A month with bookings; `state` is open|soft_locked|locked."""

    first_day: date
    bookings: int
    state: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Hint:
    """The notes of a kind: how many there are, and the first."""

    kind: str
    count: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class PreviewRow:
    """A row as a person reads it: the columns 1, 2, 7 to 11 and 14."""

    amount: Money
    side: str
    account: str
    contra: str
    key: str
    day: date
    reference: str
    text: str


@dataclass(frozen=True)
class DatevPage:
    """The page; without a `lint` the days are wrong, and `complaint` says why."""

    start: date
    end: date
    final: str
    settings: TenantSettings
    months: tuple[Month, ...]
    lint: DatevLint | None
    complaint: str

    @property
    def hints(self) -> Sequence[Hint]:
        """What to know of the export, by kind."""
        if self.lint is None:
            return []
        return [
            Hint(kind, count, tuple(n for n in self.lint.notes if n.kind == kind)[:SHOWN])
            for kind, count in sorted(self.lint.counts.items())
        ]

    @property
    def preview(self) -> Sequence[PreviewRow]:
        """The first rows."""
        return [_preview(row) for row in self.lint.first] if self.lint else []

    @property
    def fits_one_file(self) -> bool:
        """Whether one file of bookings holds all rows."""
        return self.lint is not None and self.lint.rows <= extf.MAX_ROWS

    def href(self, format: str) -> str:
        """Where the export is loaded."""
        return "/datev/export?" + urlencode(
            {"start": self.start, "end": self.end, "final": self.final, "format": format}
        )


def build(
    work: Work,
    *,
    start: date | None,
    end: date | None,
    final: str,
    say: Callable[[Refusal], str],
) -> DatevPage:
    """The page for some days, those of the last month unless said."""
    last_month = work.today.replace(day=1) - timedelta(days=1)
    first = start or (end or last_month).replace(day=1)
    last = end or next_month(first) - timedelta(days=1)
    lint, complaint = None, ""
    try:
        lint = datev.lint(work, start=first, end=last, final=final)
    except Invalid as refusal:
        complaint = say(refusal)
    return DatevPage(
        start=first,
        end=last,
        final=final,
        settings=identity.settings(work),
        months=_months(work, (first, last)),
        lint=lint,
        complaint=complaint,
    )


def _months(work: Work, chosen: tuple[date, date]) -> tuple[Month, ...]:
    found: list[Month] = []
    for listed in periods.periods(work):
        period = listed.standing.period
        if period.is_closing or len(found) == MONTHS:
            continue
        days = (period.first_day, period.last_day)
        href = "/datev?" + urlencode({"start": days[0], "end": days[1]})
        state = str(listed.standing.state)
        found.append(Month(days[0], listed.booking_count, state, href, days == chosen))
    return tuple(found)


def _preview(row: Row) -> PreviewRow:
    return PreviewRow(
        amount=Money(row.amount),
        side=row.place.side,
        account=row.place.account,
        contra=row.place.contra,
        key=row.place.key,
        day=row.event.booking_date,
        reference=extf.reference(row.event.reference),
        text=lines.booking_text(row.event.description),
    )
