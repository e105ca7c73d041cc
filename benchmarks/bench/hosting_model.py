"""What a hosting company's year is made of: customers, invoices, bills, bank transactions."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.bench.hosting_names import BANK_CODES


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys; `cycle` is months between invoices, `lag` days until they are paid."""

    number: int
    name: str
    city: str
    iban: str
    plan: tuple[int, str]
    cycle: int
    start: int
    quantity: int
    style: str
    lag: int
    is_debited: bool
    has_standing_order: bool
    is_foreign: bool
    is_paid_by_others: bool
    takes_discount: bool


@dataclass(slots=True)
class Invoice:
    """An invoice; `remaining` is what is open at the end of the year."""

    number: str
    day: date
    customer: int
    net: int
    vat: int
    remaining: int = 0

    @property
    def gross(self) -> int:
        """Net and tax."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who sells to us, on which account and at which rate."""

    number: int
    name: str
    iban: str
    account: str
    rate: int


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice of a vendor."""

    number: str
    day: date
    vendor: Vendor
    net: int
    vat: int


@dataclass(slots=True)
class Transaction:
    """A bank transaction; `matches` are the invoices it pays, with the cents of each."""

    day: date
    amount: int
    name: str
    iban: str
    purpose: str
    code: str
    kind: str
    matches: list[tuple[str, int]] = field(default_factory=list)
    reference: str = "NOTPROVIDED"
    account: str | None = None
    fee: int = 0
    id: str = ""


@dataclass(slots=True)
class Year:
    """A year as it happened."""

    year: int
    customers: list[Customer]
    invoices: list[Invoice] = field(default_factory=list)
    vendors: list[Vendor] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)


def new_iban(chance: random.Random) -> str:
    """The IBAN of an account that nobody has."""
    account = chance.choice(BANK_CODES) + f"{chance.randrange(10**10):010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def enter(made: Year, transaction: Transaction) -> bool:
    """Banks do not work at weekends, and the year ends."""
    while transaction.day.weekday() > 4:
        transaction.day += timedelta(days=1)
    if transaction.day > date(made.year, 12, 31):
        return False
    made.transactions.append(transaction)
    return True
