"""Closings on real PostgreSQL: nobody changes them unseen, and the owners are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.kernel.errors import Denied
from kontorhaus.kernel.ids import UserId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.ledger.periods import actions, store
from kontorhaus.ledger.periods import queries as periods
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import SYSTEM, Actor, Caller, begin

MARCH, APRIL = Period("2026-03"), Period("2026-04")


def actor(user_id: UserId) -> Actor:
    return Actor("user", user_id, user_id, "login", None, "web", "dashboard")


class Company:
    """Books with an owner and an adviser."""

    def __init__(self, database: Database, founded: Founded) -> None:
        self.database = database
        self.caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
        with begin(database, self.caller) as work:
            self.owner, self.adviser = (
                identity.create_user(work, email=f"{uuid7().hex}@example.de", role=role)
                for role in ("owner", "adviser")
            )

    def post(self, day: date, cents: int = 100) -> None:
        with begin(self.database, self.caller) as work:
            move = Transfer("1800", "4400", Money(cents), 1, 1)
            ledger.post(work, postings=[Posting(day, "Buchung", (move,), "manual")])

    def lock(self, period: Period) -> None:
        with begin(self.database, replace(self.caller, actor=actor(self.owner))) as work:
            asked = actions.request_lock(work, period=period)
        with begin(self.database, replace(self.caller, actor=actor(self.adviser))) as work:
            actions.approve_lock(work, period=period, request_id=asked.request.id)

    def findings(self) -> list[str]:
        with begin(self.database, self.caller, read_only=True) as work:
            return [finding.message for finding in periods.verify(work)]


@pytest.fixture
def company(database: Database, new_organization: Callable[..., Founded]) -> Company:
    made = Company(database, new_organization())
    for day in (date(2026, 3, 2), date(2026, 4, 1), date(2026, 3, 31)):
        made.post(day)
    made.lock(MARCH)
    made.post(date(2026, 4, 2))
    made.lock(APRIL)
    return made


def test_closings_as_they_were_written_are_in_order(company: Company) -> None:
    assert company.findings() == []
    with begin(company.database, company.caller, read_only=True) as work:
        march, april = periods.closings(work)
        assert periods.last_closing(work) == april
        assert april.closing.head == queries.head(work)
    assert (march.closing.contents.first_number, march.closing.contents.last_number) == (1, 3)
    assert (march.closing.contents.event_count, march.closing.contents.total) == (2, Money(200))
    assert april.closing.prev_hash == march.hash


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update closing set approved_by = 'x' where period = '2026-03'", "was changed"),
        ("update closing set total = 1 where period = '2026-03'", "does not hold what it held"),
        ("update event set hash = sha256('x') where journal_number = 1", "does not hold"),
        ("delete from closing where period = '2026-03'", "Closing 1 is missing"),
        ("delete from closing where period = '2026-04'", "2026-04 is locked and has no closing"),
        ("update period set state = 'open' where period = '2026-03'", "is not any more"),
        (
            "update closing set head_number = 2 where period = '2026-04'",
            "The journal lacks the end that the closing of 2026-04 names.",
        ),
        (
            "update closing set prev_hash = sha256('x') where period = '2026-04'",
            "The closing of 2026-04 does not follow the one before it.",
        ),
    ],
)
def test_verify_sees_what_was_changed(
    company: Company, superuser_conninfo: str, statement: str, said: str
) -> None:
    with psycopg.connect(superuser_conninfo) as connection:
        connection.execute("set search_path = kontorhaus")
        connection.execute(f"{statement} and tenant_id = '{company.caller.tenant_id}'".encode())
    assert any(said in message for message in company.findings()), company.findings()


@pytest.mark.parametrize("table", ["closing", "lock_request", "lock_decision"])
def test_the_program_itself_cannot_change_what_was_decided(company: Company, table: str) -> None:
    for statement in (f"update {table} set tenant_id = tenant_id", f"delete from {table}"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            begin(company.database, company.caller) as work,
        ):
            work.connection.execute(statement.encode())


def test_the_owners_are_mailed_the_seal(company: Company) -> None:
    with begin(company.database, company.caller, read_only=True) as work:
        last = periods.last_closing(work)
        told = work.connection.execute(
            "select m.recipient, m.subject, m.body, u.id from mail m join app_user u"
            " on u.email = m.recipient order by m.id"
        ).fetchall()
    assert last is not None
    assert [row[1] for row in told] == [
        "Periode 2026-03 ist festgeschrieben",
        "Periode 2026-04 ist festgeschrieben",
    ]
    assert {row[3] for row in told} == {company.owner}
    head = last.closing.head
    for value in (
        f"Prüfsumme des Abschlusses: {last.hash.hex()}",
        f"kontorhaus verify --head {company.caller.tenant_id}:{head.journal_number}:"
        f"{head.hash.hex()}",
        "Nordlicht Hosting GmbH (LIVE)",
    ):
        assert value in told[1][2]


def test_a_program_without_a_person_can_close_softly_and_no_more(company: Company) -> None:
    may = Period("2026-05")
    with begin(company.database, company.caller) as work:
        assert actions.soft_lock(work, period=may).locked_by == SYSTEM.label
    with (
        pytest.raises(Denied) as refusal,
        begin(company.database, company.caller) as work,
    ):
        actions.request_lock(work, period=may)
    assert refusal.value.code == "forbidden"


def test_nobody_sees_or_decides_a_request_of_another_tenant(
    company: Company, new_organization: Callable[..., Founded]
) -> None:
    stranger = Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(company.database, stranger) as work:
        assert store.closings(work) == []
        assert store.periods(work) == []
        assert store.hold(work, period=MARCH) is None


def test_tax_of_a_month_that_is_closed_counts_on_the_booking_date(company: Company) -> None:
    def tax_date(service: date) -> date:
        move = Transfer("1800", "4400", Money(100), 1, 1)
        with begin(company.database, company.caller) as work:
            day = date(2026, 5, 4)
            posting = Posting(day, "Leistung", (move,), "manual", tax_date=service)
            made = ledger.post(work, postings=[posting])[0]
            return queries.intent(work, intent_id=made.intent_id).entries[0].intent.tax_date

    assert tax_date(date(2026, 3, 31)) == date(2026, 5, 4)
    assert tax_date(date(2026, 2, 28)) == date(2026, 2, 28)
    with begin(company.database, company.caller) as work:
        actions.soft_lock(work, period=Period("2026-02"))
    assert tax_date(date(2026, 2, 28)) == date(2026, 5, 4)
