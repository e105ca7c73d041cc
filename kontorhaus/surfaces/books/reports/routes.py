"""Reports and the DATEV export over HTTP."""

from __future__ import annotations

from kontorhaus.reports import queries as reports
from kontorhaus.reports.datev import documents as datev_documents
from kontorhaus.reports.datev import queries as datev
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.reports import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Binary, Reply
from kontorhaus.surfaces.conventions.call import Call

_SCOPE = "auswertungen:read"


@books.get(
    "/v1/reports",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=list[wire.ReportRow],
    tags=("reports",),
)
def get_report(work: Work, query: wire.ReportQuery) -> Reply:
    """Trial balance, profit and loss, or balance sheet.

    Balances are debit positive; without dates the present fiscal year up to today.
    """
    rows = reports.report(work, kind=query.type, start=query.start_date, end=query.end_date)
    return Reply(200, wire.report_text(rows))


@books.get(
    "/v1/reports/datev-export",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=Binary,
    media_type=("text/csv", "application/zip"),
    tags=("reports",),
)
def export_datev(call: Call, query: wire.DatevQuery) -> Binary:
    """The booking rows as a DATEV file (EXTF 700, Buchungsstapel version 13).

    A zip has a file a month, the master data, and the documents for DATEV's Belegtransfer.
    """
    export = call.read(
        lambda work: datev.datev_export(
            work,
            start=query.start_date,
            end=query.end_date,
            format=query.format,
            final=query.final,
            documents=query.documents,
        )
    )
    file = datev_documents.enclose(export, blobs=call.resources.blobs)
    return Binary(file, export.media_type, export.file_name)


@books.get(
    "/v1/reports/datev-lint",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=wire.DatevLint,
    tags=("reports",),
)
def lint_datev(work: Work, query: wire.LintQuery) -> wire.DatevLint:
    """What to read before a DATEV export: rows and sums against the journal, and notes.

    Nothing is left out of the export and nothing is refused; `difference` is 0.
    """
    found = datev.lint(work, start=query.start_date, end=query.end_date, final=query.final)
    return wire.datev_lint(found)


@books.get(
    "/v1/reports/monthly-revenue-expenses",
    scope=_SCOPE,
    refusals=(401, 403),
    answer=list[wire.MonthlyFigures],
    tags=("reports",),
)
def get_monthly_figures(work: Work) -> list[wire.MonthlyFigures]:
    """Revenue and expenses of the last twelve months, oldest first."""
    return [wire.monthly_figures(figures) for figures in reports.monthly_figures(work)]
