"""Values of members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Which members a list shows, and in which order: email, id, first_name or last_name.

    A text must be the whole of what it is compared with, in any case.
    """

    order_by: str = "email"
    is_descending: bool = False
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is invited; without a role a member, or the owner of an organization that has none."""

    email: str
    first_name: str = ""
    last_name: str = ""
    role: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody signs in; the last time is None where nobody remembers one."""

    has_second_factor: bool
    last_at: datetime | None
