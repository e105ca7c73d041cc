"""Sums per account and fiscal year: kept by each posting, in whatever order the days come."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, TenantSettings
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries, rules
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin

ACCOUNTS = ("1800", "1600", "4400", "6300")


class _Undone(Exception):
    pass


def post(work: Work, *moves: tuple[str, str, str, int], adjustment: int | None = None) -> None:
    ledger.post(
        work,
        postings=[
            Posting(
                date.fromisoformat(day),
                "Buchung",
                (Transfer(debit, credit, Money(cents), 1, 1),),
                "manual",
                adjustment_period=adjustment,
            )
            for day, debit, credit, cents in moves
        ],
    )


def years(work: Work) -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = work.connection.execute(
        "select first_day, account, opening, debit, credit from account_year"
        " where tenant_id = %(tenant)s order by first_day, account",
        {"tenant": work.tenant_id},
    )
    return {(str(row[0]), row[1]): row[2:] for row in rows}


def balance_findings(work: Work) -> list[str]:
    return [each.message for each in queries.verify(work) if each.check == "balance"]


def test_a_year_begins_with_the_balances_of_the_one_before(work: Work) -> None:
    post(work, ("2025-12-30", "1800", "4400", 700))
    post(work, ("2026-01-02", "1600", "1800", 200))
    assert years(work) == {
        ("2025-01-01", "1800"): (0, 700, 0),
        ("2025-01-01", "4400"): (0, 0, 700),
        ("2026-01-01", "1600"): (0, 200, 0),
        ("2026-01-01", "1800"): (700, 0, 200),
        ("2026-01-01", "4400"): (-700, 0, 0),
    }


def test_a_late_posting_moves_the_openings_of_the_years_after_it(work: Work) -> None:
    post(work, ("2026-01-02", "1600", "1800", 200))
    post(work, ("2024-06-30", "1800", "4400", 50))
    post(work, ("2024-07-01", "6300", "1600", 1))
    kept = years(work)
    assert kept[("2024-01-01", "1800")] == (0, 50, 0)
    assert kept[("2026-01-01", "1800")] == (50, 0, 200)
    assert kept[("2026-01-01", "6300")] == (1, 0, 0)
    assert balance_findings(work) == []


def test_a_changed_fiscal_year_leaves_the_years_that_were_begun(work: Work) -> None:
    post(work, ("2026-02-02", "1800", "4400", 10))
    identity.change_settings(work, changes={"fiscal_year_start_month": 7})
    post(work, ("2026-08-02", "1800", "4400", 20), ("2027-03-01", "1800", "4400", 40))
    post(work, ("2027-07-01", "1600", "1800", 1))
    assert {first for first, _ in years(work)} == {"2026-01-01", "2026-07-01", "2027-07-01"}
    assert years(work)[("2027-07-01", "1800")] == (70, 0, 1)
    assert balance_findings(work) == []


def test_closing_periods_lie_in_the_year_that_they_close(work: Work) -> None:
    identity.change_settings(work, changes={"fiscal_year_start_month": 7})
    post(work, ("2026-06-30", "1800", "4400", 10), adjustment=13)
    post(work, ("2026-07-01", "1800", "4400", 5))
    kept = years(work)
    assert kept[("2025-07-01", "1800")] == (0, 10, 0)
    assert kept[("2026-07-01", "1800")] == (10, 5, 0)
    assert balance_findings(work) == []


def test_verification_finds_a_changed_sum_of_a_year(work: Work) -> None:
    post(work, ("2026-01-02", "1600", "1800", 200))
    work.connection.execute(
        "update account_year set opening = 3 where tenant_id = %(tenant)s and account = '1600'",
        {"tenant": work.tenant_id},
    )
    assert balance_findings(work) == [
        "Account 1600 in the year from 2026-01-01: kept 3, 200/0, counted 0, 200/0 cents."
    ]


def test_books_from_before_get_the_same_years(
    database: Database, new_organization: Callable[..., Founded], superuser_conninfo: str
) -> None:
    founded = new_organization(settings=TenantSettings(fiscal_year_start_month=7))
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin", uuid7())
    with begin(database, caller) as opened:
        post(opened, ("2026-06-30", "1800", "4400", 10), adjustment=13)
        post(opened, ("2026-07-01", "1800", "4400", 5), ("2024-01-31", "1600", "1800", 3))
        expected = years(opened)
    step = resources.files("kontorhaus.runtime.migrations").joinpath("0016_reports.sql")
    old_books = step.read_text("utf-8").partition("-- Books that were kept before this step.")[2]
    with psycopg.connect(superuser_conninfo) as connection:
        connection.execute("set search_path = kontorhaus")
        connection.execute("delete from account_year; delete from fiscal_year")
        connection.execute("set role kontorhaus_owner")
        connection.execute(old_books.encode())
    with begin(database, caller, read_only=True) as opened:
        assert {first for first, _ in expected} == {"2023-07-01", "2025-07-01", "2026-07-01"}
        assert years(opened) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_a_day_lies_in_the_year_of_twelve_months(day: str, expected: bool) -> None:
    assert rules.has_year(date.fromisoformat(day), [date(2026, 1, 1)]) is expected


moves = st.tuples(
    st.dates(date(2023, 1, 1), date(2027, 12, 31)).map(str),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
    st.integers(1, 10**6),
).filter(lambda move: move[1] != move[2])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.lists(moves, min_size=1, max_size=3), min_size=1, max_size=5), st.integers(1, 12)
)
def test_kept_sums_are_those_of_the_events_whatever_the_order(
    work: Work, calls: list[list[tuple[str, str, str, int]]], start_month: int
) -> None:
    opened = replace(work, now=datetime(2026, 3, 31, 12, tzinfo=UTC))
    with contextlib.suppress(_Undone), opened.connection.transaction():
        identity.change_settings(opened, changes={"fiscal_year_start_month": start_month})
        for call in calls:
            post(opened, *call)
        assert balance_findings(opened) == []
        raise _Undone
