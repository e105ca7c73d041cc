"""The months of the demo, and the days on which banks and shops are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kontorhaus.kernel.period import Period, next_month

MONTH_COUNT = 12

_HOLIDAYS = frozenset(((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)))
_SATURDAY, _SUNDAY = 5, 6

_MONTHS_DE = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


def months(today: date) -> tuple[date, ...]:
    """The first days of the twelve full months before the month of `today`."""
    year, month = today.year - 1, today.month
    found = [date(year, month, 1)]
    while len(found) < MONTH_COUNT:
        found.append(next_month(found[-1]))
    return tuple(found)


def last_day(month: date) -> date:
    """The last day of a month."""
    return Period.of(month).last_day


def month_name(month: date) -> str:
    """A month as people write it, such as März 2026."""
    return f"{_MONTHS_DE[month.month - 1]} {month.year}"


def is_bank_day(day: date) -> bool:
    """Whether banks book on this day: no weekend, no holiday of the whole country."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS


def is_shop_day(day: date) -> bool:
    """Whether shops are open."""
    return day.weekday() != _SUNDAY and (day.month, day.day) not in _HOLIDAYS


def bank_day(day: date) -> date:
    """The day itself if banks book on it, else the next one on which they do."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def bank_day_before(day: date) -> date:
    """The day itself if banks book on it, else the last one on which they did."""
    while not is_bank_day(day):
        day -= timedelta(days=1)
    return day


def between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
