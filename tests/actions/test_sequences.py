"""Long sequences: written statement by statement, part by part, and proved by their sums."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from kontorhaus.kernel.errors import Conflict, Refusal
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import posting, queries, store
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Line, Posted, Posting, Transfer
from kontorhaus.runtime.ids import uuid7s
from kontorhaus.runtime.work import Work


def wanted(number: int, *, account: str = "1800", day: date = date(2026, 3, 2)) -> Posting:
    move = Transfer(account, "4400", Money(100 + number), 1, 1)
    return Posting(day, f"Buchung {number}", (move,), "manual", check_duplicates=True)


def test_parts_and_statements_make_one_chain(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_INTENTS_OF_A_STATEMENT", 3)
    with posting.opened(work) as sequence:
        made = [
            each
            for start in (0, 7, 14)
            for each in sequence.add(
                [wanted(n, day=date(2026 + n // 14, 3, 2)) for n in range(start, start + 7)]
            )
        ]
    numbers = [each.first_journal_number for each in made if isinstance(each, Posted)]
    first = numbers[0]
    assert numbers == list(range(first, first + 21))
    assert queries.head(work).journal_number == numbers[-1]
    assert queries.verify(work) == []


def test_a_later_part_of_a_sequence_repeats_an_earlier_one(work: Work) -> None:
    with posting.opened(work) as sequence:
        sequence.add([wanted(1), wanted(2)])
        first, again = sequence.add([wanted(3), wanted(2)])
    assert isinstance(first, Posted)
    assert isinstance(again, Conflict)
    assert again.code == "duplicate_suspected"


def test_refused_bookings_leave_no_gap_between_the_others(work: Work) -> None:
    lines = (Line("1800", Money(500), Money(0)), Line("4400", Money(0), Money(500)))
    one_sided = (Line("1800", Money(500), Money(0)),)
    before = queries.head(work).journal_number
    with ledger.book_many(work, source="import") as book:
        made = book(
            [
                Booking(date(2026, 3, 2), "eins", lines),
                Booking(date(2026, 3, 2), "zwei", one_sided),
                Booking(date(2026, 3, 2), "drei", lines, adjustment_period=13),
                Booking(date(2026, 3, 3), "vier", lines),
            ]
        )
    assert [each.code for each in made if isinstance(each, Refusal)] == [
        "balance_mismatch",
        "invalid_input",
    ]
    assert queries.head(work).journal_number == before + 2
    assert queries.verify(work) == []


def test_sums_prove_that_the_accounts_of_events_exist(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = store.accounts(work, numbers=["1800"])["1800"]
    monkeypatch.setattr(store, "accounts", lambda _, numbers: dict.fromkeys(numbers, known))
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        ledger.post(work, postings=[wanted(1, account="7654321")])


def test_ids_are_in_the_order_of_time_and_never_the_same() -> None:
    made = [each for _ in range(3) for each in uuid7s(5_000)]
    assert made == sorted(set(made))
    assert {each.version for each in made} == {7}
