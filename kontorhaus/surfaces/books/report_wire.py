"""The JSON shapes of the reports."""

from __future__ import annotations

from typing import Annotated, Literal

from kontorhaus.reports import model
from kontorhaus.surfaces.conventions import fields

ReportKind = Literal["guv", "bilanz", "susa", "trial_balance"]


class ReportQuery(fields.CamelQuery):
    """Which report, and over which days."""

    type: ReportKind
    start_date: fields.Day | None = None
    end_date: fields.Day | None = None


class DatevQuery(fields.CamelQuery):
    """The days of a DATEV export; both lie in one fiscal year."""

    start_date: fields.Day
    end_date: fields.Day
    format: Literal["csv", "zip"] = "csv"


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


def report_row(row: model.ReportRow) -> ReportRow:
    """A line of a report as the API shows it."""
    return ReportRow.model_construct(
        number=row.number,
        name=row.name,
        type=row.type,
        category=row.category,
        report_group=row.report_group,
        debit_total=row.debit_total,
        credit_total=row.credit_total,
        balance=row.balance,
        opening_balance=row.opening_balance,
    )


def monthly_figures(figures: model.MonthlyFigures) -> MonthlyFigures:
    """A month's figures as the API shows them."""
    return MonthlyFigures(
        month=figures.month,
        revenue=figures.revenue,
        expenses=figures.expenses,
        result=figures.result,
    )
