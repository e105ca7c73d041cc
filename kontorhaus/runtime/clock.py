"""The one clock: real time, or an instant that the operator set for tests and the demo."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class Clock:
    """Tells the present instant in UTC; `at` makes it stand still."""

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at.astimezone(UTC) if at else None

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._at or datetime.now(UTC)


def day_in(instant: datetime, time_zone: str) -> date:
    """The day that an instant has in a time zone (IANA name)."""
    return instant.astimezone(ZoneInfo(time_zone)).date()
