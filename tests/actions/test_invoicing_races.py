"""Many at once: one number each, one winner each, nothing half done."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import TypeVar

import pytest

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.invoicing import actions, queries
from kontorhaus.invoicing.model import (
    Client,
    Content,
    Document,
    DocumentChange,
    Filter,
    Line,
    MarkChange,
    NewDocument,
)
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import actions as books
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.periods import actions as periods
from kontorhaus.openitems import queries as openitems
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import Caller, Work, begin

Result = TypeVar("Result")

LINES = (Line("Hosting", Decimal(1), Decimal("10.00"), None, Decimal(19)),)
FINALIZE = DocumentChange(
    fields=frozenset({"finalized"}), content=lambda before: before, finalized=True
)


MARCH, APRIL = date(2026, 3, 9), date(2026, 4, 2)


class _Forced(Exception):
    """A failure after everything was written, before the commit."""


def in_transaction(database: Database, caller: Caller, action: Callable[[Work], Result]) -> Result:
    with begin(database, caller) as work:
        return action(work)


def new(**more: object) -> NewDocument:
    content = Content(date(2026, 3, 2), Client(name="A", country_code="DE"), LINES)
    return NewDocument(type="invoice", content=content, **more)


def test_numbers_are_gapless_although_some_fail_at_the_last_moment(
    database: Database, live_caller: Caller
) -> None:
    contact = in_transaction(
        database,
        live_caller,
        lambda work: receivables.register_customer(work, details=PartyDetails(name="A")),
    )
    chance = random.Random(7)
    fails = [chance.random() < 0.15 for _ in range(160)]

    def finalize(is_failing: bool) -> str | None:
        def action(work: Work) -> str | None:
            made = actions.create(
                work,
                new=NewDocument(
                    type="invoice",
                    content=Content(date(2026, 3, 2), None, LINES),
                    client_id=contact.public_id,
                    finalized=True,
                ),
            )
            if is_failing:
                raise _Forced
            return made.number

        try:
            return in_transaction(database, live_caller, action)
        except _Forced:
            return None

    with ThreadPoolExecutor(16) as racers:
        numbers = sorted(number for number in racers.map(finalize, fails) if number)
    assert numbers == [f"RE-2026-{n:04}" for n in range(1, fails.count(False) + 1)]
    with begin(database, live_caller, read_only=True) as work:
        found, count = queries.documents(work, wanted=Filter(), limit=200, skip=0)
        assert count == len(numbers)
        assert all(document.claim for document in found)
        assert len(openitems.open_items(work, kind="receivable")) == count
        assert ledger.verify(work) == []


def test_one_of_many_finalizes_a_draft(database: Database, live_caller: Caller) -> None:
    draft = in_transaction(database, live_caller, lambda work: actions.create(work, new=new()))

    def finalize(_: int) -> str:
        try:
            made = in_transaction(
                database,
                live_caller,
                lambda work: actions.amend(work, public_id=draft.public_id, change=FINALIZE),
            )
        except Conflict as refusal:
            return refusal.code
        assert made.number is not None
        return made.number

    with ThreadPoolExecutor(16) as racers:
        answers = sorted(racers.map(finalize, range(32)))
    assert answers == ["RE-2026-0001"] + ["finalized"] * 31


@pytest.mark.parametrize("number", ["RE-2026-0001", "X-1"])
def test_a_number_given_twice_at_once_is_given_once(
    database: Database, live_caller: Caller, number: str
) -> None:
    def create(_: int) -> str:
        try:
            in_transaction(
                database,
                live_caller,
                lambda work: actions.create(work, new=new(number=number, finalized=True)),
            )
        except Conflict as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(8) as racers:
        answers = sorted(racers.map(create, range(8)))
    assert answers == ["made"] + ["number_taken"] * 7


def paid(is_set: bool) -> DocumentChange:
    day = MARCH if is_set else None
    return DocumentChange(
        fields=frozenset({"paid"}),
        content=lambda before: before,
        paid=MarkChange(is_set=is_set, day=day),
    )


def declare(work: Work, document: Document) -> Document:
    return actions.amend(work, public_id=document.public_id, change=paid(True))


def withdraw(work: Work, document: Document) -> Document:
    return actions.amend(work, public_id=document.public_id, change=paid(False))


def write_for_march(work: Work, document: Document) -> Document:
    return actions.create(work, new=new(finalized=True))


def write_in_april_for_march(work: Work, document: Document) -> Document:
    content = Content(
        APRIL, Client(name="A", country_code="DE"), LINES, service_date=date(2026, 3, 31)
    )
    return actions.create(work, new=NewDocument(type="invoice", content=content, finalized=True))


def wait_for(database: Database, count: int) -> None:
    """Until so many wait at the doors of periods."""
    for _ in range(2000):
        with database.connection() as connection:
            row = connection.execute(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                " and database = (select oid from pg_database where datname = current_database())"
            ).fetchone()
        if row and row[0] == count:
            return
        time.sleep(0.01)
    raise AssertionError(f"there are never {count} who wait")


@pytest.mark.parametrize(
    ("first", "later", "is_paid_before", "answer"),
    [
        (declare, declare, False, "period_locked"),
        (withdraw, withdraw, True, "done"),
        (write_for_march, write_in_april_for_march, False, "done"),
    ],
)
def test_who_is_in_a_period_never_waits_for_those_behind_its_lock(
    database: Database,
    live_caller: Caller,
    first: Callable[[Work, Document], Document],
    later: Callable[[Work, Document], Document],
    is_paid_before: bool,
    answer: str,
) -> None:
    document = in_transaction(
        database, live_caller, lambda work: actions.create(work, new=new(finalized=True))
    )
    if is_paid_before:
        in_transaction(database, live_caller, lambda work: declare(work, document))

    def lock() -> None:
        in_transaction(
            database, live_caller, lambda work: periods.soft_lock(work, period=Period.of(MARCH))
        )

    def come_later() -> str:
        try:
            in_transaction(database, live_caller, lambda work: later(work, document))
        except Conflict as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as others:
        with begin(database, live_caller) as work:
            work.connection.execute("set local lock_timeout = '300ms'")
            books.enter_period(work, booking_date=MARCH)
            locking = others.submit(lock)
            wait_for(database, 1)
            coming = others.submit(come_later)
            wait_for(database, 2)
            first(work, document)
        locking.result()
        assert coming.result() == answer
    with begin(database, live_caller, read_only=True) as work:
        assert ledger.verify(work) == []
        assert openitems.verify(work) == []


def test_a_payment_declared_while_the_period_is_locked_and_reopened_stays_whole(
    database: Database, live_caller: Caller
) -> None:
    document = in_transaction(
        database, live_caller, lambda work: actions.create(work, new=new(finalized=True))
    )

    def attempt(action: Callable[[Work], object]) -> str:
        try:
            in_transaction(database, live_caller, action)
        except (Conflict, Invalid) as refusal:
            return refusal.code
        return "done"

    def close_and_open(_: int) -> set[str]:
        period = Period.of(MARCH)
        return {
            attempt(lambda work: periods.soft_lock(work, period=period)),
            attempt(lambda work: periods.reopen(work, period=period)),
        }

    def turn(number: int) -> set[str]:
        is_set = number % 2 == 0
        return {attempt(lambda work: (declare if is_set else withdraw)(work, document))}

    with ThreadPoolExecutor(6) as racers:
        turns = [racers.submit(turn, number) for number in range(40)]
        locks = [racers.submit(close_and_open, number) for number in range(20)]
        answers = set().union(*(each.result() for each in [*turns, *locks]))
    assert answers <= {
        "done",
        "paid",
        "changed_meanwhile",
        "period_locked",
        "period_already_open",
        "period_already_soft_locked",
    }
    assert "done" in answers
    with begin(database, live_caller, read_only=True) as work:
        assert ledger.verify(work) == []
        assert openitems.verify(work) == []
