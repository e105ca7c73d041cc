"""The JSON shapes of the periods."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import PlainValidator, WithJsonSchema

from kontorhaus.kernel import period as kernel
from kontorhaus.kernel.errors import Invalid
from kontorhaus.ledger.periods import model
from kontorhaus.surfaces.conventions import fields

_YEARS = range(1900, 2200)
_PATTERN = "^[0-9]{4}-(0[1-9]|1[0-2]|P13|P14)$"


def _period(value: object) -> kernel.Period:
    if isinstance(value, kernel.Period):
        return value
    try:
        found = kernel.Period.parse(str(value))
    except Invalid as refusal:
        raise fields.refused("must be a period, written 2026-03 or 2026-P13") from refusal
    if int(found.text[:4]) not in _YEARS:
        raise fields.refused(f"must lie between {_YEARS.start} and {_YEARS.stop - 1}")
    return found


PeriodName = Annotated[
    kernel.Period,
    PlainValidator(_period),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["2026-03"]}),
]


class Period(fields.Out):
    """A posting period; `period_number` is its place in the fiscal year."""

    period: PeriodName
    status: Literal["open", "soft_locked", "locked"]
    period_number: int
    booking_count: int
    locked_by: str | None
    locked_at: datetime | None


class SoftLocked(fields.Out):
    """A period after its soft lock."""

    period: PeriodName
    period_number: int
    status: Literal["soft_locked"] = "soft_locked"
    locked_by: str
    locked_at: datetime


class Reopened(fields.Out):
    """A period that takes postings again."""

    period: PeriodName
    period_number: int
    status: Literal["open"] = "open"


class LockRequested(fields.Out):
    """A request that waits for another person's approval."""

    request_id: UUID
    period: PeriodName
    status: Literal["pending"] = "pending"
    created_at: datetime
    message: str
    expires_at: datetime


class LockStatus(fields.Out):
    """Whether a lock of the period waits for approval."""

    has_pending_request: bool
    request_id: UUID | None
    requested_by: str | None
    created_at: datetime | None


class LockCancelled(fields.Out):
    """A request that was withdrawn."""

    ok: bool = True
    request_id: UUID
    status: Literal["cancelled"] = "cancelled"


class JournalHead(fields.Out):
    """The end of the journal's chain, to be kept outside: `kontorhaus verify --head` checks it."""

    journal_number: int
    hash: str


class Locked(fields.Out):
    """A period that is locked for good, and its seal."""

    period: PeriodName
    period_number: int
    status: Literal["locked"] = "locked"
    locked_by: str
    locked_at: datetime
    closing_hash: str
    request_id: UUID
    approved_by: str
    closing_number: int
    prev_closing_hash: str
    booking_count: int
    self_approved: bool
    journal_head: JournalHead


def period(listed: model.ListedPeriod) -> Period:
    """A period as the API lists it."""
    standing = listed.standing
    return Period(
        period=standing.period,
        status=standing.state,
        period_number=listed.number,
        booking_count=listed.booking_count,
        locked_by=standing.locked_by,
        locked_at=standing.locked_at,
    )


def soft_locked(standing: model.PeriodState, number: int) -> SoftLocked:
    """A soft lock as the API answers it."""
    assert standing.locked_by is not None
    assert standing.locked_at is not None
    return SoftLocked(
        period=standing.period,
        period_number=number,
        locked_by=standing.locked_by,
        locked_at=standing.locked_at,
    )


def lock_requested(asked: model.Asked) -> LockRequested:
    """A new request, with the earlier months that are still open named."""
    request = asked.request
    return LockRequested(
        request_id=request.id,
        period=request.period,
        created_at=request.created_at,
        message=_message(asked),
        expires_at=request.expires_at,
    )


def _message(asked: model.Asked) -> str:
    request = asked.request
    who = "You are the only user: approve" if request.is_of_one else "Another user has to approve"
    text = f"{who} the lock of {request.period} before {request.expires_at:%Y-%m-%d %H:%M} UTC."
    if asked.earlier_open:
        names = ", ".join(one.text for one in asked.earlier_open)
        text += f" Earlier periods are still open: {names}."
    return text


def lock_status(request: model.LockRequest | None) -> LockStatus:
    """What waits for approval."""
    return LockStatus(
        has_pending_request=request is not None,
        request_id=request.id if request else None,
        requested_by=request.requested_by.name if request else None,
        created_at=request.created_at if request else None,
    )


def locked(sealed: model.SealedClosing, number: int) -> Locked:
    """A lock for good as the API answers it."""
    made = sealed.closing
    return Locked(
        period=made.period,
        period_number=number,
        locked_by=made.requested_by.name,
        locked_at=made.locked_at,
        closing_hash=sealed.hash.hex(),
        request_id=made.request_id,
        approved_by=made.approved_by.name,
        closing_number=made.number,
        prev_closing_hash=made.prev_hash.hex(),
        booking_count=made.contents.booking_count,
        self_approved=made.is_self_approved,
        journal_head=JournalHead(
            journal_number=made.head.journal_number, hash=made.head.hash.hex()
        ),
    )
