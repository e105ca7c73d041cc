"""How far the books of the demo reach, and what its user has not yet come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kontorhaus.app.demo import days

_LATELY = timedelta(days=20)
_MATCHED_LATELY, _BOOKED_LATELY = 20, 70  # in percent


@dataclass(frozen=True, slots=True)
class Horizon:
    """The months of the demo. Everything is settled until `lately`, a part only after it."""

    months: tuple[date, ...]

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        return days.last_day(self.months[-1])

    @property
    def lately(self) -> date:
        """The day from which on the user is behind with the work."""
        return self.last_day - _LATELY

    def is_matched(self, day: date, chance: Random) -> bool:
        """Whether a bank line of this day was matched."""
        return chance.randrange(100) < _MATCHED_LATELY or day < self.lately

    def is_booked(self, day: date, chance: Random) -> bool:
        """Whether a cost of this day was booked, matched or not."""
        return chance.randrange(100) < _BOOKED_LATELY or day < self.lately
