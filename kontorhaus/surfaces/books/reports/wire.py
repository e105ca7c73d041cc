"""The JSON shapes of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Annotated, Literal

from kontorhaus.reports import model
from kontorhaus.reports.datev import model as datev
from kontorhaus.surfaces.conventions import fields

ReportKind = Literal["guv", "bilanz", "susa", "trial_balance"]


class ReportQuery(fields.CamelQuery):
    """Which report, and over which days."""

    type: ReportKind
    start_date: fields.Day | None = None
    end_date: fields.Day | None = None


class DatevQuery(fields.CamelQuery):
    """The days of a DATEV export; both lie in one fiscal year.

    `final` says which files are locked in DATEV: those of locked periods (auto), all or none.
    """

    start_date: fields.Day
    end_date: fields.Day
    format: Literal["csv", "zip"] = "csv"
    final: Literal["auto", "yes", "no"] = "auto"
    documents: bool = True


class LintQuery(fields.CamelQuery):
    """The days of an export that is to be; both lie in one fiscal year. `final`: see there."""

    start_date: fields.Day
    end_date: fields.Day
    final: Literal["auto", "yes", "no"] = "auto"


class ListedFile(fields.Out):
    """A file of bookings as it would be; `final` says that DATEV locks its rows."""

    name: str
    rows: int
    final: bool


class KeySum(fields.Out):
    """Booking rows with the same key (empty for none)."""

    key: str
    rows: int
    total: fields.Money


class Note(fields.Out):
    """Something to know of the export; the kinds are explained in the guide."""

    kind: Literal[
        "transliterated",
        "shortened",
        "reference_changed",
        "split",
        "diverse",
        "without_party",
        "renumbered",
    ]
    journal_number: int
    before: str
    after: str


class NoteCount(fields.Out):
    """How many notes of a kind there are."""

    kind: str
    count: int


class DatevLint(fields.Out):
    """An export as it would be: `difference` = journal_total - total - left_to_datev.

    `documents` counts rows that name one; `document_files` would be enclosed in an archive.
    `problems` is what a checker finds in the header and the first rows.
    """

    rows: int
    total: fields.Money
    left_to_datev: fields.Money
    events: int
    journal_total: fields.Money
    difference: fields.Money
    reversals: int
    documents: int
    document_files: int
    document_bytes: int
    files: list[ListedFile]
    problems: list[str]
    keys: list[KeySum]
    counts: list[NoteCount]
    notes: list[Note]


class ReportRow(fields.Out):
    """One line of a report; balances are debit positive."""

    number: str
    name: str
    type: Literal["asset", "liability", "equity", "revenue", "expense"]
    category: str | None
    report_group: str | None
    debit_total: fields.Money
    credit_total: fields.Money
    balance: fields.Money
    opening_balance: fields.Money


class MonthlyFigures(fields.Out):
    """Revenue, expenses and result of one month."""

    month: Annotated[str, fields.text(7, 7)]
    revenue: fields.Money
    expenses: fields.Money
    result: fields.Money


# Rows of a report are many and all alike: one template writes them at a fifth of the cost.
_ROW = (
    '{{"number":"{}","name":{},"type":"{}","category":{},"report_group":{},'
    '"debit_total":{},"credit_total":{},"balance":{},"opening_balance":{}}}'
)


def report_text(rows: Sequence[model.ReportRow]) -> bytes:
    """The lines of a report as the API shows them: a JSON array of ReportRow."""
    return f"[{','.join([_row_text(row) for row in rows])}]".encode()


def _row_text(row: model.ReportRow) -> str:
    number, name, _, kind, category, group, debit, credit, opening = row
    return _ROW.format(
        number,
        encode_basestring(name),
        kind,
        encode_basestring(category) if category is not None else "null",
        encode_basestring(group) if group is not None else "null",
        _amount(debit),
        _amount(credit),
        _amount(opening + debit - credit),
        _amount(opening),
    )


def _amount(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def monthly_figures(figures: model.MonthlyFigures) -> MonthlyFigures:
    """A month's figures as the API shows them."""
    return MonthlyFigures(
        month=figures.month,
        revenue=figures.revenue,
        expenses=figures.expenses,
        result=figures.result,
    )


def datev_lint(found: datev.DatevLint) -> DatevLint:
    """What the lint found as the API shows it."""
    return DatevLint(
        rows=found.rows,
        total=found.total,
        left_to_datev=found.left_to_datev,
        events=found.events,
        journal_total=found.journal_total,
        difference=found.difference,
        reversals=found.reversals,
        documents=found.documents,
        document_files=found.document_files,
        document_bytes=found.document_bytes,
        files=[
            ListedFile(name=file.name, rows=file.rows, final=file.is_final) for file in found.files
        ],
        problems=list(found.problems),
        keys=[KeySum(key=each.key, rows=each.rows, total=each.total) for each in found.keys],
        counts=[NoteCount(kind=kind, count=count) for kind, count in sorted(found.counts.items())],
        notes=[
            Note.model_validate(
                {
                    "kind": note.kind,
                    "journal_number": note.journal_number,
                    "before": note.before,
                    "after": note.after,
                }
            )
            for note in found.notes
        ],
    )
