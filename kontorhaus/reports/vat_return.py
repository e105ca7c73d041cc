"""The advance VAT return (form USt 1 A 2026, § 18 (1) UStG) from the sums per tax code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import next_month
from kontorhaus.reports.model import Movement
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import ReturnLine, TaxCase

_PERIOD = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))", re.ASCII)
_INPUT_TAX = ("66", "61", "62", "67", "63", "59", "64")
PREPAYMENT = "83"
# Both are taxed by something else than the amount of the line: the margin, and the OSS return.
_BY_OTHER_MEANS = ("UST-DIFF", "UST-OSS")


@dataclass(frozen=True, slots=True)
class TaxEvent:
    """An event that stands in a Kennzahl; `amount` in cents, with the sign it counts with."""

    journal_number: int
    intent_id: UUID
    booking_date: date
    tax_date: date
    tax_code: str
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class ReturnFigure:
    """A Kennzahl: bases in whole euros (cut), taxes in cents; `booked` is its sum in the ledger.

    `tax` is the tax that the form computes from a base by itself.
    """

    number: str
    kind: str
    form_line: str
    label: str
    value: Money
    booked: Money
    tax: Money | None
    events: tuple[TaxEvent, ...]


@dataclass(frozen=True, slots=True)
class VatReturn:
    """The return of a month or quarter.

    `payable` is Kz 83, by the form's own rounding; `booked` is what the ledger's tax accounts
    hold. `unassigned` are the events of codes that no Kennzahl takes: they are to be looked at.
    """

    first_day: date
    last_day: date
    figures: tuple[ReturnFigure, ...]
    payable: Money
    booked: Money
    unassigned: tuple[TaxEvent, ...]


def days(period: str) -> tuple[date, date]:
    """First and last day of 2026-03 or 2026-Q1; Invalid("invalid_input")."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise Invalid("invalid_input", "Write 2026-03 or 2026-Q1.", field="period")
    year, month, quarter = found.groups()
    first = date(int(year), int(month or 3 * int(quarter) - 2), 1)
    last = first
    for _ in range(1 if month else 3):
        last = next_month(last)
    return first, last - timedelta(days=1)


def places(code: str, kind: str, cases: Mapping[str, TaxCase], chart: str) -> dict[str, int]:
    """The Kennzahlen that coded events of a kind stand in, with the sign of a debit."""
    case = cases.get(code)
    if case is None or code in _BY_OTHER_MEANS:
        return {}
    sign = -1 if case.direction == "out" else 1
    if kind == "net":
        # import VAT is the amount of the line itself
        own = case.ustva_input if case.rate is None else case.ustva_base
        return {own: sign} if own and own != "-" else {}
    found = {case.ustva_tax: sign} if case.ustva_tax and case.ustva_tax != "-" else {}
    is_deducted = case.direction == "in" and (
        kind == "tax" or case.input_account[chart] is not None
    )
    if case.ustva_input and is_deducted:
        found[case.ustva_input] = 1
    return found


def figures(
    sums: Iterable[tuple[str, str, Movement]],
    events: Sequence[TaxEvent],
    lines: Mapping[str, ReturnLine],
    cases: Mapping[str, TaxCase],
    chart: str,
) -> tuple[list[ReturnFigure], list[TaxEvent]]:
    """The Kennzahlen that are not empty in the order of the form, and events that none takes.

    `sums` are tax code, kind and movement by the side of the line; of `events` the amount is
    debit positive.
    """
    booked: dict[str, int] = {}
    for code, kind, moved in sums:
        for number, sign in places(code, kind, cases, chart).items():
            booked[number] = booked.get(number, 0) + sign * moved.net
    members: dict[str, list[TaxEvent]] = {}
    unassigned = []
    for event in events:
        found = places(event.tax_code, event.kind, cases, chart)
        for number, sign in found.items():
            members.setdefault(number, []).append(_signed(event, sign))
        if not found and is_open_question(event.tax_code, event.kind, cases):
            unassigned.append(event)
    return (
        [
            _figure(line, booked[number], members.get(number, ()))
            for number, line in lines.items()
            if number in booked
        ],
        unassigned,
    )


def is_open_question(code: str, kind: str, cases: Mapping[str, TaxCase]) -> bool:
    """Whether an event that stands nowhere should: not where the form takes base or tax alone."""
    case = cases.get(code)
    if tax.is_waiting(code):
        return False
    if case is None or code in _BY_OTHER_MEANS:
        return True
    is_nowhere = not (case.ustva_base or case.ustva_tax or case.ustva_input)
    return is_nowhere and kind != "net"


def _signed(event: TaxEvent, sign: int) -> TaxEvent:
    return TaxEvent(
        event.journal_number, event.intent_id, event.booking_date, event.tax_date,
        event.tax_code, event.kind, sign * event.amount,
    )  # fmt: skip


def _figure(line: ReturnLine, booked: int, events: Sequence[TaxEvent]) -> ReturnFigure:
    value = Money(booked)
    if line.kind == "base":
        euros = abs(booked) // 100 * 100
        value = Money(euros if booked >= 0 else -euros)
    tax = Money.rounded(value.decimal * line.rate / 100) if line.rate is not None else None
    return ReturnFigure(
        number=line.number,
        kind=line.kind,
        form_line=line.form_line,
        label=line.label_de,
        value=value,
        booked=Money(booked),
        tax=tax,
        events=tuple(events),
    )


def payable(found: Iterable[ReturnFigure]) -> Money:
    """Kz 83: the tax of the form's lines less the input tax, before a special prepayment (39)."""
    result = Money.zero()
    for figure in found:
        if figure.number in _INPUT_TAX:
            result -= figure.value
        elif figure.kind == "tax":
            result += figure.value
        elif figure.tax is not None:
            result += figure.tax
    return result


def booked(
    sums: Iterable[tuple[str, str, Movement]], cases: Mapping[str, TaxCase], chart: str
) -> Money:
    """What the ledger owes for the same codes, to the cent."""
    owed = 0
    for code, kind, moved in sums:
        case = cases.get(code)
        if case is None or code in _BY_OTHER_MEANS or (kind == "net" and case.rate is not None):
            continue
        if kind == "self_assessed":
            owed += 0 if case.input_account[chart] else moved.net
        else:
            owed += -moved.net
    return Money(owed)
