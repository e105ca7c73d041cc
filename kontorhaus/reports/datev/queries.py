"""The DATEV export and what a person reads before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import TenantSettings
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.period import fiscal_year_start
from kontorhaus.ledger import charts
from kontorhaus.ledger import queries as ledger
from kontorhaus.reports.datev import documents as datev_documents
from kontorhaus.reports.datev import extf, rules
from kontorhaus.reports.datev import file as datev_file
from kontorhaus.reports.datev import lint as datev_lint
from kontorhaus.reports.datev import masters as datev_masters
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev import store as datev_store
from kontorhaus.reports.datev.file import DatevExport
from kontorhaus.reports.datev.model import DatevLint
from kontorhaus.runtime.work import Work
from kontorhaus.tax import cases


def datev_export(
    work: Work,
    *,
    start: date,
    end: date,
    format: str = "csv",
    final: str = "auto",
    documents: bool = True,
) -> DatevExport:
    """The DATEV booking rows of the days from `start` to `end`, which lie in one fiscal year.

    `format` csv is one file; zip holds a file per month, cut where a file takes no more, the master
    data, and the documents, which are named here and enclosed by `documents.enclose`. `final`: see
    rules.FINAL. Invalid: invalid_input, too_many_rows, documents_too_large.
    """
    settings = identity.settings(work)
    _check(settings, start, end, format, final)
    books = _books(work, settings)
    states = datev_store.period_states(work)
    whole = _header(work, settings, books, (start, end))

    def batch(first: date, last: date) -> datev_file.Batch:
        is_locked = rules.is_locked(first, last, states, settings.fiscal_year_start_month)
        is_final = {"yes": True, "no": False}.get(final, is_locked)
        header = replace(whole, first_day=first, last_day=last, is_final=is_final)
        return datev_file.Batch(header, datev_store.journal(work, first_day=first, last_day=last))

    if format == "csv":
        return datev_file.single(batch(start, end), books)
    named = datev_store.documents(work, first_day=start, last_day=end) if documents else []
    datev_documents.check_size(named)
    months = (batch(first, last) for first, last in rules.months(start, end))
    masters = (
        (extf.PARTIES, datev_masters.party_lines(datev_store.personal_accounts(work), books)),
        (extf.ACCOUNTS, datev_masters.account_lines(datev_store.used_names(work), books)),
    )
    archive = datev_file.archive(months, masters, books, whole)
    return replace(archive, documents=tuple(named))


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


def _check(settings: TenantSettings, start: date, end: date, format: str, final: str) -> None:
    if format not in ("csv", "zip"):
        raise Invalid("invalid_input", "The format is csv or zip.", field="format")
    if final not in rules.FINAL:
        raise Invalid("invalid_input", "Write auto, yes or no.", field="final")
    _check_range(settings, start, end)


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
