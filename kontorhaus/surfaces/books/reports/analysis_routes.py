"""Reports beyond the contract over HTTP: BWA, ageing, cash flow, VAT return."""

from __future__ import annotations

from kontorhaus.reports import queries as reports
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.reports import analysis_wire as wire
from kontorhaus.surfaces.books.surface import books

_SCOPE = "auswertungen:read"


@books.get(
    "/v1/reports/bwa",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=list[wire.BwaLine],
    tags=("reports",),
)
def get_bwa(work: Work, query: wire.BwaQuery) -> list[wire.BwaLine]:
    """Short-term result in the lines of a BWA.

    The month and the fiscal year up to its end. The lines follow the usual order, the
    assignment of accounts is our own.
    """
    return [wire.bwa_line(line) for line in reports.bwa(work, month=query.period())]


@books.get(
    "/v1/reports/ageing",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=wire.Ageing,
    tags=("reports",),
)
def get_ageing(work: Work, query: wire.DayQuery) -> wire.Ageing:
    """Open claims and debts by party and days overdue.

    On a past day what was settled later is open still.
    """
    return wire.ageing(reports.ageing(work, on=query.date))


@books.get(
    "/v1/reports/cashflow",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=list[wire.CashFlowRow],
    tags=("reports",),
)
def get_cash_flow(work: Work, query: wire.CashFlowQuery) -> list[wire.CashFlowRow]:
    """Cash flow (direct) by month and group of the contra account.

    What moved on bank and cash accounts; transfers between them are left out.
    """
    rows = reports.cash_flow(work, start=query.start_date, end=query.end_date)
    return [wire.cash_flow_row(row) for row in rows]


@books.get(
    "/v1/reports/ustva",
    scope=_SCOPE,
    refusals=(400, 401, 403),
    answer=wire.VatReturn,
    tags=("reports",),
)
def get_vat_return(work: Work, query: wire.VatReturnQuery) -> wire.VatReturn:
    """Advance VAT return: the Kennzahlen of the form of 2026 with their events.

    Bases are whole euros (cut), taxes have cents. Under § 20 UStG own supplies stand in the
    month of their payment. `unassigned` are events whose code no Kennzahl takes.
    """
    found = reports.vat_return_of(
        work,
        period=query.period,
        with_events=query.events,
        is_last=query.last,
        margin_purchases=query.purchases(),
    )
    return wire.vat_return_out(found)
