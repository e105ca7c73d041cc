"""The DATEV export and what a person reads before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    if format not in ("csv", "zip"):
        raise Invalid("invalid_input", "The format is csv or zip.", field="format")
    _check(settings, start, end, final)
    books = _books(work, settings)
    whole = _header(work, settings, books, (start, end))
    if format == "csv":
        (batch,) = _batches(work, settings, whole, [(start, end)], final)
        return datev_file.single(batch, books)
    named = datev_store.documents(work, first_day=start, last_day=end) if documents else []
    datev_documents.check_size(named)
    months = _batches(work, settings, whole, rules.months(start, end), final)
    masters = (
        (extf.PARTIES, datev_masters.party_lines(datev_store.personal_accounts(work), books)),
        (extf.ACCOUNTS, datev_masters.account_lines(datev_store.used_names(work), books)),
    )
    archive = datev_file.archive(months, masters, books, whole)
    return replace(archive, documents=tuple(named))


def lint(work: Work, *, start: date, end: date, final: str = "auto") -> DatevLint:
    """What a person reads before this export: nothing is skipped, nothing is refused."""
    settings = identity.settings(work)
    _check(settings, start, end, final)
    books = _books(work, settings)
    whole = _header(work, settings, books, (start, end))
    return datev_lint.lint(
        _batches(work, settings, whole, rules.months(start, end), final),
        books,
        datev_store.nameless_accounts(work),
        datev_store.documents(work, first_day=start, last_day=end),
    )


def _batches(
    work: Work,
    settings: TenantSettings,
    whole: extf.Header,
    ranges: Iterable[tuple[date, date]],
    final: str,
) -> Iterator[datev_file.Batch]:
    """The files of these ranges of days, each with the events that are read when it is written."""
    states = datev_store.period_states(work)
    for first, last in ranges:
        is_locked = rules.is_locked(first, last, states, settings.fiscal_year_start_month)
        is_final = {"yes": True, "no": False}.get(final, is_locked)
        header = replace(whole, first_day=first, last_day=last, is_final=is_final)
        events = datev_store.journal(work, first_day=first, last_day=last)
        yield datev_file.Batch(header, events)


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


def _check(settings: TenantSettings, start: date, end: date, final: str) -> None:
    if final not in rules.FINAL:
        raise Invalid("invalid_input", "Write auto, yes or no.", field="final")
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
