"""How customers pay: on time or late, several invoices at once, in parts, with mistyped numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from random import Random

from kontorhaus.app.demo import days, invented
from kontorhaus.app.demo.horizon import Horizon
from kontorhaus.app.demo.model import BankLine, Customer, PlannedInvoice
from kontorhaus.kernel.money import Money, total

_DELAYS = {"prompt": (3, 9), "term": (11, 15), "late": (19, 36), "fails": (14, 30)}
_COLLECTION_DAY = 8
_PURPOSES = {
    "de": (
        "RE {0}",
        "Rechnung {0}",
        "Rechnungsnr. {0} Kundennr. {customer}",
        "{0}",
        "Rg. {0} vom {day}",
        "{0} / {customer}",
        "Zahlung Rechnung {0} {month}",
    ),
    "en": ("Invoice {0}", "{0}", "Inv. {0} customer {customer}", "Payment {0}"),
}
# In which months, counted from 0, somebody pays in parts or mistypes the number.
_PARTIAL_MONTHS = (3, 8)
_TYPO_MONTHS = (2, 6, 9)
_FAILS_IN_MONTH = 6
_RETURN_FEE = Money(-350)
_PART_PERCENT = 60
_REST_AFTER = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Stray:
    """Money that came to the wrong company in the last week."""

    name: str
    purpose: str
    amount: Money


def incoming(
    invoices: Sequence[PlannedInvoice],
    customers: Mapping[str, Customer],
    stray: Stray,
    horizon: Horizon,
    chance: Random,
) -> list[BankLine]:
    """What customers pay until the horizon, in the order of the days."""
    lines = sorted(
        _payments(invoices, customers, horizon, chance), key=lambda line: (line.day, line.settles)
    )
    lines = [line for line in lines if line.day <= horizon.last_day]
    lines = list(_oddities(lines, horizon))
    lines = [
        replace(line, is_matched=horizon.is_matched(line.day, chance))
        for line in lines
        if line.day <= horizon.last_day
    ]
    puzzles = list(_lately(lines, stray, horizon))
    return [*lines, *puzzles]


def _payments(
    invoices: Sequence[PlannedInvoice],
    customers: Mapping[str, Customer],
    horizon: Horizon,
    chance: Random,
) -> Iterator[BankLine]:
    """One payment for all invoices that a customer got in a month."""
    failure = _month(horizon, _FAILS_IN_MONTH)

    def together(invoice: PlannedInvoice) -> tuple[str, int, int]:
        issued = invoice.content.document_date
        return invoice.customer, issued.year, issued.month

    standing = [invoice for invoice in invoices if not invoice.cancelled_on]
    for (number, _, _), group in groupby(sorted(standing, key=together), key=together):
        customer, mine = customers[number], list(group)
        if customer.habit == "debit":
            yield from (_collection(invoice, customer) for invoice in mine)
        elif customer.habit != "fails" or mine[0].content.document_date < failure:
            yield _transfer(mine, customer, chance)


def _collection(invoice: PlannedInvoice, customer: Customer) -> BankLine:
    day = days.bank_day(invoice.content.document_date.replace(day=_COLLECTION_DAY))
    return BankLine(
        day=day,
        amount=invoice.gross,
        name=customer.details.name,
        iban=customer.iban,
        purpose="Einzug Rechnung {0}",
        code="PMNT-IDDT-ESDD",
        settles=(invoice.key,),
        batch="collection",
    )


def _transfer(invoices: Sequence[PlannedInvoice], customer: Customer, chance: Random) -> BankLine:
    issued = max(invoice.content.document_date for invoice in invoices)
    day = days.bank_day(issued + timedelta(days=chance.randint(*_DELAYS[customer.habit])))
    purpose = chance.choice(_PURPOSES[customer.language])
    if len(invoices) > 1:
        numbers = " + ".join(f"{{{place}}}" for place in range(len(invoices)))
        purpose = f"Rechnungen {numbers}" if customer.language == "de" else f"Invoices {numbers}"
    return BankLine(
        day=day,
        amount=total(invoice.gross for invoice in invoices),
        name=customer.details.name,
        iban=customer.iban,
        purpose=_with_details(purpose, customer, issued),
        code="PMNT-RCDT-ESCT",
        settles=tuple(invoice.key for invoice in invoices),
    )


def _with_details(purpose: str, customer: Customer, issued: date) -> str:
    """The purpose with all that is known now; the numbers of the invoices come later."""
    return (
        purpose.replace("{customer}", customer.number)
        .replace("{day}", f"{issued:%d.%m.%Y}")
        .replace("{month}", days.month_name(issued))
    )


def _oddities(lines: Iterable[BankLine], horizon: Horizon) -> Iterator[BankLine]:
    """The lines, with some paid in parts and some numbers mistyped."""
    partial = {_month(horizon, place) for place in _PARTIAL_MONTHS}
    mistyped = {_month(horizon, place) for place in _TYPO_MONTHS}
    in_order = sorted(lines, key=lambda line: line.day)
    rests = []
    for line in in_order:
        month = line.day.replace(day=1)
        if line.batch or len(line.settles) > 1:
            yield line
        elif month in partial and line.amount.minor > 50000:
            partial.discard(month)
            part, rest = _in_parts(line)
            rests.append(rest)
            yield part
        elif month in mistyped and line.iban.startswith("DE"):
            mistyped.discard(month)
            yield replace(line, purpose="Rechnung {typo}")
        else:
            yield line
    yield from rests


def _month(horizon: Horizon, place: int) -> date:
    return horizon.months[place]


def _in_parts(line: BankLine) -> tuple[BankLine, BankLine]:
    part = Money(line.amount.minor * _PART_PERCENT // 100)
    rest = replace(
        line,
        day=days.bank_day(line.day + _REST_AFTER),
        amount=line.amount - part,
        purpose="Restzahlung {0}",
    )
    return replace(line, amount=part, purpose="Teilzahlung {0}"), rest


def _lately(lines: list[BankLine], stray: Stray, horizon: Horizon) -> Iterator[BankLine]:
    """What came in the last weeks and is not understood at once.

    Changes `lines` in their places: one number is mistyped, one invoice paid in part, one
    collective payment waits. A debit is returned, and somebody unknown sends money.
    """
    recent = [n for n, line in enumerate(lines) if line.day >= horizon.lately and not line.batch]
    single = [n for n in recent if len(lines[n].settles) == 1]
    for n in recent:
        if len(lines[n].settles) > 1:
            lines[n] = replace(lines[n], is_matched=False)
    if len(single) > 1:
        typo, partial = single[0], max(single[1:], key=lambda n: lines[n].amount.minor)
        lines[typo] = replace(lines[typo], purpose="Rechnung {typo}", is_matched=False)
        lines[partial] = replace(_in_parts(lines[partial])[0], is_matched=False)
    collected = [line for line in lines if line.batch and line.day.month == horizon.last_day.month]
    if collected:
        returned = _returned(collected[0])
        yield returned
        yield replace(
            returned,
            amount=_RETURN_FEE,
            purpose="Entgelt Rücklastschrift",
            code="ACMT-MDOP-CHRG",
            settles=(),
            return_reason=None,
        )
    yield BankLine(
        day=days.bank_day_before(horizon.last_day - timedelta(days=5)),
        amount=stray.amount,
        name=stray.name,
        iban=invented.german_iban(stray.amount.minor),
        purpose=stray.purpose,
        code="PMNT-RCDT-ESCT",
    )


def _returned(line: BankLine) -> BankLine:
    return replace(
        line,
        day=days.bank_day(line.day + timedelta(days=6)),
        amount=-line.amount,
        purpose="Rücklastschrift {0}",
        code="PMNT-IDDT-UPDD",
        batch=None,
        return_reason="MS03",
        is_matched=False,
    )
