"""Values of the periods: their state, requests to lock them, and closings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType
from uuid import UUID

from kontorhaus.kernel.ids import UserId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.model import Head

LockRequestId = NewType("LockRequestId", UUID)
State = Literal["open", "soft_locked", "locked"]
Outcome = Literal["approved", "cancelled"]

PATIENCE = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something, by name; without an id it was the program itself."""

    user_id: UserId | None
    name: str


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A period that is there, and who closed it."""

    period: Period
    state: State
    locked_by: str | None
    locked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedPeriod:
    """A period with its number in the fiscal year (1 to 14) and how many bookings it holds."""

    standing: PeriodState
    number: int
    booking_count: int


@dataclass(frozen=True, slots=True)
class LockRequest:
    """A request to lock a period; `members` are who belonged to the organization at that time."""

    id: LockRequestId
    period: Period
    requested_by: Person
    members: frozenset[UserId]
    created_at: datetime
    outcome: Outcome | None = None

    @property
    def expires_at(self) -> datetime:
        """From then on it cannot be approved any more."""
        return self.created_at + PATIENCE

    def is_pending(self, now: datetime) -> bool:
        """Whether it still waits for a decision."""
        return self.outcome is None and now < self.expires_at

    @property
    def is_of_one(self) -> bool:
        """Whether the one who asked was the only user then, and approves alone."""
        return len(self.members) == 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A new request, and the earlier months that are still open."""

    request: LockRequest
    earlier_open: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a period holds: counts, the sum of its events, its first and last journal number.

    `events_hash` is SHA-256 over the hashes of its events in the order of their numbers.
    """

    booking_count: int
    event_count: int
    total: Money
    first_number: int | None
    last_number: int | None
    events_hash: bytes


@dataclass(frozen=True, slots=True)
class Closing:
    """A locked period under its seal; `number` counts the closings of a tenant in time.

    `head` is the end of the journal's chain when it was locked, `prev_hash` the closing before.
    """

    version: int
    number: int
    period: Period
    request_id: LockRequestId
    contents: Contents
    head: Head
    requested_by: Person
    approved_by: Person
    locked_at: datetime
    prev_hash: bytes

    @property
    def is_self_approved(self) -> bool:
        """Whether the only user there was approved alone."""
        return self.requested_by.user_id == self.approved_by.user_id


@dataclass(frozen=True, slots=True)
class SealedClosing:
    """A closing and its hash."""

    closing: Closing
    hash: bytes
