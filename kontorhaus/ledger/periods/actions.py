"""What happens to periods: soft lock, reopening, and the lock for good by four eyes.

GoBD Tz. 107 ff.: what is posted is fixed; a locked period takes no posting any more.
"""

from __future__ import annotations

from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import User
from kontorhaus.kernel.errors import Conflict, Denied, NotFound
from kontorhaus.kernel.ids import UserId
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import store as books
from kontorhaus.ledger.model import GENESIS
from kontorhaus.ledger.periods import closing, letter, rules, store
from kontorhaus.ledger.periods.model import (
    PATIENCE,
    Asked,
    Closing,
    LockRequest,
    LockRequestId,
    PeriodState,
    Person,
    SealedClosing,
)
from kontorhaus.runtime import mail
from kontorhaus.runtime.catalogue import Words
from kontorhaus.runtime.work import Work


def soft_lock(work: Work, *, period: Period) -> PeriodState:
    """Close a period until it is reopened or locked for good.

    NotFound: not_found (a closing period). Conflict: period_already_soft_locked,
    period_already_locked.
    """
    before = _held(work, period)
    rules.check_soft_lock(before)
    person = _whoever(work)
    store.set_state(work, period=period, state="soft_locked", person=person)
    work.record(
        "ledger.period_soft_locked",
        subject="period",
        subject_id=period.text,
        details={"state": [before.state, "soft_locked"]},
    )
    return PeriodState(period, "soft_locked", person.name, work.now)


def reopen(work: Work, *, period: Period) -> PeriodState:
    """Open a soft-locked period. Invalid: period_already_open. Conflict: period_irreversible."""
    rules.check_reopening(period, store.hold(work, period=period))
    store.set_state(work, period=period, state="open", person=None)
    work.record(
        "ledger.period_reopened",
        subject="period",
        subject_id=period.text,
        details={"state": ["soft_locked", "open"]},
    )
    return PeriodState(period, "open", None, None)


def request_lock(work: Work, *, period: Period) -> Asked:
    """Ask for a period to be locked for good; it stays as it is until somebody else approves.

    NotFound: not_found (a closing period). Denied: forbidden (nobody stands behind the caller).
    Conflict: period_already_locked, lock_request_pending.
    """
    members = identity.users(work)
    person = _person(work, members)
    rules.check_not_locked(_held(work, period))
    pending = store.undecided_request(work, period=period, since=work.now - PATIENCE)
    if pending:
        raise Conflict(
            "lock_request_pending",
            f"Period {period} is waiting for an approval already.",
            request_id=str(pending.id),
        )
    request = LockRequest(
        id=LockRequestId(work.new_id()),
        period=period,
        requested_by=person,
        members=frozenset(member.id for member in members),
        created_at=work.now,
    )
    store.insert_request(work, request=request)
    _record(work, "ledger.lock_requested", request)
    return Asked(request, _earlier_open(work, period))


def approve_lock(work: Work, *, period: Period, request_id: LockRequestId) -> SealedClosing:
    """Lock a period for good, seal what it holds, and mail the seal to the owners.

    Postings that are under way come first; then the end of the chain is held for a moment, so
    that closings follow one another.
    NotFound: not_found. Denied: self_approval_denied, forbidden.
    Conflict: request_not_pending, request_expired.
    """
    members = identity.users(work)
    person = _person(work, members)
    request = _request(work, period, request_id)
    rules.check_pending(request, work.now)
    assert person.user_id is not None
    rules.check_approver(request, person.user_id)
    before = _held(work, period)
    sealed = _seal(work, request, person)
    store.insert_closing(work, sealed=sealed)
    store.insert_decision(work, request_id=request.id, outcome="approved", person=person)
    store.set_state(work, period=period, state="locked", person=request.requested_by)
    _record_closing(work, before, sealed)
    _tell(work, sealed, [member.email for member in members if member.role == "owner"])
    return sealed


def cancel_lock(work: Work, *, period: Period, request_id: LockRequestId) -> None:
    """Withdraw a request. NotFound: not_found, if no such request is pending."""
    request = _request(work, period, request_id)
    if not request.is_pending(work.now):
        raise _no_request()
    store.insert_decision(work, request_id=request.id, outcome="cancelled", person=_whoever(work))
    _record(work, "ledger.lock_cancelled", request)


def _held(work: Work, period: Period) -> PeriodState:
    """The period, held; a month that nobody has posted in yet is created."""
    standing = store.hold(work, period=period)
    if standing is None and period.is_closing:
        raise NotFound("not_found", f"There is no closing period {period}.")
    if standing is None:
        books.insert_period(work, period=period)
        standing = store.hold(work, period=period)
    assert standing is not None, "it was there or was made"
    return standing


def _request(work: Work, period: Period, request_id: LockRequestId) -> LockRequest:
    """The request as it is once nobody else can decide it."""
    if store.hold(work, period=period) is None:
        raise _no_request()
    request = store.request(work, period=period, request_id=request_id)
    if request is None:
        raise _no_request()
    return request


def _no_request() -> NotFound:
    return NotFound("not_found", "There is no such request.")


def _seal(work: Work, request: LockRequest, approver: Person) -> SealedClosing:
    start_month = identity.settings(work).fiscal_year_start_month
    days = rules.days(request.period, start_month)
    contents = store.contents(work, period=request.period, days=days)
    head = store.hold_head(work)
    last = store.last_closing(work)
    return closing.seal(
        work.tenant_id,
        Closing(
            version=closing.VERSION,
            number=last.closing.number + 1 if last else 1,
            period=request.period,
            request_id=request.id,
            contents=contents,
            head=head,
            requested_by=request.requested_by,
            approved_by=approver,
            locked_at=work.now,
            prev_hash=last.hash if last else GENESIS,
        ),
    )


def _earlier_open(work: Work, period: Period) -> tuple[Period, ...]:
    start_month = identity.settings(work).fiscal_year_start_month
    mine = rules.order(period, start_month)
    earlier = (one for one in store.open_periods(work) if rules.order(one, start_month) < mine)
    return tuple(sorted(earlier, key=lambda one: rules.order(one, start_month)))


def _person(work: Work, members: list[User]) -> Person:
    """The person behind a key, an app or a login; Denied: forbidden where there is none."""
    for member in members:
        if member.id == work.actor.user_id:
            return Person(member.id, member.label)
    raise Denied("forbidden", "Only a person of the organization can lock a period.")


def _whoever(work: Work) -> Person:
    """The person who acts, or else the program or app itself."""
    user_id = UserId(work.actor.user_id) if work.actor.user_id else None
    names = [member.label for member in identity.users(work) if member.id == user_id]
    return Person(user_id, names[0] if names else work.actor.label)


def _record(work: Work, action: str, request: LockRequest) -> None:
    work.record(
        action,
        subject="period",
        subject_id=request.period.text,
        details={"request_id": str(request.id), "requested_by": request.requested_by.name},
    )


def _record_closing(work: Work, before: PeriodState, sealed: SealedClosing) -> None:
    made = sealed.closing
    work.record(
        "ledger.period_locked",
        subject="period",
        subject_id=made.period.text,
        details={
            "state": [before.state, "locked"],
            "request_id": str(made.request_id),
            "requested_by": made.requested_by.name,
            "approved_by": made.approved_by.name,
            "self_approved": made.is_self_approved,
            "closing_number": made.number,
            "closing_hash": sealed.hash.hex(),
        },
    )


def _tell(work: Work, sealed: SealedClosing, addresses: list[str]) -> None:
    """The seal stands outside the books, too."""
    profile = identity.profile(work)
    for address in addresses:
        told = letter.closing_letter(
            Words(profile.language),
            sealed=sealed,
            tenant_id=work.tenant_id,
            books=f"{profile.shown_name} ({identity.environment(work)})",
            address=address,
        )
        mail.enqueue(work, mail=told)
