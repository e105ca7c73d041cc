"""Periods over HTTP: soft lock, lock for good by four eyes, reopening."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.ledger.periods import actions as periods
from kontorhaus.ledger.periods import queries as periods_of
from kontorhaus.ledger.periods.model import LockRequestId
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.periods import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Answer


@books.get(
    "/v1/periods",
    scope="perioden:read",
    refusals=(401, 403),
    answer=list[wire.Period],
    tags=("periods",),
)
def list_periods(work: Work) -> Answer:
    """List the periods, the latest first.

    A period is there from its first posting or lock on.
    """
    found = periods_of.periods(work)
    return Answer.listing([wire.period(one) for one in found], total=len(found))


@books.post(
    "/v1/periods/{period}/soft-lock",
    scope="perioden:write",
    status=200,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.SoftLocked,
    tags=("periods",),
)
def soft_lock_period(work: Work, period: wire.PeriodName) -> wire.SoftLocked:
    """Close a period until it is reopened or locked for good."""
    standing = periods.soft_lock(work, period=period)
    return wire.soft_locked(standing, periods_of.number(work, period=period))


@books.post(
    "/v1/periods/{period}/reopen",
    scope="perioden:write",
    status=200,
    refusals=(400, 401, 403, 409),
    answer=wire.Reopened,
    tags=("periods",),
)
def reopen_period(work: Work, period: wire.PeriodName) -> wire.Reopened:
    """Open a soft-locked period again."""
    periods.reopen(work, period=period)
    number = periods_of.number(work, period=period)
    return wire.Reopened(period=period, period_number=number)


@books.post(
    "/v1/periods/{period}/lock",
    scope="perioden:write",
    status=201,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.LockRequested,
    tags=("periods",),
)
def request_lock(work: Work, period: wire.PeriodName) -> wire.LockRequested:
    """Ask for a period to be locked for good.

    Another user approves within 48 hours; the only user of an organization approves alone.
    """
    return wire.lock_requested(periods.request_lock(work, period=period))


@books.get(
    "/v1/periods/{period}/lock/status",
    scope="perioden:read",
    refusals=(400, 401, 403),
    answer=wire.LockStatus,
    tags=("periods",),
)
def get_lock_status(work: Work, period: wire.PeriodName) -> wire.LockStatus:
    """Show whether a lock waits for approval."""
    return wire.lock_status(periods_of.pending_request(work, period=period))


@books.post(
    "/v1/periods/{period}/lock/{request_id}/approve",
    scope="perioden:write",
    status=200,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.Locked,
    tags=("periods",),
)
def approve_lock(work: Work, period: wire.PeriodName, request_id: UUID) -> wire.Locked:
    """Lock a period for good, by another user than the one who asked.

    Keep `journal_head` and `closing_hash` outside: they show if anything before is changed.
    """
    sealed = periods.approve_lock(work, period=period, request_id=LockRequestId(request_id))
    return wire.locked(sealed, periods_of.number(work, period=period))


@books.post(
    "/v1/periods/{period}/lock/{request_id}/cancel",
    scope="perioden:write",
    status=200,
    refusals=(400, 401, 403, 404),
    answer=wire.LockCancelled,
    tags=("periods",),
)
def cancel_lock(work: Work, period: wire.PeriodName, request_id: UUID) -> wire.LockCancelled:
    """Withdraw a request that is pending."""
    periods.cancel_lock(work, period=period, request_id=LockRequestId(request_id))
    return wire.LockCancelled(request_id=request_id)
