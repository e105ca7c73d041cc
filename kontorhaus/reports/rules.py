"""How sums per account become trial balance, profit and loss (§ 275 HGB), balance sheet (§ 266)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period, fiscal_year_end, fiscal_year_start, next_month
from kontorhaus.ledger.charts import ChartAccount, KeyAccounts
from kontorhaus.reports.model import (
    AccountFigures,
    MonthlyFigures,
    MonthlyVat,
    Movement,
    Reading,
    ReportRow,
    Share,
    Stretch,
    Window,
)
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCase

RESULT_TYPES = ("revenue", "expense")
ALL_TYPES = ("asset", "liability", "equity", *RESULT_TYPES)
CARRIED_FORWARD = ("Ergebnisvortrag", "Result carried forward")
PRESENT_RESULT = ("Periodenergebnis", "Result of the period")


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of a chart and those that take the personal accounts in the balance sheet."""

    accounts: Mapping[str, ChartAccount]
    key_accounts: KeyAccounts


def window(first_day: date | None, last_day: date, start_month: int) -> Window:
    """The days of a report; without a first day it begins with the fiscal year."""
    year_start = fiscal_year_start(last_day, start_month)
    window = Window(first_day or year_start, last_day, year_start)
    if window.first_day > last_day:
        raise Invalid("invalid_input", "The first day lies after the last day.", field="startDate")
    return window


def month_of(period: Period, start_month: int) -> Period:
    """The month in which a period ends; P13 and P14 end with their fiscal year."""
    if not period.is_closing:
        return period
    return Period.of(fiscal_year_end(date(int(period.text[:4]), start_month, 1), start_month))


def segments(periods: Iterable[Period], window: Window, start_month: int) -> dict[str, int]:
    """The part of the window to which each period counts: 0 before, 1 between, 2 within.

    Periods after the window are left out. A month that the window cuts counts, with the closing
    periods that end in it, as most of its days do; `stretches` puts the others right.
    """
    result = {}
    for period in periods:
        segment = _longest(_pieces(month_of(period, start_month), window))[2]
        if segment is not None:
            result[period.text] = segment
    return result


_Piece = tuple[date, date, int | None]


def _pieces(month: Period, window: Window) -> list[_Piece]:
    """The days of a month by the part of the window they lie in; None after its last day."""
    after = window.last_day + timedelta(days=1)
    edges = [month.first_day, next_month(month.first_day)]
    edges += [day for day in (window.first_day, after) if edges[0] < day < edges[1]]
    return [
        (first, end - timedelta(days=1), _segment_of(first, window))
        for first, end in pairwise(sorted(edges))
    ]


def _segment_of(day: date, window: Window) -> int | None:
    return None if day > window.last_day else (day >= window.low) + (day >= window.high)


def _longest(pieces: Sequence[_Piece]) -> _Piece:
    return max(pieces, key=lambda piece: piece[1] - piece[0])


def stretches(window: Window) -> list[Stretch]:
    """The days within a month that do not count as most days of their month do."""
    found = []
    for month in sorted({Period.of(window.first_day), Period.of(window.last_day)}):
        pieces = _pieces(month, window)
        main = _longest(pieces)
        found += [
            Stretch(first, last, Share(segment, main[2]))
            for first, last, segment in pieces
            if first != main[0]
        ]
    return found


def reading(
    window: Window, periods: Sequence[Period], years: Sequence[date], start_month: int
) -> Reading:
    """Which sums make the figures of a window: the rows of its fiscal years and few months.

    `periods` and `years` are those that have postings. Where most months of a year lie in one
    segment, the year's sum is taken and the other months are taken out of it.
    """
    used = [year for year in years if year <= window.last_day]
    base = max((year for year in used if year <= window.low), default=used[0] if used else None)
    segment = segments(periods, window, start_month)
    months_of: dict[date, list[str]] = {}
    for period in periods:
        year = _year_of(month_of(period, start_month).first_day, years)
        months_of.setdefault(year, []).append(period.text)
    whole, parts = [], []
    for year in used:
        if base is not None and year >= base:
            main, months = _of_year(months_of.get(year, []), segment)
            parts += months
            if main is not None:
                whole.append((year, main))
    return Reading(
        window=window,
        base=base,
        years=tuple(year for year in used if base is not None and year >= base),
        whole=tuple(whole),
        months=tuple(parts),
        days=tuple(stretches(window)),
    )


def _year_of(day: date, years: Sequence[date]) -> date:
    return max((year for year in years if year <= day), default=date.min)


def _of_year(
    months: Sequence[str], segment: Mapping[str, int]
) -> tuple[int | None, list[tuple[str, Share]]]:
    """The segment to which a year counts as a whole, and the months that do not count so.

    None, where it takes more months out of the year than there are to read.
    """
    counts = Counter(segment.get(month) for month in months)
    main = max(counts, key=lambda each: (counts[each], each is None), default=None)
    return main, [
        (month, Share(segment.get(month), main)) for month in months if segment.get(month) != main
    ]


def years_since(day: date, years: Sequence[date]) -> list[date]:
    """The first days of the fiscal year that holds a day and of all later ones."""
    return [year for year in years if year >= _year_of(day, years)]


def trial_balance(figures: Iterable[AccountFigures], window: Window) -> list[ReportRow]:
    """Every account that moved or has a balance."""
    return [row for row in (_row(each, window) for each in figures) if _moves(row)]


def profit_and_loss(figures: Iterable[AccountFigures], window: Window) -> list[ReportRow]:
    """Revenue and expense accounts with their movements."""
    return trial_balance((each for each in figures if each.type in RESULT_TYPES), window)


def balance_sheet(
    figures: Sequence[AccountFigures], window: Window, chart: Chart
) -> list[ReportRow]:
    """Assets, liabilities and equity on the last day.

    Personal accounts are rolled up by the side they stand on (§ 246 (2) HGB); the results not
    yet posted to equity follow as two computed rows. Statistical accounts are no part of it.
    """
    rows: dict[str, ReportRow] = {}
    for each in figures:
        if each.type in RESULT_TYPES or each.report_group == "statistical":
            continue
        row = _row(each, window)
        if each.kind != "general":
            row = _collective(row, each.kind, chart)
        rows[row.number] = _joined(rows.get(row.number), row)
    shown = [row for _, row in sorted(rows.items()) if _moves(row)]
    return shown + [row for row in _results(figures, window) if row.balance]


def _sums(figures: AccountFigures, window: Window) -> tuple[int, int, int]:
    """Opening balance, debits and credits in cents."""
    between, within = figures.between, figures.within
    # revenue and expense start each fiscal year at 0
    opening = 0 if figures.type in RESULT_TYPES else figures.before
    if window.first_day <= window.year_start:
        return opening, between.debit + within.debit, between.credit + within.credit
    if figures.type not in RESULT_TYPES:
        opening += between.net
    return opening, within.debit, within.credit


def _row(figures: AccountFigures, window: Window) -> ReportRow:
    opening, debit, credit = _sums(figures, window)
    return ReportRow(
        number=figures.number,
        name=figures.name,
        name_en=figures.name_en,
        type=figures.type,
        category=figures.category,
        report_group=figures.report_group,
        debit=debit,
        credit=credit,
        opening=opening,
    )


def _moves(row: ReportRow) -> bool:
    return bool(row.debit or row.credit or row.opening)


def _collective(row: ReportRow, kind: str, chart: Chart) -> ReportRow:
    """The row of a personal account under the account it is shown in."""
    key = chart.key_accounts
    if kind == "customer":
        number = key.customer_credit if row.balance.minor < 0 else key.receivables
    else:
        number = key.debit_vendors if row.balance.minor > 0 else key.payables
    account = chart.accounts[number]
    return row._replace(
        number=number,
        name=account.name_de,
        name_en=account.name_en,
        type=account.type,
        category=account.hgb_position or None,
        report_group=account.report_group,
    )


def _joined(row: ReportRow | None, other: ReportRow) -> ReportRow:
    if row is None:
        return other
    return row._replace(
        debit=row.debit + other.debit,
        credit=row.credit + other.credit,
        opening=row.opening + other.opening,
    )


def _results(figures: Iterable[AccountFigures], window: Window) -> Iterator[ReportRow]:
    """Results of earlier fiscal years, and of the present one up to the last day."""
    before, between, within = 0, Movement(), Movement()
    for each in figures:
        if each.type in RESULT_TYPES:
            before += each.before
            between += each.between
            within += each.within
    if window.first_day <= window.year_start:
        yield _computed(CARRIED_FORWARD, before, between)
        yield _computed(PRESENT_RESULT, 0, within)
    else:
        yield _computed(CARRIED_FORWARD, before, Movement())
        yield _computed(PRESENT_RESULT, between.net, within)


def _computed(names: tuple[str, str], opening: int, moved: Movement) -> ReportRow:
    return ReportRow(
        number=names[0],
        name=names[0],
        name_en=names[1],
        type="equity",
        category="A.V",
        report_group="equity",
        debit=moved.debit,
        credit=moved.credit,
        opening=opening,
    )


def last_months(today: date, count: int) -> list[Period]:
    """The last `count` calendar months with the present one, oldest first."""
    number = today.year * 12 + today.month - 1
    return [Period(f"{n // 12}-{n % 12 + 1:02d}") for n in range(number - count + 1, number + 1)]


def monthly_figures(
    sums: Iterable[tuple[str, str, str, Movement]], months: Sequence[Period], start_month: int
) -> list[MonthlyFigures]:
    """Revenue and expenses per month from sums of (account, its type, period, movement)."""
    nets = {(month.text, type_): 0 for month in months for type_ in RESULT_TYPES}
    for _, type_, period, moved in sums:
        key = month_of(Period(period), start_month).text, type_
        if key in nets:
            nets[key] += moved.net
    return [
        MonthlyFigures(
            month=month.text,
            revenue=Money(-nets[month.text, "revenue"]),
            expenses=Money(nets[month.text, "expense"]),
        )
        for month in months
    ]


def monthly_vat(
    sums: Iterable[tuple[str, str, str, Movement]],
    months: Sequence[Period],
    cases: Mapping[str, TaxCase],
    chart: str,
) -> list[MonthlyVat]:
    """VAT per month from sums of (tax code, kind, month, movement by the side of the line).

    Self-assessed tax is owed, and deducted as well where the case has an input account.
    """
    output = {month.text: 0 for month in months}
    deducted = dict(output)
    for code, kind, month, moved in sums:
        case = cases.get(code)
        if month not in output or tax.is_waiting(code):
            continue
        if kind == "self_assessed":
            output[month] += moved.net
            if case is not None and case.input_account[chart]:
                deducted[month] += moved.net
        elif case is not None and case.direction == "in":
            deducted[month] += moved.net
        else:
            output[month] -= moved.net
    return [
        MonthlyVat(month=month.text, output=Money(output[month.text]),
                   input=Money(deducted[month.text]))
        for month in months
    ]  # fmt: skip
