"""The pictures of the overview say to the cent what the reports say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from kontorhaus.banking import queries as banking
from kontorhaus.identity.model import Founded
from kontorhaus.kernel.money import total
from kontorhaus.openitems import queries as openitems
from kontorhaus.reports import queries as reports
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin
from kontorhaus.surfaces.web.views import overview
from kontorhaus.surfaces.web.views.overview import Overview
from tests.surfaces.web_company import EMAIL, furnish


@pytest.fixture
def books(database: Database, new_organization: Callable[..., Founded]) -> Iterator[Work]:
    company = furnish(database, new_organization())
    caller = Caller(company.founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(database, caller, read_only=True) as work:
        yield work
    with database.connection() as connection:
        connection.execute("delete from app_user where email = %s", (EMAIL,))


@pytest.fixture
def page(books: Work) -> Overview:
    return overview.build(books, name="Katrin Brandt", local=lambda instant: instant)


def test_the_result_is_that_of_profit_and_loss(books, page):
    assert page.results is not None
    first = page.results.columns[0].figures.month
    rows = reports.report(books, kind="guv", start=first, end=books.today)
    assert page.results.total.result == -total(row.debit_total - row.credit_total for row in rows)
    year = reports.report(books, kind="guv", start=date(page.year, 1, 1), end=books.today)
    assert page.result == -total(row.debit_total - row.credit_total for row in year)


def test_the_vat_is_that_of_the_return(books, page):
    assert page.vat is not None
    assert page.vat.total.payable == total(month.payable for month in reports.vat_by_month(books))
    assert page.vat.total.output.minor == 3 * (8493 + 393)


def test_the_ages_add_up_to_what_is_open(books, page):
    open_items = openitems.open_items(books, kind="receivable")
    assert page.ageing[0].total == total(item.remaining for item in open_items) == page.receivables
    assert page.overdue == open_items[0].remaining


def test_the_last_point_of_the_bank_is_the_balance_of_the_accounts(books, page):
    assert page.bank is not None
    balances = [
        banking.reconciliation(books, bank_account_id=found.account.id).bank_balance
        for found in banking.bank_accounts(books)
    ]
    assert page.bank.now.balance == total(balances) == page.bank_balance
