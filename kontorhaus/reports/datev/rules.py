"""Which files an export has, and which of them are locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from kontorhaus.kernel.period import Period, month_of, next_month

# Whether files are marked as locked (festgeschrieben): as their periods are, all, or none.
FINAL = ("auto", "yes", "no")
LOCKED = "locked"


def months(start: date, end: date) -> Iterator[tuple[date, date]]:
    """The first and last day of each calendar month, or part of one, of a range."""
    while start <= end:
        following = next_month(start)
        yield start, min(following - timedelta(days=1), end)
        start = following


def is_locked(first_day: date, last_day: date, states: Mapping[Period, str], start: int) -> bool:
    """Whether all periods of these days that were ever posted to are locked for good.

    One locked row locks a whole batch in DATEV, so a file with one open period is open. The
    closing periods belong to the last month of the fiscal year, which begins in month `start`.
    """
    touched = [
        state
        for period, state in states.items()
        if Period.of(first_day) <= month_of(period, start) <= Period.of(last_day)
    ]
    return bool(touched) and set(touched) == {LOCKED}
