"""The past in which the demo happens: a clock that is turned from day to day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from kontorhaus.runtime.clock import Clock
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources


class Calendar(Clock):
    """Stands still at the instant it was turned to, and never goes beyond the present."""

    def __init__(self, present: Clock, time_zone: str) -> None:
        super().__init__(present.now())
        self._present = present
        self._zone = ZoneInfo(time_zone)
        self._instant = present.now()

    def turn_to(self, day: date, hour: int) -> None:
        """Let it be a day, at an hour in the time zone."""
        instant = datetime.combine(day, time(hour), self._zone)
        self._instant = min(instant, self._present.now())

    def now(self) -> datetime:
        """The instant that it was turned to."""
        return self._instant


@contextmanager
def past(resources: Resources, time_zone: str) -> Iterator[tuple[Resources, Calendar]]:
    """The same resources in the past, and the calendar that says when that is."""
    calendar = Calendar(resources.database.clock, time_zone)
    database = Database(resources.database.conninfo, size=2, clock=calendar).open()
    try:
        yield replace(resources, database=database), calendar
    finally:
        database.close()
