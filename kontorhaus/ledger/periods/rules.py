"""Rules of the periods, pure: their order, who may lock them, when they may change."""

from __future__ import annotations

from datetime import date, datetime

from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.kernel.ids import UserId
from kontorhaus.kernel.period import Period, month_of
from kontorhaus.ledger.periods.model import LockRequest, PeriodState


def number(period: Period, start_month: int) -> int:
    """The place in the fiscal year: 1 is its first month, 13 and 14 are the closing periods."""
    if period.is_closing:
        return int(period.text[-2:])
    return (period.first_day.month - start_month) % 12 + 1


def order(period: Period, start_month: int) -> tuple[str, int]:
    """Sorts periods by the time in which they end; closing periods follow the last month."""
    closing = number(period, start_month) if period.is_closing else 0
    return month_of(period, start_month).text, closing


def days(period: Period, start_month: int) -> tuple[date, date]:
    """The first and the last day on which a booking of the period can lie."""
    month = month_of(period, start_month)
    return (month.last_day if period.is_closing else month.first_day), month.last_day


def check_soft_lock(standing: PeriodState) -> None:
    """Conflict: period_already_soft_locked, period_already_locked."""
    check_not_locked(standing)
    if standing.state == "soft_locked":
        raise Conflict(
            "period_already_soft_locked",
            f"Period {standing.period} is soft-locked already.",
            period=standing.period.text,
        )


def check_not_locked(standing: PeriodState) -> None:
    """Conflict: period_already_locked."""
    if standing.state == "locked":
        raise Conflict(
            "period_already_locked",
            f"Period {standing.period} is locked for good already.",
            period=standing.period.text,
        )


def check_reopening(period: Period, standing: PeriodState | None) -> None:
    """Conflict: period_irreversible. Invalid: period_already_open."""
    if standing is None or standing.state == "open":
        raise Invalid("period_already_open", f"Period {period} is open.", field="period")
    if standing.state == "locked":
        raise Conflict(
            "period_irreversible",
            f"Period {period} is locked for good: correct by a reversal in an open period.",
            period=period.text,
        )


def check_pending(request: LockRequest, now: datetime) -> None:
    """Conflict: request_not_pending, request_expired."""
    if request.outcome is not None:
        raise Conflict(
            "request_not_pending", f"This request was {request.outcome}.", status=request.outcome
        )
    if not request.is_pending(now):
        raise Conflict(
            "request_expired",
            "This request has expired: ask for the lock again.",
            expired_at=f"{request.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        )


def check_approver(request: LockRequest, user_id: UserId) -> None:
    """Four eyes: another person than who asked, who was there when it was asked.

    Whoever was alone then approves alone. Denied: self_approval_denied.
    """
    if user_id not in request.members:
        raise Denied(
            "self_approval_denied",
            "Whoever was added after the request cannot approve it: ask for the lock again.",
        )
    if user_id == request.requested_by.user_id and not request.is_of_one:
        raise Denied(
            "self_approval_denied", "Another person than the one who asked has to approve this."
        )
