"""The DATEV export and what a person reads before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import TenantSettings
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.period import fiscal_year_start, next_month
from kontorhaus.ledger import charts
from kontorhaus.ledger import queries as ledger
from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import file as datev_file
from kontorhaus.reports.datev import lint as datev_lint
from kontorhaus.reports.datev import masters as datev_masters
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev import store as datev_store
from kontorhaus.reports.model import DatevExport, DatevLint
from kontorhaus.runtime.work import Work
from kontorhaus.tax import cases


def datev_export(work: Work, *, start: date, end: date, format: str = "csv") -> DatevExport:
    """The DATEV booking rows of the days from `start` to `end`, which lie in one fiscal year.

    `format` csv is one file; zip holds a file per month, cut where a file takes no more, and the
    master data. Invalid: invalid_input, too_many_rows.
    """
    settings = identity.settings(work)
    if format not in ("csv", "zip"):
        raise Invalid("invalid_input", "The format is csv or zip.", field="format")
    _check_range(settings, start, end)
    books = _books(work, settings)
    whole = _header(work, settings, books, (start, end))
    if format == "csv":
        events = datev_store.journal(work, first_day=start, last_day=end)
        return datev_file.single(events, books, whole)
    months = (
        (
            replace(whole, first_day=first, last_day=last),
            datev_store.journal(work, first_day=first, last_day=last),
        )
        for first, last in _months(start, end)
    )
    masters = (
        (extf.PARTIES, datev_masters.party_lines(datev_store.personal_accounts(work), books)),
        (extf.ACCOUNTS, datev_masters.account_lines(datev_store.used_names(work), books)),
    )
    return datev_file.archive(months, masters, books, whole)


def lint(work: Work, *, start: date, end: date) -> DatevLint:
    """What a person reads before this export: nothing is skipped, nothing is refused."""
    settings = identity.settings(work)
    _check_range(settings, start, end)
    return datev_lint.lint(
        datev_store.journal(work, first_day=start, last_day=end),
        _books(work, settings),
        datev_store.nameless_accounts(work),
    )


def _books(work: Work, settings: TenantSettings) -> datev.Books:
    general = datev_store.general_accounts(work)
    length = datev.outgoing_length(general)
    return datev.Books(
        accounts=charts.chart(settings.chart),
        key_accounts=charts.KEY_ACCOUNTS[settings.chart],
        cases=cases.CASES,
        account_length=length,
        renumbered=datev.renumbered(general, length),
    )


def _check_range(settings: TenantSettings, start: date, end: date) -> None:
    if start > end:
        raise Invalid("invalid_input", "The first day lies after the last day.", field="startDate")
    start_month = settings.fiscal_year_start_month
    if fiscal_year_start(start, start_month) != fiscal_year_start(end, start_month):
        raise Invalid("invalid_input", "Both days must lie in one fiscal year.", field="endDate")


def _header(
    work: Work, settings: TenantSettings, books: datev.Books, days: tuple[date, date]
) -> extf.Header:
    return extf.Header(
        created_at=work.now,
        adviser_number=settings.datev_adviser_number,
        client_number=settings.datev_client_number,
        fiscal_year_start=fiscal_year_start(days[0], settings.fiscal_year_start_month),
        account_length=books.account_length,
        first_day=days[0],
        last_day=days[1],
        chart=settings.chart,
        head=ledger.head(work).hash.hex(),
    )


def _months(start: date, end: date) -> Iterator[tuple[date, date]]:
    while start <= end:
        following = next_month(start)
        yield start, min(following - timedelta(days=1), end)
        start = following
