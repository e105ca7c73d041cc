"""The overview: four figures, four pictures, what waits and what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kontorhaus.kernel.money import Money
from kontorhaus.surfaces.web import charts


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
