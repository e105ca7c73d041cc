"""Accounting periods: a calendar month, or one of the two closing periods of a fiscal year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kontorhaus.kernel.errors import Invalid

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_CLOSING = re.compile(r"(\d{4})-P(13|14)", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A posting period, written `2026-03` or `2026-P13`; months sort in the order of time.

    The year of a closing period is the year in which the fiscal year begins: where that is not
    January, P13 and P14 end in the year after it, and `month_of` tells when.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """A period from its written form; Invalid("period") if it is none."""
        if not (_MONTH.fullmatch(text) or _CLOSING.fullmatch(text)):
            raise Invalid("period", f"{text!r} is no period: write 2026-03, or 2026-P13.")
        return cls(text)

    @classmethod
    def of(cls, day: date) -> Period:
        """The calendar month of a day."""
        return cls(f"{day:%Y-%m}")

    @property
    def is_closing(self) -> bool:
        """Whether this is P13 or P14."""
        return "P" in self.text

    @property
    def first_day(self) -> date:
        """First day of a calendar month."""
        assert not self.is_closing
        return date(int(self.text[:4]), int(self.text[5:]), 1)

    @property
    def last_day(self) -> date:
        """Last day of a calendar month."""
        return next_month(self.first_day) - timedelta(days=1)

    def __str__(self) -> str:
        return self.text


def next_month(day: date) -> date:
    """First day of the month after the one `day` lies in."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def fiscal_year_start(day: date, start_month: int) -> date:
    """First day of the fiscal year that holds `day`; it begins in `start_month` (1..12)."""
    year = day.year if day.month >= start_month else day.year - 1
    return date(year, start_month, 1)


def fiscal_year_end(day: date, start_month: int) -> date:
    """Last day of the fiscal year that holds `day`."""
    start = fiscal_year_start(day, start_month)
    return date(start.year + 1, start.month, 1) - timedelta(days=1)


def posting_period(day: date, adjustment: int | None, start_month: int) -> Period:
    """The period of a booking date; `adjustment` 13 or 14 moves it into a closing period.

    Only a posting dated on the last day of the fiscal year may move there.
    """
    if adjustment is None:
        return Period.of(day)
    if adjustment not in (13, 14):
        raise Invalid(
            "invalid_input", "The closing periods are 13 and 14.", field="adjustment_period"
        )
    if day != fiscal_year_end(day, start_month):
        raise Invalid(
            "invalid_input",
            "A closing period takes the last day of the fiscal year only.",
            field="adjustment_period",
        )
    return Period(f"{fiscal_year_start(day, start_month).year}-P{adjustment}")


def month_of(period: Period, start_month: int) -> Period:
    """The month in which a period ends; P13 and P14 end with their fiscal year."""
    if not period.is_closing:
        return period
    return Period.of(fiscal_year_end(date(int(period.text[:4]), start_month, 1), start_month))
