"""The overview: four figures, four pictures, what waits and what happened last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kontorhaus.banking import queries as banking
from kontorhaus.banking.model import BankAccountOverview
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.money import Money, total
from kontorhaus.kernel.period import fiscal_year_start
from kontorhaus.ledger import charts as chart_of_accounts
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.model import Age, Kind, OpenItem
from kontorhaus.reports import queries as reports
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import charts

HISTORY_DAYS = OUTLOOK_DAYS = 90
_LATEST = 5
_SIGNS: tuple[tuple[Kind, int], ...] = (("receivable", 1), ("liability", -1))


@dataclass(frozen=True)
class Task:
    """Something that waits: `kind` is overdue, unmatched or drafts."""

    kind: str
    count: int
    href: str
    amount: Money | None = None
    place: str = ""


@dataclass(frozen=True)
class Latest:
    """Something booked lately."""

    description: str
    href: str
    amount: Money
    by: str
    on: date


@dataclass(frozen=True)
class Overview:
    """The page; `greeting` is morning, day or evening."""

    greeting: str
    name: str
    today: date
    bank_until: date | None
    bank_balance: Money
    bank_account_count: int
    bank_ledger_account: str
    unmatched_count: int
    receivables: Money
    overdue: Money
    payables: Money
    payables_overdue: Money
    payables_account: str
    year: int
    result: Money
    revenue: Money
    bank: charts.BankChart | None
    results: charts.ResultChart | None
    ageing: tuple[charts.AgeingRow, ...]
    vat: charts.VatChart | None
    tasks: tuple[Task, ...]
    latest: tuple[Latest, ...]


def build(work: Work, *, name: str, local: Callable[[datetime], datetime]) -> Overview:
    """The page as it is now; every figure is the one of its report."""
    accounts = banking.bank_accounts(work)
    receivables = openitems.ageing(work, kind="receivable", on=work.today)
    payables = openitems.ageing(work, kind="liability", on=work.today)
    settings = identity.settings(work)
    keys = chart_of_accounts.KEY_ACCOUNTS[settings.chart]
    year_start = fiscal_year_start(work.today, settings.fiscal_year_start_month)
    this_year = [
        month for month in reports.monthly_figures(work) if month.month >= f"{year_start:%Y-%m}"
    ]
    bank = bank_chart(work, accounts)
    return Overview(
        greeting=_greeting(local(work.now).hour),
        name=name,
        today=work.today,
        bank_until=max(
            (a.last_transaction_date for a in accounts if a.last_transaction_date), default=None
        ),
        bank_balance=bank.now.balance if bank else Money.zero(),
        bank_account_count=len(accounts),
        bank_ledger_account=accounts[0].account.account_number if accounts else keys.bank,
        unmatched_count=sum(found.unreconciled_count for found in accounts),
        receivables=_sum(receivables),
        overdue=_sum(receivables[1:]),
        payables=_sum(payables),
        payables_overdue=_sum(payables[1:]),
        payables_account=keys.payables,
        year=year_start.year,
        result=total(month.result for month in this_year),
        revenue=total(month.revenue for month in this_year),
        bank=bank,
        results=result_chart(work),
        ageing=charts.ageing([age.amount for age in receivables], [age.amount for age in payables]),
        vat=vat_chart(work),
        tasks=_tasks(receivables[1:], accounts),
        latest=_latest(work),
    )


def bank_chart(work: Work, accounts: Sequence[BankAccountOverview]) -> charts.BankChart | None:
    """All bank accounts together, and what the items that fall due will make of them."""
    if not any(found.transaction_count for found in accounts):
        return None
    points = banking.balance_history(work, days=HISTORY_DAYS + 1)
    history = [(point.on, point.balance) for point in points]
    return charts.bank_balance(history, _outlook(work, history[-1][1]))


def result_chart(work: Work) -> charts.ResultChart | None:
    """Twelve months beside the same twelve a year before."""
    months = reports.monthly_figures(work, count=24)
    return charts.results(
        [
            charts.MonthResult(_first(month.month), month.revenue, month.expenses, before.revenue)
            for before, month in zip(months[:12], months[12:], strict=True)
        ]
    )


def vat_chart(work: Work) -> charts.VatChart | None:
    """Twelve months as the VAT return has them."""
    return charts.vat(
        [
            charts.MonthVat(_first(month.month), month.output, month.input)
            for month in reports.vat_by_month(work)
        ]
    )


def _outlook(work: Work, balance: Money) -> list[tuple[date, Money]]:
    """Claims come in and debts go out on their due dates; what is overdue is not counted on."""
    due: dict[date, int] = {}
    for kind, sign in _SIGNS:
        for item in openitems.open_items(work, kind=kind):
            day = _due_day(item)
            due[day] = due.get(day, 0) + sign * item.remaining.minor
    result, cents = [], balance.minor
    for count in range(1, OUTLOOK_DAYS + 1):
        day = work.today + timedelta(days=count)
        cents += due.get(day, 0)
        result.append((day, Money(cents)))
    return result if any(day > work.today for day in due) else []


def _tasks(overdue: Sequence[Age], accounts: Sequence[BankAccountOverview]) -> tuple[Task, ...]:
    tasks = []
    count = sum(age.count for age in overdue)
    if count:
        tasks.append(Task("overdue", count, "/invoices?show=overdue", _sum(overdue)))
    for found in accounts:
        if found.unreconciled_count:
            href = f"/bank/{found.account.id}"
            tasks.append(
                Task("unmatched", found.unreconciled_count, href, place=found.account.name)
            )
    return tuple(tasks)


def _latest(work: Work) -> tuple[Latest, ...]:
    """The bookings written last, each once."""
    seen: dict[UUID, Latest] = {}
    for entry in ledger.latest(work, limit=_LATEST * 8):
        intent = entry.intent
        by = str(intent.actor.get("label") or "")
        seen.setdefault(
            intent.id,
            Latest(
                intent.description, f"/journal/{intent.id}", intent.total, by, intent.booking_date
            ),
        )
    return tuple(seen.values())[:_LATEST]


def _due_day(item: OpenItem) -> date:
    return item.due_date or item.item_date


def _sum(ages: Sequence[Age]) -> Money:
    return total(age.amount for age in ages)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _greeting(hour: int) -> str:
    return "morning" if hour < 11 else "day" if hour < 18 else "evening"
