"""The ledger on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import psycopg
import pytest

from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Line, Posting, Transfer
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import Caller, Work, begin

DAY = date(2026, 3, 2)


def transfer(debit: str, credit: str, cents: int) -> Transfer:
    return Transfer(debit, credit, Money(cents), 1, 1)


def posting(*transfers: Transfer, day: date = DAY, text: str = "Buchung") -> Posting:
    return Posting(day, text, transfers, "manual")


def line(account: str, debit: int = 0, credit: int = 0, code: str | None = None) -> Line:
    return Line(account, Money(debit), Money(credit), code)


def test_a_coded_line_is_split_into_net_and_tax(work: Work) -> None:
    booked = ledger.book(
        work,
        booking=Booking(DAY, "Server", (line("6837", 11900, 0, "vst19"), line("1800", 0, 11900))),
    )
    entries = queries.intent(work, intent_id=booked.intent_id).entries
    assert [
        (
            e.event.transfer.debit,
            e.event.transfer.credit,
            e.event.transfer.amount.minor,
            e.event.transfer.kind,
        )
        for e in entries
    ] == [("6837", "1800", 10000, "net"), ("1406", "1800", 1900, "tax")]


def test_posting_a_sequence_advances_the_chain_once_for_all(work: Work) -> None:
    before = queries.head(work)
    posted = ledger.post(
        work, postings=[posting(transfer("1800", "4400", 100 + n)) for n in range(5)]
    )
    assert [p.first_journal_number for p in posted] == [
        before.journal_number + n for n in range(1, 6)
    ]
    assert queries.head(work).journal_number == before.journal_number + 5
    assert queries.verify(work) == []


def test_metadata_and_decimals_survive_the_chain(work: Work) -> None:
    ledger.book(
        work,
        booking=Booking(
            DAY,
            "Ünïcode – Größe",
            (line("1800", 100), line("4400", 0, 100)),
            external_reference="X-1",
            custom_metadata={"b": Decimal("1.50"), "a": True, "c": "ä", "d": 7, "e": None},
        ),
    )
    assert queries.verify(work) == []


def test_an_account_that_is_not_in_the_chart_is_refused_by_name(work: Work) -> None:
    with pytest.raises(Invalid) as refusal:
        ledger.post(work, postings=[posting(transfer("1800", "98765432", 100))])
    assert refusal.value.code == "account_not_found"
    assert "98765432" in refusal.value.message


def test_the_same_booking_twice_is_suspected_unless_told_otherwise(work: Work) -> None:
    booking = Booking(DAY, "Miete  März", (line("6310", 5000), line("1800", 0, 5000)))
    first = ledger.book(work, booking=booking)
    again = Booking(DAY, "miete märz", booking.lines)
    with pytest.raises(Conflict) as refusal:
        ledger.book(work, booking=again)
    assert refusal.value.code == "duplicate_suspected"
    assert refusal.value.details == {"intent_id": str(first.intent_id)}
    ledger.book(work, booking=Booking(DAY, "miete märz", booking.lines, skip_duplicate_check=True))


def test_a_reversal_mirrors_its_original_and_happens_once(work: Work) -> None:
    booked = ledger.book(
        work,
        booking=Booking(DAY, "Verkauf", (line("1800", 11900), line("4400", 0, 11900, "UST19"))),
    )
    undone = ledger.reverse(
        work, intent_id=booked.intent_id, reason="Irrtum", posting_mode="original_period"
    )
    assert undone.event_count == 2
    assert queries.balance(work, account="4400") == Money(0)
    assert queries.balance(work, account="3806") == Money(0)
    with pytest.raises(Conflict) as refusal:
        ledger.reverse(work, intent_id=booked.intent_id, reason=None)
    assert refusal.value.code == "already_reversed"
    assert queries.verify(work) == []


def test_personal_accounts_are_numbered_from_10001_and_70001(work: Work) -> None:
    first = ledger.open_personal_account(work, kind="customer", name="Anna")
    assert ledger.open_personal_account(work, kind="customer", name="Ben") == str(int(first) + 1)
    assert ledger.open_personal_account(work, kind="customer", name="C", wanted="23456") == "23456"
    assert ledger.open_personal_account(work, kind="vendor", name="D") >= "70001"


def test_a_wanted_number_does_not_end_the_automatic_ones(work: Work) -> None:
    assert ledger.open_personal_account(work, kind="customer", name="Z", wanted="69999") == "69999"
    following = str(int(ledger.open_personal_account(work, kind="customer", name="Y")) + 1)
    taken = ledger.open_personal_account(work, kind="customer", name="X", wanted=following)
    assert taken == following
    after = ledger.open_personal_account(work, kind="customer", name="W", wanted=following)
    assert int(after) == int(following) + 1


@pytest.mark.parametrize(
    "statement",
    [
        "update event set amount = 1",
        "delete from event",
        "update intent set description = 'x'",
        "delete from intent",
        "truncate event",
        "update audit set action = 'x'",
    ],
)
def test_the_program_itself_cannot_change_the_books(work: Work, statement: str) -> None:
    ledger.post(work, postings=[posting(transfer("1800", "4400", 100))])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), work.connection.transaction():
        work.connection.execute(statement)


def test_another_tenant_sees_nothing_even_without_a_filter(
    database: Database, live_caller: Caller, work: Work
) -> None:
    ledger.post(work, postings=[posting(transfer("1800", "4400", 100))])
    with begin(database, live_caller) as other:
        for table in ("event", "intent", "audit", "account_balance", "chain_head"):
            rows = other.connection.execute(f"select distinct tenant_id from {table}").fetchall()
            assert {row[0] for row in rows} <= {live_caller.tenant_id}


TAMPERING = {
    "a changed amount": ("update event set amount = amount + 1 where journal_number = 3", "hash"),
    "a changed text": (
        "update intent set description = 'x' where id = (select intent_id from"
        " event where journal_number = 3 and tenant_id = %(tenant)s)",
        "hash",
    ),
    "a deleted event": ("delete from event where journal_number = 3", "gap"),
    "a deleted intent": (
        "delete from intent where id = (select intent_id from event"
        " where journal_number = 3 and tenant_id = %(tenant)s)",
        "intent",
    ),
    "a swapped pair": (
        "update event set journal_number = case journal_number when 3 then 4"
        " else 3 end where journal_number in (3, 4)",
        "link",
    ),
    "a cut tail": ("delete from event where journal_number > 6", "published"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_verification_finds(
    name: str,
    database: Database,
    live_caller: Caller,
    superuser_conninfo: str,
    new_organization: Callable[..., object],
) -> None:
    with begin(database, live_caller) as work:
        for n in range(10):
            ledger.post(work, postings=[posting(transfer("1800", "4400", 100 + n))])
        published = queries.head(work)
        assert queries.verify(work, published=published) == []
    statement, check = TAMPERING[name]
    tenant = {"tenant": live_caller.tenant_id}
    with psycopg.connect(superuser_conninfo) as connection:
        connection.execute("set search_path = kontorhaus; set session_replication_role = replica")
        if name == "a swapped pair":
            connection.execute("alter table event drop constraint event_pkey cascade")
        connection.execute(f"{statement} and tenant_id = %(tenant)s", tenant)
        if name == "a cut tail":
            connection.execute(
                "update chain_head set journal_number = 6, hash = (select hash from event"
                " where journal_number = 6 and tenant_id = %(tenant)s)"
                " where tenant_id = %(tenant)s",
                tenant,
            )
        if name == "a swapped pair":
            connection.execute("alter table event add primary key (tenant_id, journal_number)")
    with begin(database, live_caller) as work:
        found = queries.verify(work, published=published)
    assert check in {finding.check for finding in found}
