"""How many documents were made this month, and how many may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import store
from kontorhaus.kernel.errors import Denied
from kontorhaus.runtime.work import Work


@dataclass(frozen=True, slots=True)
class Usage:
    """Documents made in the present calendar month; `quota` None says as many as one likes."""

    used: int
    quota: int | None

    @property
    def remaining(self) -> int | None:
        """How many more may be made this month."""
        return None if self.quota is None else max(0, self.quota - self.used)


def usage(work: Work) -> Usage:
    """The use of the tenant at hand since the month began where the company is."""
    first = datetime.combine(work.today.replace(day=1), time(), ZoneInfo(work.caller.time_zone))
    return Usage(store.count_since(work, instant=first), identity.document_quota(work))


def claim(work: Work, *, count: int = 1) -> None:
    """See that so many documents may be made; whoever makes others waits until this is done.

    Denied("document_quota") when the quota of the month is used up.
    """
    if identity.document_quota(work) is None:
        return
    store.hold_quota(work)
    found = usage(work)
    if found.remaining is not None and found.remaining < count:
        raise Denied(
            "document_quota",
            f"The quota of {found.quota} documents a month is used up: wait for the next month, or"
            " ask whoever runs this server for more.",
            quota=found.quota,
            used=found.used,
        )
