"""Puts a company of the demo together: opening, VAT, and all bank lines in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from random import Random

from kontorhaus.app.demo import costs, days, vat
from kontorhaus.app.demo.costs import Movement
from kontorhaus.app.demo.horizon import Horizon
from kontorhaus.app.demo.model import (
    Accounts,
    BankLine,
    Company,
    Customer,
    Office,
    Person,
    PlannedBooking,
    PlannedInvoice,
    PlannedOrder,
    PlannedStep,
)
from kontorhaus.identity.model import Profile, TenantSettings
from kontorhaus.invoicing import rules as invoicing
from kontorhaus.invoicing.model import Content
from kontorhaus.kernel.money import Money, total
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import Line

_NOTHING = Money(0)
_PAID_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Opening:
    """The balance sheet before the first day.

    `other` assets and `capital` by account; `vat` is owed for the month before, and the profits
    of earlier years, on the account `profit`, make it balance.
    """

    bank: Money
    other: tuple[tuple[str, Money], ...]
    capital: tuple[tuple[str, Money], ...]
    profit: str
    vat: Money


@dataclass(frozen=True, slots=True)
class Story:
    """What is told of a company before its payments are known."""

    key: str
    profile: Profile
    settings: TenantSettings
    owner: Person
    accounts: Accounts
    opening: Opening
    customers: tuple[Customer, ...]
    portal_customer: str
    invoices: tuple[PlannedInvoice, ...]
    office: Office
    order: PlannedOrder
    managed_customer: str | None = None


def invoice(key: str, customer: Customer, content: Content) -> PlannedInvoice:
    """An invoice with what it amounts to."""
    gross = invoicing.totals(content, small_trader=False).gross
    return PlannedInvoice(key, customer.number, content, gross)


def twice(invoice: PlannedInvoice) -> PlannedInvoice:
    """The same invoice, written once more by mistake and cancelled on the next day."""
    again = days.bank_day(invoice.content.document_date + timedelta(days=1))
    content = replace(invoice.content, document_date=again)
    return replace(
        invoice,
        key=f"{invoice.key} twice",
        content=content,
        cancelled_on=again + timedelta(days=1),
    )


def paid_step(step: PlannedStep, customer: Customer) -> BankLine:
    """The payment of an invoice of an order, a week after it."""
    assert step.gross is not None, "an invoice that is paid amounts to something"
    return BankLine(
        day=days.bank_day(step.day + _PAID_AFTER),
        amount=step.gross,
        name=customer.details.name,
        iban=customer.iban,
        purpose="Rechnung {0}",
        code="PMNT-RCDT-ESCT",
        settles=(step.key,),
        is_matched=True,
    )


def company(
    story: Story,
    bookings: Sequence[PlannedBooking],
    movements: Iterable[Movement],
    payments: Sequence[BankLine],
    horizon: Horizon,
    chance: Random,
) -> Company:
    """The company with its opening and its VAT; bookings and bank lines in the order of days."""
    moved = list(movements)
    entered = [*bookings, *(booking for booking, _ in moved if booking)]
    moved += _vat(story, entered, payments, horizon, chance)
    entered = [
        _opening(story, horizon.months[0]),
        *bookings,
        *(booking for booking, _ in moved if booking),
    ]
    lines = [*payments, *(line for _, line in moved)]
    return Company(
        key=story.key,
        profile=story.profile,
        settings=story.settings,
        owner=story.owner,
        office=story.office,
        bank_name=f"{story.profile.bank_name} Geschäftskonto",
        bank_account=story.accounts.bank,
        opening=story.opening.bank,
        months=horizon.months,
        customers=story.customers,
        portal_customer=story.portal_customer,
        managed_customer=story.managed_customer,
        invoices=story.invoices,
        order=story.order,
        bookings=tuple(sorted(entered, key=lambda booking: (booking.day, booking.key))),
        bank_lines=tuple(_numbered(lines)),
    )


def _vat(
    story: Story,
    bookings: Sequence[PlannedBooking],
    payments: Sequence[BankLine],
    horizon: Horizon,
    chance: Random,
) -> list[Movement]:
    """The prepayment of each month, and of the month before the first from the opening."""
    is_by_receipts = story.settings.vat_method == "ist"
    turnover = (
        vat.received(story.invoices, story.order, payments)
        if is_by_receipts
        else vat.invoiced(story.invoices, story.order)
    )
    payable = vat.payable(turnover, bookings, story.settings.chart)
    before = (horizon.months[0] - timedelta(days=1)).replace(day=1)
    payable[before] = story.opening.vat
    owed = [
        costs.to_tax_office(
            f"vat {month:%Y-%m}",
            month,
            f"Umsatzsteuer {days.month_name(month)}",
            amount,
            story.accounts.vat_prepayments,
        )
        for month, amount in payable.items()
        if amount.minor > 0
    ]
    return [
        costs.movement(one, story.accounts.bank, horizon, chance)
        for one in owed
        if horizon.months[0] <= one.day <= horizon.last_day
    ]


def _opening(story: Story, day: date) -> PlannedBooking:
    """Assets against the opening account, the opening account against capital and debts."""
    opening, account = story.opening, charts.KEY_ACCOUNTS[story.settings.chart].opening
    assets = ((story.accounts.bank, opening.bank), *opening.other)
    owed = (*opening.capital, (story.accounts.vat_prepayments, opening.vat))
    whole = total(amount for _, amount in assets)
    owed = (*owed, (opening.profit, whole - total(amount for _, amount in owed)))
    lines = (
        *(Line(number, amount, _NOTHING) for number, amount in assets),
        Line(account, _NOTHING, whole),
        Line(account, whole, _NOTHING),
        *(Line(number, _NOTHING, amount) for number, amount in owed),
    )
    return PlannedBooking("opening", day, "Eröffnungsbilanz", lines, "EB")


def _numbered(lines: Iterable[BankLine]) -> Iterable[BankLine]:
    """The lines by day, batches together, each with the bank's reference."""
    in_order = sorted(
        lines, key=lambda line: (line.day, line.batch or "", line.amount.minor < 0, line.purpose)
    )
    for month, group in groupby(in_order, key=lambda line: f"{line.day:%y%m}"):
        for place, line in enumerate(group, start=1):
            yield replace(line, reference=f"{month}{place:05}")
