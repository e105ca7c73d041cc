"""A search of the journal finds the same with digests, with some of them, and without."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries
from kontorhaus.ledger.model import JournalQuestion, Posting, Transfer
from kontorhaus.ledger.search import actions, rules
from kontorhaus.runtime.work import Work

DAYS = 300
BOOKINGS = 5 * rules.BLOCK_EVENTS
RARE = {7: "Nashorn im Ölkännchen", 3_000: "100%_NASHORN", 5_100: "ein nashorn"}


def posting(number: int) -> Posting:
    """Bookings whose days and numbers are in different orders."""
    account = "1800" if number % 3 else "1810"
    return Posting(
        date(2026, 1, 1) + timedelta(number * 7 % DAYS),
        RARE.get(number, f"Beleg {number:05d}"),
        (Transfer(account, "4400", Money(100 + number), 1, 1),),
        "manual",
        external_reference="RE-Ä77/5" if number == 99 else None,
    )


def found(work: Work, question: JournalQuestion) -> list[int]:
    """The amounts of all that a search finds, page by page, in the order of the journal."""
    amounts: list[int] = []
    places = []
    start = None
    while True:
        entries, start = queries.journal(work, question=question, start=start, limit=40)
        amounts += [entry.event.transfer.amount.minor for entry in entries]
        places += [(e.intent.booking_date, e.event.journal_number) for e in entries]
        if start is None:
            assert places == sorted(set(places), reverse=True)
            return amounts


@pytest.mark.parametrize("digested", [0, 2, 5])
def test_a_search_finds_every_booking_that_holds_the_text(work: Work, digested: int) -> None:
    ledger.post(work, postings=[posting(number) for number in range(BOOKINGS)])
    assert actions.digest(work, limit=digested) == digested
    rare = {100 + number for number in RARE}
    assert set(found(work, JournalQuestion(search="nasHORN"))) == rare
    assert found(work, JournalQuestion(search="ölkÄnn")) == [107]
    assert found(work, JournalQuestion(search="M ö")) == [107]
    assert found(work, JournalQuestion(search="0%_nas")) == [3_100]
    assert found(work, JournalQuestion(search="re-ä77")) == [199]
    assert found(work, JournalQuestion(search="eleg 01234")) == [1_334]
    assert found(work, JournalQuestion(search="Nilpferd")) == []
    in_days = JournalQuestion(search="Nashorn", first=date(2026, 1, 2), last=date(2026, 2, 28))
    assert found(work, in_days) == [107]
    of_account = JournalQuestion(search="Nashorn", account="1810")
    assert set(found(work, of_account)) == {3_100, 5_200}


def test_what_is_in_many_places_is_found_in_all_of_them(work: Work) -> None:
    ledger.post(work, postings=[posting(number) for number in range(BOOKINGS)])
    without = {
        text: found(work, JournalQuestion(search=text)) for text in ("1810", "g 00", "g 0", "00")
    }
    assert len(without["1810"]) == -(-BOOKINGS // 3) + 1  # and "Beleg 01810"
    actions.digest(work, limit=10)
    for text, amounts in without.items():
        assert found(work, JournalQuestion(search=text)) == amounts


def test_a_digest_is_written_once_for_every_whole_block(work: Work) -> None:
    count = rules.BLOCK_EVENTS + 10
    ledger.post(work, postings=[posting(number) for number in range(count)])
    assert [actions.digest(work, limit=50) for _ in range(2)] == [1, 0]
