"""The reports on real PostgreSQL: the worked example, fiscal years, cut months, the DATEV files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kontorhaus.identity.model import TenantSettings
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Line, Posting, Transfer
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems.model import NewItem
from kontorhaus.reports import queries
from kontorhaus.reports.datev import extf, extf_check
from kontorhaus.reports.datev import queries as datev_queries
from kontorhaus.reports.model import ReportRow
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def books(work: Work) -> Work:
    """The standing tenant on the last day of March 2026, with two customers and a vendor."""
    opened = replace(work, now=datetime(2026, 3, 31, 12, tzinfo=UTC))
    for kind, name in (("customer", "Kunde A"), ("customer", "Kunde B"), ("vendor", "Lieferant")):
        ledger.open_personal_account(opened, kind=kind, name=name)
    return opened


def book(
    work: Work, day: str, *lines: str, text: str = "Buchung", adjustment: int | None = None
) -> IntentId:
    """Post lines written as "D 10001 119.00" or "C 4400 119.00 UST19"."""
    entered = []
    for line in lines:
        side, account, amount, *code = line.split()
        money, nothing = Money.exact(Decimal(amount)), Money.zero()
        debit, credit = (money, nothing) if side == "D" else (nothing, money)
        entered.append(Line(account, debit, credit, code[0] if code else None))
    booking = Booking(
        date.fromisoformat(day), text, tuple(entered), adjustment, skip_duplicate_check=True
    )
    return ledger.book(work, booking=booking).intent_id


def worked_example(work: Work) -> IntentId:
    """Hosting and a book on invoice, paid ten days later."""
    transfers = tuple(
        Transfer("10001", account, Money(cents), pair, pair, kind, code, "credit")
        for account, cents, pair, kind, code in (
            ("4400", 9980, 1, "net", "UST19"),
            ("3806", 1896, 1, "tax", "UST19"),
            ("4300", 2000, 2, "net", "UST7"),
            ("3801", 140, 2, "tax", "UST7"),
        )
    )
    posting = Posting(date(2026, 3, 2), "Rechnung 1001, Łukasz", transfers, "invoicing")
    invoice = ledger.post(work, postings=[posting])[0].intent_id
    item = NewItem(
        kind="receivable", account="10001", party_id=None, intent_id=invoice,
        amount=Money(14016), item_date=date(2026, 3, 2), due_date=date(2026, 3, 16),
        reference="RE 2026-1001",
    )  # fmt: skip
    item_id = openitems.open_item(work, item=item)
    payment = book(work, "2026-03-12", "D 1800 140.16", "C 10001 140.16")
    openitems.settle(
        work, item_id=item_id, amount=Money(14016), intent_id=payment,
        settled_on=date(2026, 3, 12),
    )  # fmt: skip
    return invoice


def balances(rows: list[ReportRow]) -> dict[str, int]:
    return {row.number: row.balance.minor for row in rows}


def test_the_worked_example_stands_in_every_report_to_the_cent(books: Work) -> None:
    worked_example(books)
    assert balances(queries.report(books, kind="susa")) == {
        "10001": 0, "1800": 14016, "3801": -140, "3806": -1896, "4300": -2000, "4400": -9980,
    }  # fmt: skip
    assert balances(queries.report(books, kind="guv")) == {"4300": -2000, "4400": -9980}
    assert balances(queries.report(books, kind="bilanz")) == {
        "1200": 0, "1800": 14016, "3801": -140, "3806": -1896, "Periodenergebnis": -11980,
    }  # fmt: skip
    (march,) = [m for m in queries.monthly_figures(books) if m.month == "2026-03"]
    assert (march.revenue, march.expenses) == (Money(11980), Money(0))
    (vat,) = [m for m in queries.vat_by_month(books) if m.month == "2026-03"]
    assert (vat.output, vat.input) == (Money(2036), Money(0))


def test_the_worked_example_becomes_these_datev_rows(books: Work) -> None:
    worked_example(books)
    export = datev_queries.datev_export(books, start=MARCH[0], end=MARCH[1])
    assert export.file_name == "EXTF_Buchungsstapel_20260301_20260331.csv"
    assert extf_check.problems(export.content) == []
    rows = extf.parse(export.content)[2:]
    picked = [[str(row[n - 1]) for n in (1, 2, 7, 8, 9, 10, 11)] for row in rows]
    assert picked == [
        ["118,76", '"S"', "10001", "4400", '""', "0203", '"RE-2026-1001"'],
        ["21,40", '"S"', "10001", "4300", '""', "0203", '"RE-2026-1001"'],
        ["140,16", '"S"', "1800", "10001", '""', "1203", '"RE-2026-1001"'],
    ]
    assert export.total == Money(28032)
    assert export.left_to_datev == Money(0)
    found = datev_queries.lint(books, start=MARCH[0], end=MARCH[1])
    assert found.counts == {"transliterated": 2, "reference_changed": 3, "without_party": 1}
    assert (found.rows, found.total, found.difference) == (3, export.total, Money(0))
    assert rows[0][extf.TEXT - 1].text == "Rechnung 1001, Lukasz"


def test_a_reversal_leaves_the_books_even_and_is_marked_in_datev(books: Work) -> None:
    invoice = book(books, "2026-03-02", "D 10001 119.00", "C 4400 119.00 UST19")
    ledger.reverse(books, intent_id=invoice, reason="falsch")
    assert set(balances(queries.report(books, kind="susa")).values()) == {0}
    export = datev_queries.datev_export(books, start=MARCH[0], end=MARCH[1])
    rows = [[str(f[n - 1]) for n in (1, 2, 7, 8, 10, 118)] for f in extf.parse(export.content)[2:]]
    assert rows == [
        ["119,00", '"S"', "10001", "4400", "0203", '""'],
        ["119,00", '"S"', "10001", "4400", "3103", '"1"'],
    ]
    assert extf_check.problems(export.content) == []


def test_every_report_of_any_days_agrees_with_the_events(books: Work) -> None:
    entries = [
        ("2024-12-30", 100), ("2025-01-15", 200), ("2025-12-31", 400), ("2026-01-01", 800),
        ("2026-02-10", 1600), ("2026-02-28", 3200), ("2026-03-31", 6400),
    ]  # fmt: skip
    for day, cents in entries:
        book(books, day, f"D 1800 {Money(cents).decimal}", f"C 4400 {Money(cents).decimal}")
    book(books, "2025-12-31", "D 1800 7.00", "C 4400 7.00", adjustment=13)
    moves = [*entries, ("2025-12-31", 700)]
    days = [date(2025, 12, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 10),
            date(2026, 2, 11), date(2026, 3, 31)]  # fmt: skip
    for first in days:
        for last in days:
            if first <= last:
                check_bank(books, first, last, moves)


def check_bank(work: Work, first: date, last: date, moves: list[tuple[str, int]]) -> None:
    before = sum(cents for day, cents in moves if day < str(first))
    within = sum(cents for day, cents in moves if str(first) <= day <= str(last))
    rows = queries.report(work, kind="susa", start=first, end=last)
    (bank,) = [row for row in rows if row.number == "1800"]
    assert (bank.opening_balance.minor, bank.debit_total.minor) == (before, within)
    revenue = [row for row in rows if row.number == "4400"]
    assert sum(row.balance.minor for row in revenue) == -within
    sheet = queries.report(work, kind="bilanz", start=first, end=last)
    assert sum(row.balance.minor for row in sheet) == 0
    results = {row.number: -row.balance.minor for row in sheet if row.type == "equity"}
    year = f"{last:%Y}-01-01"
    assert results.get("Ergebnisvortrag", 0) == sum(c for day, c in moves if day < year)
    assert results.get("Periodenergebnis", 0) == sum(
        c for day, c in moves if year <= day <= str(last)
    )


def test_credit_balances_of_customers_are_liabilities_in_the_balance_sheet(books: Work) -> None:
    book(books, "2026-03-02", "D 10001 119.00", "C 4400 119.00 UST19")
    book(books, "2026-03-03", "D 1800 50.00", "C 10002 50.00")
    book(books, "2026-03-04", "D 70001 8.00", "C 1800 8.00")
    sheet = balances(queries.report(books, kind="bilanz"))
    assert sheet == {
        "1200": 11900, "1300": 800, "1800": 4200, "3500": -5000, "3806": -1900,
        "Periodenergebnis": -10000,
    }  # fmt: skip


def test_self_assessed_tax_counts_on_both_sides_and_is_left_to_datev(books: Work) -> None:
    book(books, "2026-03-04", "D 5920 100.00 VST-13B19", "C 70001 100.00")
    (vat,) = [m for m in queries.vat_by_month(books) if m.month == "2026-03"]
    assert (vat.output, vat.input, vat.payable) == (Money(1900), Money(1900), Money(0))
    export = datev_queries.datev_export(books, start=MARCH[0], end=MARCH[1])
    assert (export.rows, export.total, export.left_to_datev) == (1, Money(10000), Money(1900))


def test_a_fiscal_year_from_july_has_its_own_start_and_closing_periods(
    database: Database, new_organization
) -> None:
    founded = new_organization(settings=TenantSettings(fiscal_year_start_month=7))
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin", uuid7())
    with begin(database, caller) as work:
        book(work, "2026-06-30", "D 1800 10.00", "C 4400 10.00")
        book(work, "2026-06-30", "D 1800 3.00", "C 4400 3.00", adjustment=13)
        book(work, "2026-07-01", "D 1800 5.00", "C 4400 5.00")
        june = queries.report(work, kind="guv", end=date(2026, 6, 30))
        assert balances(june) == {"4400": -1300}
        assert balances(queries.report(work, kind="bilanz", end=date(2026, 7, 31))) == {
            "1800": 1800, "Ergebnisvortrag": -1300, "Periodenergebnis": -500,
        }  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            datev_queries.datev_export(work, start=date(2026, 6, 1), end=date(2026, 7, 31))
        assert refusal.value.details == {"field": "endDate"}
        export = datev_queries.datev_export(work, start=date(2025, 7, 1), end=date(2026, 6, 30))
        assert export.rows == 2
        assert extf.parse(export.content)[0][12].text == "20250701"
        assert extf_check.problems(export.content) == []


def test_a_zip_holds_a_file_for_each_month_with_rows(books: Work) -> None:
    book(books, "2026-01-05", "D 1800 1.00", "C 4200 1.00")
    book(books, "2026-03-05", "D 1800 2.00", "C 4200 2.00")
    export = datev_queries.datev_export(
        books, start=date(2026, 1, 1), end=date(2026, 3, 15), format="zip"
    )
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        assert archive.namelist() == [
            "EXTF_Buchungsstapel_20260101_20260131.csv",
            "EXTF_Buchungsstapel_20260301_20260315.csv",
            "EXTF_Debitoren_Kreditoren_20260315.csv",
            "EXTF_Kontenbeschriftungen_20260315.csv",
        ]
        assert [extf_check.problems(archive.read(n)) for n in archive.namelist()] == [[]] * 4


def test_more_rows_than_a_file_takes_are_refused_and_cut_in_a_zip(
    books: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extf, "MAX_ROWS", 2)
    for cents in range(1, 6):
        book(books, "2026-03-05", f"D 1800 0.0{cents}", f"C 4200 0.0{cents}")
    with pytest.raises(Invalid) as refusal:
        datev_queries.datev_export(books, start=MARCH[0], end=MARCH[1])
    assert refusal.value.details == {"rows": 5, "remedy": "format=zip or a shorter range"}
    export = datev_queries.datev_export(books, start=MARCH[0], end=MARCH[1], format="zip")
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        sizes = {n[-6:]: len(extf.parse(archive.read(n))) - 2 for n in archive.namelist()[:3]}
    assert sizes == {"31.csv": 2, "_2.csv": 2, "_3.csv": 1}


@pytest.mark.parametrize(
    ("kind", "start", "end", "field"),
    [
        ("bwa", None, None, "type"),
        ("susa", date(2026, 3, 2), date(2026, 3, 1), "startDate"),
    ],
)
def test_a_report_that_cannot_be_is_refused(
    books: Work, kind: str, start: date | None, end: date | None, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        queries.report(books, kind=kind, start=start, end=end)
    assert (refusal.value.code, refusal.value.details) == ("invalid_input", {"field": field})


def test_empty_books_give_empty_reports_and_an_empty_batch(books: Work) -> None:
    assert all(queries.report(books, kind=kind) == [] for kind in queries.KINDS)
    assert {m.result for m in queries.monthly_figures(books)} == {Money(0)}
    assert len(queries.monthly_figures(books)) == 12
    export = datev_queries.datev_export(books, start=MARCH[0], end=MARCH[1])
    assert export.rows == 0
    assert extf_check.problems(export.content) == []
