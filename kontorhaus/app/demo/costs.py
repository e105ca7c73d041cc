"""What a company pays: invoices of suppliers, wages, taxes; each with booking and bank line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kontorhaus.app.demo import days, invented
from kontorhaus.app.demo.horizon import Horizon
from kontorhaus.app.demo.model import Accounts, BankLine, PlannedBooking
from kontorhaus.kernel.money import Money, total
from kontorhaus.kernel.period import next_month
from kontorhaus.ledger.model import Line

EVERY_MONTH = tuple(range(1, 13))
QUARTERS = (2, 5, 8, 11)
TRANSFER, DEBIT, FEE = "PMNT-ICDT-ESCT", "PMNT-RDDT-ESDD", "ACMT-MDOP-CHRG"

_WAGE = "PMNT-ICDT-SALA"
_NOTHING = Money(0)
_TAX_OFFICE = "Finanzkasse"
_TAX_OFFICE_DAY = 10
# Of the gross wage, in percent: what is paid out, the tax on it, and what the employer adds.
_NET, _WAGE_TAX, _EMPLOYER_SHARE = 66, 14, 21

Movement = tuple[PlannedBooking | None, BankLine]


@dataclass(frozen=True, slots=True)
class Cost:
    """Something that is paid again and again.

    `cents` is the usual gross amount, which varies by `spread` percent; `day` of the month, in
    the calendar `months`. `purpose` is a template for {month} and {number} (of the receipt).
    """

    payee: str
    account: str
    tax_code: str | None
    cents: int
    day: int
    purpose: str = "Rechnung {number}"
    spread: int = 0
    months: tuple[int, ...] = EVERY_MONTH
    code: str = DEBIT


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody on the payroll; `gross` in cents a month."""

    name: str
    gross: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One payment out: to whom, and the account that it is booked on."""

    key: str
    day: date
    payee: str
    purpose: str
    amount: Money
    account: str
    tax_code: str | None = None
    code: str = TRANSFER
    reference: str | None = None


def regular(
    costs: Sequence[Cost], accounts: Accounts, horizon: Horizon, chance: Random
) -> Iterator[Movement]:
    """Every cost in every one of its months."""
    for month in horizon.months:
        for place, cost in enumerate(costs):
            if month.month in cost.months:
                outgoing = _of_month(cost, place, month, chance)
                yield movement(outgoing, accounts.bank, horizon, chance)


def _of_month(cost: Cost, place: int, month: date, chance: Random) -> Outgoing:
    last = days.bank_day_before(days.last_day(month))
    vary = chance.randint(-cost.spread, cost.spread)
    number = str(chance.randint(10000, 99999))
    return Outgoing(
        key=f"cost {month:%Y-%m} {place}",
        day=min(days.bank_day(month.replace(day=cost.day)), last),
        payee=cost.payee,
        purpose=cost.purpose.format(month=days.month_name(month), number=number),
        amount=Money(cost.cents + cost.cents * vary // 100),
        account=cost.account,
        tax_code=cost.tax_code,
        code=cost.code,
        reference=f"ER-{month:%y%m}-{place + 1:02}",
    )


def movement(outgoing: Outgoing, bank: str, horizon: Horizon, chance: Random) -> Movement:
    """Booking and bank line of a payment; the booking is missing where nobody came to it yet."""
    is_booked = horizon.is_booked(outgoing.day, chance)
    is_matched = is_booked and horizon.is_matched(outgoing.day, chance)
    line = BankLine(
        day=outgoing.day,
        amount=-outgoing.amount,
        name=outgoing.payee,
        iban=_account_of(outgoing.payee),
        purpose=outgoing.purpose,
        code=outgoing.code,
        booking=outgoing.key if is_booked else None,
        is_matched=is_matched,
    )
    if not is_booked:
        return None, line
    lines = (
        Line(outgoing.account, outgoing.amount, _NOTHING, outgoing.tax_code),
        Line(bank, _NOTHING, outgoing.amount),
    )
    text = f"{outgoing.payee}: {outgoing.purpose}"
    return PlannedBooking(outgoing.key, outgoing.day, text, lines, outgoing.reference), line


def _account_of(payee: str) -> str:
    """The same payee has the same account; the bank itself and its machines have none."""
    number = sum(place * ord(sign) for place, sign in enumerate(payee, start=1))
    return invented.german_iban(number * 104729 % 10**10, bank=number % 89 + 10)


@dataclass(frozen=True, slots=True)
class _Pay:
    """The payroll of one month."""

    gross: Money
    nets: tuple[Money, ...]
    tax: Money
    added: Money

    @property
    def contributions(self) -> Money:
        """What goes to the health insurance for both sides."""
        return self.gross - total(self.nets) - self.tax + self.added


def payroll(
    staff: Sequence[Employee], accounts: Accounts, horizon: Horizon, chance: Random
) -> tuple[list[PlannedBooking], list[Movement]]:
    """The payroll of each month, booked at its end, and what is paid for it."""
    gross = sum(one.gross for one in staff)
    pay = _Pay(
        gross=Money(gross),
        nets=tuple(Money(one.gross * _NET // 100) for one in staff),
        tax=Money(gross * _WAGE_TAX // 100),
        added=Money(gross * _EMPLOYER_SHARE // 100),
    )
    bookings = [_payroll_booking(pay, accounts, month) for month in horizon.months]
    owed = [one for month in horizon.months for one in _owed(staff, pay, accounts, month)]
    paid = [
        movement(one, accounts.bank, horizon, chance) for one in owed if one.day <= horizon.last_day
    ]
    return bookings, paid


def _payroll_booking(pay: _Pay, accounts: Accounts, month: date) -> PlannedBooking:
    lines = (
        Line(accounts.wages, pay.gross, _NOTHING),
        Line(accounts.social, pay.added, _NOTHING),
        Line(accounts.wages_payable, _NOTHING, total(pay.nets)),
        Line(accounts.tax_payable, _NOTHING, pay.tax),
        Line(accounts.social_payable, _NOTHING, pay.contributions),
    )
    day = days.bank_day_before(days.last_day(month))
    key = f"payroll {month:%Y-%m}"
    return PlannedBooking(key, day, f"Lohnabrechnung {days.month_name(month)}", lines, key)


def _owed(
    staff: Sequence[Employee], pay: _Pay, accounts: Accounts, month: date
) -> Iterator[Outgoing]:
    """Wages go out on the last bank day, contributions before, the tax on the tenth after."""
    key, name = f"payroll {month:%Y-%m}", days.month_name(month)
    last = days.bank_day_before(days.last_day(month))
    for one, amount in zip(staff, pay.nets, strict=True):
        yield Outgoing(
            key=f"{key} {one.name}",
            day=last,
            payee=one.name,
            purpose=f"Lohn/Gehalt {name}",
            amount=amount,
            account=accounts.wages_payable,
            code=_WAGE,
        )
    yield Outgoing(
        key=f"{key} social",
        day=days.bank_day_before(last - timedelta(days=2)),
        payee="Krankenkasse Nordost",
        purpose=f"Beiträge {name}",
        amount=pay.contributions,
        account=accounts.social_payable,
        code=DEBIT,
    )
    yield to_tax_office(f"{key} tax", month, f"Lohnsteuer {name}", pay.tax, accounts.tax_payable)


def to_tax_office(key: str, month: date, purpose: str, amount: Money, account: str) -> Outgoing:
    """A tax of a month, collected on the tenth of the next."""
    due = days.bank_day(next_month(month).replace(day=_TAX_OFFICE_DAY))
    return Outgoing(key, due, _TAX_OFFICE, purpose, amount, account, code=DEBIT)
