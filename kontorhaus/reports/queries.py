"""The reports people ask for: trial balance, profit and loss, balance sheet, figures per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money, total
from kontorhaus.kernel.period import Period, fiscal_year_start
from kontorhaus.ledger import charts
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.waiting import rules as waiting
from kontorhaus.reports import (
    liquidity_store,
    rules,
    store,
    tax_store,
    vat_return,
)
from kontorhaus.reports.bwa import BwaLine
from kontorhaus.reports.bwa import lines as bwa_lines
from kontorhaus.reports.model import (
    CashFlow,
    MonthlyFigures,
    MonthlyVat,
    Movement,
    PartyAge,
    Reading,
    ReportRow,
    Window,
)
from kontorhaus.reports.vat_return import Beside, TaxEvent, VatReturn
from kontorhaus.runtime.work import Work
from kontorhaus.tax import cases
from kontorhaus.tax import queries as tax
from kontorhaus.tax import rules as tax_rules
from kontorhaus.tax.model import TaxCase

KINDS = ("guv", "bilanz", "susa", "trial_balance")
MONTHS = 12
_DECEMBER = 12


def report(
    work: Work, *, kind: str, start: date | None = None, end: date | None = None
) -> list[ReportRow]:
    """The rows of a report over the days from `start` to `end`, both included.

    `kind` is one of KINDS. Without an end the report ends today, without a start it begins with
    the fiscal year of its end. Invalid: invalid_input.
    """
    if kind not in KINDS:
        raise Invalid("invalid_input", f"There is no report {kind!r}.", field="type")
    settings = identity.settings(work)
    window = rules.window(start, end or work.today, settings.fiscal_year_start_month)
    reading = _reading(work, window, settings.fiscal_year_start_month)
    if kind == "guv":
        results = store.general_figures(work, reading=reading, types=rules.RESULT_TYPES)
        return rules.profit_and_loss(results, window)
    general = store.general_figures(work, reading=reading, types=rules.ALL_TYPES)
    if kind == "bilanz":
        personal = store.rolled_up_figures(work, reading=reading)
        chart = rules.Chart(charts.chart(settings.chart), charts.KEY_ACCOUNTS[settings.chart])
        return rules.balance_sheet([*general, *personal], window, chart)
    rows = rules.trial_balance(general, window) + store.personal_rows(work, reading=reading)
    return sorted(rows)


def _reading(work: Work, window: Window, start_month: int) -> Reading:
    """Which sums to read; a month of which nothing lies outside the window counts as whole."""
    first_day, last_day = window.first_day, window.last_day
    month_start, month_end = Period.of(first_day).first_day, Period.of(last_day).last_day
    day = timedelta(days=1)
    if month_start < first_day and not store.has_events(
        work, first_day=month_start, last_day=first_day - day
    ):
        first_day = month_start
    if last_day < month_end and not store.has_events(
        work, first_day=last_day + day, last_day=month_end
    ):
        last_day = month_end
    return rules.reading(
        replace(window, first_day=first_day, last_day=last_day),
        store.periods(work),
        store.years(work),
        start_month,
    )


def monthly_figures(work: Work, *, count: int = MONTHS) -> list[MonthlyFigures]:
    """Revenue and expenses of the last `count` months with the present one, oldest first."""
    start_month = identity.settings(work).fiscal_year_start_month
    months = rules.last_months(work.today, count)
    sums = _sums_by_period(work, months[0], rules.RESULT_TYPES, start_month)
    return rules.monthly_figures(sums, months, start_month)


def _sums_by_period(
    work: Work, first: Period, types: Sequence[str], start_month: int
) -> list[tuple[str, str, str, Movement]]:
    """Account, type, period and movement of all periods that end in a month or later."""
    wanted = [
        period.text
        for period in store.periods(work)
        if rules.month_of(period, start_month) >= first
    ]
    years = rules.years_since(first.first_day, store.years(work))
    return store.sums_by_period(work, types=types, periods=wanted, years=years)


def vat_by_month(work: Work) -> list[MonthlyVat]:
    """VAT owed and deductible by tax date, last twelve months with the present one."""
    months = rules.last_months(work.today, MONTHS)
    sums = store.sums_by_tax_code(work, first_month=months[0].text, last_month=months[-1].text)
    sums = [each for each in sums if each[1] != "net"]
    chart = identity.settings(work).chart
    return rules.monthly_vat(sums, months, _tax_cases(work, chart), chart)


def bwa(work: Work, *, month: Period | None = None) -> list[BwaLine]:
    """The lines of a BWA for a month (the present one) and its fiscal year up to its end."""
    settings = identity.settings(work)
    chosen = month or Period.of(work.today)
    last = chosen.last_day
    year = fiscal_year_start(last, settings.fiscal_year_start_month)
    return bwa_lines(
        report(work, kind="guv", start=chosen.first_day, end=last),
        report(work, kind="guv", start=year, end=last),
        charts.chart(settings.chart),
    )


def ageing(work: Work, *, on: date | None = None) -> dict[str, list[PartyAge]]:
    """What is open on a day (today), by kind (receivable, liability) and personal account."""
    day = on or work.today
    found: dict[str, list[PartyAge]] = {"receivable": [], "liability": []}
    rows = liquidity_store.ageing(work, on=day, is_past=day < work.today)
    for kind, account, name, party_id, count, ages in rows:
        found[kind].append(PartyAge(account, name, party_id, count, tuple(map(Money, ages))))
    return found


def cash_flow(work: Work, *, start: date | None = None, end: date | None = None) -> list[CashFlow]:
    """What moved on bank and cash accounts, by month and group of the contra account."""
    start_month = identity.settings(work).fiscal_year_start_month
    window = rules.window(start, end or work.today, start_month)
    return [
        CashFlow(month, group, Money(moved.debit), Money(moved.credit))
        for month, group, moved in liquidity_store.cash(
            work, first_day=window.first_day, last_day=window.last_day
        )
    ]


def vat_return_of(
    work: Work,
    *,
    period: str,
    with_events: bool = True,
    is_last: bool = False,
    margin_purchases: Money | None = None,
) -> VatReturn:
    """The advance VAT return of 2026-03 or 2026-Q1: each Kennzahl, with its events if wanted.

    The last one of a calendar year deducts the special prepayment (§ 48 (4) UStDV), as does one
    that is the last for another reason. `margin_purchases` is what the goods had cost that were
    sold under § 25a UStG. Invalid("invalid_input") for another period.
    """
    first, last = vat_return.days(period)
    chart = identity.settings(work).chart
    known = _tax_cases(work, chart)
    sums = store.sums_by_tax_code(work, first_month=f"{first:%Y-%m}", last_month=f"{last:%Y-%m}")
    by_code = [(code, kind, moved) for code, kind, _, moved in sums]
    events = tax_store.tax_events(work, first_day=first, last_day=last) if with_events else []
    beside = Beside(
        _prepaid(work, chart, last) if is_last or last.month == _DECEMBER else (), margin_purchases
    )
    figures = vat_return.figures(by_code, events, known, chart, beside)
    return VatReturn(
        first_day=first,
        last_day=last,
        figures=tuple(figures),
        payable=vat_return.payable(figures),
        booked=vat_return.booked(by_code, known, chart),
        waiting=_waiting(work, chart, last),
        margin=vat_return.margin(by_code, events, margin_purchases),
        elsewhere=tuple(vat_return.elsewhere(by_code, events, known)),
        unassigned=tuple(vat_return.unassigned(events, known, chart)),
    )


def _tax_cases(work: Work, chart: str) -> Mapping[str, TaxCase]:
    """The tax cases, and those that the tenant's own codes are like."""
    own = [code for code in tax.codes(work, chart=chart).values() if not code.is_system]
    if not own:
        return cases.CASES
    numbers = [code.vat_account for code in own if code.vat_account]
    accounts = ledger.accounts_by_number(work, numbers=numbers)
    owed = {number for number, account in accounts.items() if account.type == "liability"}
    like = {
        code.code: tax_rules.own_case(code, chart, is_owed=code.vat_account in owed) for code in own
    }
    return {**cases.CASES, **{name: case for name, case in like.items() if case}}


def _prepaid(work: Work, chart: str, last: date) -> tuple[TaxEvent, ...]:
    account = charts.KEY_ACCOUNTS[chart].special_prepayment
    first = last.replace(month=1, day=1)
    return tuple(tax_store.prepaid(work, account=account, first_day=first, last_day=last))


def _waiting(work: Work, chart: str, last: date) -> Money:
    """The tax that waits for payment at the end of a day."""
    accounts = waiting.owed_accounts(chart)
    return -total(ledger.balance(work, account=account, last=last) for account in accounts)
