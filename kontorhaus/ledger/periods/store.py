"""The tables of the periods: their state moves; requests, decisions and closings are appended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kontorhaus.kernel.ids import UserId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.model import Head
from kontorhaus.ledger.periods.model import (
    Closing,
    Contents,
    LockRequest,
    LockRequestId,
    Outcome,
    PeriodState,
    Person,
    SealedClosing,
    State,
)
from kontorhaus.runtime.work import Work

Row = tuple[Any, ...]

_PERIOD = "period, state, locked_by, locked_at"
_REQUEST = (
    "r.id, r.period, r.requested_by_user, r.requested_by, r.user_ids, r.created_at, d.outcome"
)
_WITH_DECISION = (
    "lock_request r left join lock_decision d on d.tenant_id = r.tenant_id and d.request_id = r.id"
)
_CONTENTS = (
    "count(distinct e.intent_id), count(e.id), coalesce(sum(e.amount), 0)::bigint,"
    " min(e.journal_number), max(e.journal_number),"
    " sha256(coalesce(string_agg(e.hash, ''::bytea order by e.journal_number), ''::bytea))"
)
_CONTENTS_WIDTH = 6
_CLOSING = (
    "c.version, c.closing_number, c.period, c.request_id, c.booking_count, c.event_count, c.total,"
    " c.first_number, c.last_number, c.events_hash, c.head_number, c.head_hash,"
    " c.requested_by_user, c.requested_by, c.approved_by_user, c.approved_by, c.locked_at,"
    " c.prev_hash, c.hash"
)


def hold(work: Work, *, period: Period) -> PeriodState | None:
    """A period, locked against everybody until the transaction ends.

    The advisory lock is the door that postings pass, too: those that are in come to their end,
    later ones wait behind us.
    """
    with work.connection.pipeline():
        work.connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%(tenant)s::text || %(period)s, 0))",
            {"tenant": work.tenant_id, "period": period.text},
        )
        found = work.connection.execute(
            f"select {_PERIOD} from period"
            " where tenant_id = %(tenant)s and period = %(period)s for update",
            {"tenant": work.tenant_id, "period": period.text},
        )
        row = found.fetchone()
    return _state_of(row) if row else None


def set_state(work: Work, *, period: Period, state: State, person: Person | None) -> None:
    """Move a period; `person` is who closed it, None for an open one."""
    work.connection.execute(
        "update period set state = %(state)s, locked_by = %(by)s, locked_at = %(at)s"
        " where tenant_id = %(tenant)s and period = %(period)s",
        {
            "tenant": work.tenant_id,
            "period": period.text,
            "state": state,
            "by": person.name if person else None,
            "at": work.now if person else None,
        },
    )


def periods(work: Work) -> list[tuple[PeriodState, int]]:
    """Every period with the number of its bookings, in no order."""
    rows = work.connection.execute(
        "select p.period, p.state, p.locked_by, p.locked_at, coalesce(i.bookings, 0)"
        " from period p left join (select period, count(*) as bookings from intent"
        " where tenant_id = %(tenant)s group by period) i on i.period = p.period"
        " where p.tenant_id = %(tenant)s",
        {"tenant": work.tenant_id},
    )
    return [(_state_of(row), row[4]) for row in rows]


def open_periods(work: Work) -> list[Period]:
    """The periods that take postings, in no order."""
    rows = work.connection.execute(
        "select period from period where tenant_id = %(tenant)s and state = 'open'",
        {"tenant": work.tenant_id},
    )
    return [Period(row[0]) for row in rows]


def insert_request(work: Work, *, request: LockRequest) -> None:
    """Keep a request."""
    work.connection.execute(
        "insert into lock_request (tenant_id, id, period, requested_by_user, requested_by,"
        " user_ids, created_at) values (%(tenant)s, %(id)s, %(period)s, %(user)s, %(name)s,"
        " %(members)s, %(at)s)",
        {
            "tenant": work.tenant_id,
            "id": request.id,
            "period": request.period.text,
            "user": request.requested_by.user_id,
            "name": request.requested_by.name,
            "members": sorted(request.members),
            "at": request.created_at,
        },
    )


def request(work: Work, *, period: Period, request_id: LockRequestId) -> LockRequest | None:
    """A request to lock a period, with what became of it."""
    row = work.connection.execute(
        f"select {_REQUEST} from {_WITH_DECISION} where r.tenant_id = %(tenant)s"
        " and r.period = %(period)s and r.id = %(id)s",
        {"tenant": work.tenant_id, "period": period.text, "id": request_id},
    ).fetchone()
    return _request_of(row) if row else None


def undecided_request(work: Work, *, period: Period, since: datetime) -> LockRequest | None:
    """The newest request of a period that nobody has decided, if it was made after a time."""
    row = work.connection.execute(
        f"select {_REQUEST} from {_WITH_DECISION} where r.tenant_id = %(tenant)s"
        " and r.period = %(period)s and d.outcome is null and r.created_at > %(since)s"
        " order by r.id desc limit 1",
        {"tenant": work.tenant_id, "period": period.text, "since": since},
    ).fetchone()
    return _request_of(row) if row else None


def insert_decision(
    work: Work, *, request_id: LockRequestId, outcome: Outcome, person: Person
) -> None:
    """Decide a request; the key of the table allows one decision."""
    work.connection.execute(
        "insert into lock_decision (tenant_id, request_id, outcome, decided_by_user, decided_by,"
        " decided_at) values (%(tenant)s, %(id)s, %(outcome)s, %(user)s, %(name)s, %(at)s)",
        {
            "tenant": work.tenant_id,
            "id": request_id,
            "outcome": outcome,
            "user": person.user_id,
            "name": person.name,
            "at": work.now,
        },
    )


def contents(work: Work, *, period: Period, days: tuple[date, date]) -> Contents:
    """What a period holds now; `days` are the first and last on which its bookings can lie."""
    row = work.connection.execute(
        f"select {_CONTENTS} from event e where e.tenant_id = %(tenant)s"
        " and e.booking_date between %(first)s and %(last)s and e.period = %(period)s",
        {"tenant": work.tenant_id, "period": period.text, "first": days[0], "last": days[1]},
    ).fetchone()
    assert row is not None
    return _contents_of(row)


def hold_head(work: Work) -> Head:
    """The end of the journal's chain, held until the transaction ends."""
    row = work.connection.execute(
        "select journal_number, hash from chain_head where tenant_id = %(tenant)s for update",
        {"tenant": work.tenant_id},
    ).fetchone()
    assert row is not None, "the books of this tenant were opened"
    return Head(row[0], row[1])


def insert_closing(work: Work, *, sealed: SealedClosing) -> None:
    """Append a closing."""
    closing = sealed.closing
    held = closing.contents
    work.connection.execute(
        "insert into closing (tenant_id, closing_number, version, period, request_id,"
        " booking_count, event_count, total, first_number, last_number, events_hash, head_number,"
        " head_hash, requested_by_user, requested_by, approved_by_user, approved_by,"
        " self_approved, locked_at, prev_hash, hash) values (%(tenant)s, %(number)s, %(version)s,"
        " %(period)s, %(request)s, %(bookings)s, %(events)s, %(total)s, %(first)s, %(last)s,"
        " %(events_hash)s, %(head_number)s, %(head_hash)s, %(asker)s, %(asker_name)s,"
        " %(approver)s, %(approver_name)s, %(alone)s, %(at)s, %(prev)s, %(hash)s)",
        {
            "tenant": work.tenant_id,
            "number": closing.number,
            "version": closing.version,
            "period": closing.period.text,
            "request": closing.request_id,
            "bookings": held.booking_count,
            "events": held.event_count,
            "total": held.total.minor,
            "first": held.first_number,
            "last": held.last_number,
            "events_hash": held.events_hash,
            "head_number": closing.head.journal_number,
            "head_hash": closing.head.hash,
            "asker": closing.requested_by.user_id,
            "asker_name": closing.requested_by.name,
            "approver": closing.approved_by.user_id,
            "approver_name": closing.approved_by.name,
            "alone": closing.is_self_approved,
            "at": closing.locked_at,
            "prev": closing.prev_hash,
            "hash": sealed.hash,
        },
    )


def closings(work: Work) -> list[SealedClosing]:
    """Every closing in the order of its number."""
    rows = work.connection.execute(
        f"select {_CLOSING} from closing c where c.tenant_id = %(tenant)s"
        " order by c.closing_number",
        {"tenant": work.tenant_id},
    )
    return [_closing_of(row) for row in rows]


def last_closing(work: Work) -> SealedClosing | None:
    """The newest closing."""
    row = work.connection.execute(
        f"select {_CLOSING} from closing c where c.tenant_id = %(tenant)s"
        " order by c.closing_number desc limit 1",
        {"tenant": work.tenant_id},
    ).fetchone()
    return _closing_of(row) if row else None


def recounted(work: Work) -> dict[str, Contents]:
    """What the periods that have a closing hold now."""
    rows = work.connection.execute(
        f"select {_CONTENTS}, c.period from closing c left join event e"
        " on e.tenant_id = c.tenant_id and e.period = c.period"
        " where c.tenant_id = %(tenant)s group by c.period",
        {"tenant": work.tenant_id},
    ).fetchall()
    return {row[_CONTENTS_WIDTH]: _contents_of(row) for row in rows}


def locked_periods(work: Work) -> set[str]:
    """The periods that are locked for good."""
    rows = work.connection.execute(
        "select period from period where tenant_id = %(tenant)s and state = 'locked'",
        {"tenant": work.tenant_id},
    )
    return {row[0] for row in rows}


def hashes(work: Work, *, numbers: list[int]) -> dict[int, bytes]:
    """The hashes of events by journal number."""
    rows = work.connection.execute(
        "select journal_number, hash from event"
        " where tenant_id = %(tenant)s and journal_number = any(%(numbers)s)",
        {"tenant": work.tenant_id, "numbers": numbers},
    )
    return {row[0]: row[1] for row in rows}


def _state_of(row: Row) -> PeriodState:
    return PeriodState(Period(row[0]), row[1], row[2], row[3])


def _request_of(row: Row) -> LockRequest:
    return LockRequest(
        id=LockRequestId(row[0]),
        period=Period(row[1]),
        requested_by=Person(UserId(row[2]), row[3]),
        members=frozenset(map(UserId, row[4])),
        created_at=row[5],
        outcome=row[6],
    )


def _contents_of(row: Row) -> Contents:
    return Contents(row[0], row[1], Money(row[2]), row[3], row[4], row[5])


def _closing_of(row: Row) -> SealedClosing:
    closing = Closing(
        version=row[0],
        number=row[1],
        period=Period(row[2]),
        request_id=LockRequestId(row[3]),
        contents=Contents(row[4], row[5], Money(row[6]), row[7], row[8], row[9]),
        head=Head(row[10], row[11]),
        requested_by=Person(UserId(row[12]), row[13]),
        approved_by=Person(UserId(row[14]), row[15]),
        locked_at=row[16],
        prev_hash=row[17],
    )
    return SealedClosing(closing, row[18])
