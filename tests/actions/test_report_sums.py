"""Reports of any days in any fiscal year are the sums of the events, to the cent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kontorhaus.identity import actions as identity
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import fiscal_year_end, fiscal_year_start
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.reports import queries
from kontorhaus.reports.model import ReportRow
from kontorhaus.runtime.work import Work

ACCOUNTS = ("1800", "4400", "6300", "10001", "10002", "70001")
RESULTS = ("4400", "6300")
Move = tuple[date, str, str, int]


class _Undone(Exception):
    pass


edges = st.sampled_from([date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)])
days = st.dates(date(2024, 1, 1), date(2026, 12, 31)) | edges.map(lambda day: day - timedelta(1))
moves = st.tuples(
    days, st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 10**6)
).filter(lambda move: move[1] != move[2])


def net(moves: Iterable[Move], account: str, first: date, last: date) -> int:
    """Debits less credits of the days from `first` to `last`."""
    return sum(
        cents * ((debit == account) - (credit == account))
        for day, debit, credit, cents in moves
        if first <= day <= last
    )


def balances(rows: Iterable[ReportRow]) -> dict[str, int]:
    return {row.number: row.balance.minor for row in rows if row.balance}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(moves, min_size=1, max_size=8), st.tuples(days, days).map(sorted), st.integers(1, 12)
)
def test_reports_are_the_sums_of_the_events(
    work: Work, moves: list[Move], window: list[date], start_month: int
) -> None:
    opened = replace(work, now=datetime(2026, 12, 31, 12, tzinfo=UTC))
    with contextlib.suppress(_Undone), opened.connection.transaction():
        for kind in ("customer", "customer", "vendor"):
            ledger.open_personal_account(opened, kind=kind, name="Jemand")
        identity.change_settings(opened, changes={"fiscal_year_start_month": start_month})
        ledger.post(opened, postings=[posting(move, start_month) for move in moves])
        check(opened, moves, window[0], window[1], start_month)
        raise _Undone


def posting(move: Move, start_month: int) -> Posting:
    """On the last day of a fiscal year, in one of its three periods."""
    day, debit, credit, cents = move
    closing = (None, 13, 14)[cents % 3] if day == fiscal_year_end(day, start_month) else None
    return Posting(
        day,
        "Buchung",
        (Transfer(debit, credit, Money(cents), 1, 1),),
        "manual",
        adjustment_period=closing,
    )


def check(work: Work, moves: list[Move], first: date, last: date, start_month: int) -> None:
    year = fiscal_year_start(last, start_month)
    rows = queries.report(work, kind="susa", start=first, end=last)
    expected = {
        account: net(moves, account, min(first, year) if account in RESULTS else date.min, last)
        for account in ACCOUNTS
    }
    if first > year:
        expected |= {account: net(moves, account, first, last) for account in RESULTS}
    assert balances(rows) == {account: cents for account, cents in expected.items() if cents}
    if first <= year:
        assert sum(row.debit_total.minor - row.credit_total.minor for row in rows) == sum(
            net(moves, account, min(first, year), last) for account in ACCOUNTS
        )
    guv = queries.report(work, kind="guv", start=first, end=last)
    assert balances(guv) == {n: c for n, c in balances(rows).items() if n in RESULTS}
    check_balance_sheet(work, moves, first, last, year)


def check_balance_sheet(work: Work, moves: list[Move], first: date, last: date, year: date) -> None:
    sheet = balances(queries.report(work, kind="bilanz", start=first, end=last))
    persons = {n: net(moves, n, date.min, last) for n in ("10001", "10002", "70001")}
    customers = [persons["10001"], persons["10002"]]
    expected = {
        "1200": sum(cents for cents in customers if cents > 0),
        "3500": sum(cents for cents in customers if cents < 0),
        "3300": min(persons["70001"], 0),
        "1300": max(persons["70001"], 0),
        "1800": net(moves, "1800", date.min, last),
        "Ergebnisvortrag": sum(
            net(moves, n, date.min, date.fromordinal(year.toordinal() - 1)) for n in RESULTS
        ),
        "Periodenergebnis": sum(net(moves, n, year, last) for n in RESULTS),
    }
    assert sheet == {number: cents for number, cents in expected.items() if cents}
    assert sum(sheet.values()) == 0
