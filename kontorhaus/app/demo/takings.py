"""What a shop takes each day, in cash and by card, and how it reaches the bank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from kontorhaus.app.demo import days, invented
from kontorhaus.app.demo.costs import Movement
from kontorhaus.app.demo.horizon import Horizon
from kontorhaus.app.demo.model import BankLine, PlannedBooking
from kontorhaus.kernel.money import Money
from kontorhaus.ledger.model import Line

_NOTHING = Money(0)
_CARD_PERCENT = (56, 70)
_REDUCED_PERCENT = (76, 88)
_SPREAD = 35
_SATURDAY_PERCENT, _DECEMBER_PERCENT, _SUMMER_PERCENT = 145, 175, 85
_DEPOSIT_WEEKDAY = 4
_DEPOSIT_STEP, _FLOAT = 5000, 30000
_ACQUIRER = "Kartenkontor Zahlungsdienste GmbH"
_ACQUIRER_ACCOUNT = invented.german_iban(778800, bank=98)


@dataclass(frozen=True, slots=True)
class Shop:
    """Where the takings are booked; `day` is what an ordinary day brings, gross in cents."""

    bank: str
    cash: str
    in_transit: str
    reduced: str
    standard: str
    day: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The takings of one day."""

    day: date
    cash: Money
    card: Money
    reduced: Money
    standard: Money


def daily(shop: Shop, horizon: Horizon, chance: Random) -> list[Taken]:
    """The takings of every day on which the shop is open."""
    return [
        _taken(shop, day, chance)
        for day in days.between(horizon.months[0], horizon.last_day)
        if days.is_shop_day(day)
    ]


def _taken(shop: Shop, day: date, chance: Random) -> Taken:
    percent = 100 + chance.randint(-_SPREAD, _SPREAD)
    if day.weekday() == 5:
        percent = percent * _SATURDAY_PERCENT // 100
    if day.month == 12:
        percent = percent * _DECEMBER_PERCENT // 100
    elif day.month in (7, 8):
        percent = percent * _SUMMER_PERCENT // 100
    whole = shop.day * percent // 100 + chance.randint(0, 99)
    card = whole * chance.randint(*_CARD_PERCENT) // 100
    reduced = whole * chance.randint(*_REDUCED_PERCENT) // 100
    return Taken(day, Money(whole - card), Money(card), Money(reduced), Money(whole - reduced))


def bookings(shop: Shop, takings: Sequence[Taken]) -> Iterator[PlannedBooking]:
    """The closing of the till, day by day."""
    for taken in takings:
        yield PlannedBooking(
            key=f"takings {taken.day}",
            day=taken.day,
            text=f"Tagesabschluss {taken.day:%d.%m.%Y}",
            lines=(
                Line(shop.cash, taken.cash, _NOTHING),
                Line(shop.in_transit, taken.card, _NOTHING),
                Line(shop.reduced, _NOTHING, taken.reduced, "UST7"),
                Line(shop.standard, _NOTHING, taken.standard, "UST19"),
            ),
            reference=f"Z-{taken.day:%y%m%d}",
        )


def to_the_bank(
    shop: Shop, takings: Sequence[Taken], horizon: Horizon, chance: Random
) -> Iterator[Movement]:
    """Card payments arrive on the next bank day; cash is brought there on Fridays."""
    cards = cash = 0
    by_day = {taken.day: taken for taken in takings}
    for day in days.between(horizon.months[0], horizon.last_day):
        if days.is_bank_day(day) and cards:
            yield _arrived(shop, shop.in_transit, day, Money(cards), horizon, chance)
            cards = 0
        taken = by_day.get(day)
        if taken:
            cards, cash = cards + taken.card.minor, cash + taken.cash.minor
        deposit = (cash - _FLOAT) // _DEPOSIT_STEP * _DEPOSIT_STEP
        if day.weekday() == _DEPOSIT_WEEKDAY and days.is_bank_day(day) and deposit > 0:
            yield _arrived(shop, shop.cash, day, Money(deposit), horizon, chance)
            cash -= deposit


def _arrived(
    shop: Shop, source: str, day: date, amount: Money, horizon: Horizon, chance: Random
) -> Movement:
    is_card = source == shop.in_transit
    key = f"{'cards' if is_card else 'deposit'} {day}"
    is_booked = horizon.is_booked(day, chance)
    line = BankLine(
        day=day,
        amount=amount,
        name=_ACQUIRER if is_card else "",
        iban=_ACQUIRER_ACCOUNT if is_card else "",
        purpose=f"Kartenumsatz bis {day:%d.%m.} Terminal 68005512"
        if is_card
        else f"Einzahlung Automat {day:%d.%m.%Y}",
        code="PMNT-MCRD-POSP" if is_card else "PMNT-CNTR-CDPT",
        booking=key if is_booked else None,
        is_matched=is_booked and horizon.is_matched(day, chance),
    )
    if not is_booked:
        return None, line
    lines = (Line(shop.bank, amount, _NOTHING), Line(source, _NOTHING, amount))
    text = line.purpose if is_card else f"Kasse an Bank {day:%d.%m.%Y}"
    return PlannedBooking(key, day, text, lines, f"K-{day:%y%m%d}"), line
