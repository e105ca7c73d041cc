"""Many at once: one number each, one winner each, nothing half done."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import TypeVar

import pytest

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.invoicing import actions, queries
from kontorhaus.invoicing.model import Client, Content, DocumentChange, Filter, Line, NewDocument
from kontorhaus.kernel.errors import Conflict
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import Caller, Work, begin

Result = TypeVar("Result")

LINES = (Line("Hosting", Decimal(1), Decimal("10.00"), None, Decimal(19)),)
FINALIZE = DocumentChange(
    fields=frozenset({"finalized"}), content=lambda before: before, finalized=True
)


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
