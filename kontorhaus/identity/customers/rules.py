"""Rules of customers' access: what it allows, how long links and sessions hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kontorhaus.identity.rules import end_of_day
from kontorhaus.kernel.errors import Invalid

# A customer sees its own invoices and pays them with its own credit; nothing else.
SCOPE = "access_invoices"
SESSION_LENGTH = timedelta(hours=12)
_LONGEST_NAME = 100
_LAST_DAY = date(2199, 12, 31)


def link_length(days: int) -> timedelta:
    """How long a link holds, by the seller's setting."""
    return timedelta(days=days)


def token_name(name: str) -> str:
    """The name as it is kept; Invalid("name") if it is empty, too long or unprintable."""
    kept = " ".join(name.split())
    if not (kept and kept.isprintable() and len(kept) <= _LONGEST_NAME):
        raise Invalid("name", "A token has a name of 1 to 100 characters.", field="name")
    return kept


def end_of(last_day: date, today: date, time_zone: str) -> datetime:
    """The instant after the last day where the seller is; Invalid("last_day") for a past day."""
    if not today <= last_day < _LAST_DAY:
        raise Invalid(
            "last_day", "A token ends today or later; choose another day.", field="expiresOn"
        )
    return end_of_day(last_day, time_zone)
