"""The advance VAT return (form USt 1 A 2026, § 18 (1) UStG) from the sums per tax code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import next_month
from kontorhaus.reports.model import Movement
from kontorhaus.tax import cases as tax_cases
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import ReturnLine, TaxCase

_PERIOD = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))", re.ASCII)
SPECIAL_PREPAYMENT = "39"
_DEDUCTED = ("66", "61", "62", "67", "63", "59", "64", SPECIAL_PREPAYMENT)
# Both are taxed by something else than the amount of the line: the margin, and the OSS return.
MARGIN, ELSEWHERE = "UST-DIFF", ("UST-OSS",)
_BY_OTHER_MEANS = (MARGIN, *ELSEWHERE)
_MARGIN_RATE = Decimal(19)


@dataclass(frozen=True, slots=True)
class TaxEvent:
    """An event that stands in a Kennzahl; `amount` in cents, with the sign it counts with.

    A special prepayment has no tax code.
    """

    journal_number: int
    intent_id: UUID
    booking_date: date
    tax_date: date
    tax_code: str | None
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class ReturnFigure:
    """A Kennzahl: bases in whole euros (cut), taxes in cents; `booked` is its sum in the ledger.

    `computed` comes on top, such as the base of the margin scheme; `tax` is the tax that the form
    computes from a base by itself.
    """

    number: str
    kind: str
    form_line: str
    label: str
    value: Money
    booked: Money
    computed: Money
    tax: Money | None
    events: tuple[TaxEvent, ...]


@dataclass(frozen=True, slots=True)
class MarginScheme:
    """Goods sold under § 25a UStG: the tax is inside of what their sales exceed their purchases.

    `base` is that margin without its tax; None until somebody says what the goods had cost.
    """

    sales: Money
    purchases: Money | None
    base: Money | None
    events: tuple[TaxEvent, ...]


@dataclass(frozen=True, slots=True)
class ReportedElsewhere:
    """Turnover that another return takes: that of the one-stop shop (§ 18j UStG)."""

    tax_code: str
    label: str
    booked: Money
    events: tuple[TaxEvent, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a return takes in beside the sums of the tax codes.

    `prepaid` are the events of the special prepayment that this return deducts; `purchases` is
    what the goods sold under the margin scheme had cost.
    """

    prepaid: tuple[TaxEvent, ...] = ()
    purchases: Money | None = None


@dataclass(frozen=True, slots=True)
class VatReturn:
    """The return of a month or quarter.

    `payable` is Kz 83, by the form's own rounding; `booked` is what the ledger's tax accounts
    hold, and `waiting` what waits for payment at its end (§ 20 UStG). `unassigned` are the events
    of codes that no Kennzahl takes: they are to be looked at.
    """

    first_day: date
    last_day: date
    figures: tuple[ReturnFigure, ...]
    payable: Money
    booked: Money
    waiting: Money
    margin: MarginScheme | None
    elsewhere: tuple[ReportedElsewhere, ...]
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


def places(code: str | None, kind: str, cases: Mapping[str, TaxCase], chart: str) -> dict[str, int]:
    """The Kennzahlen that coded events of a kind stand in, with the sign of a debit."""
    case = cases.get(code or "")
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
    sums: Sequence[tuple[str, str, Movement]],
    events: Sequence[TaxEvent],
    cases: Mapping[str, TaxCase],
    chart: str,
    beside: Beside = Beside(),
) -> list[ReturnFigure]:
    """The Kennzahlen that are not empty, in the order of the form.

    `sums` are tax code, kind and movement by the side of the line; of `events` the amount is
    debit positive. `cases` are the tax cases with those that the tenant's own codes are like.
    """
    booked: dict[str, int] = {}
    for code, kind, moved in sums:
        for number, sign in places(code, kind, cases, chart).items():
            booked[number] = booked.get(number, 0) + sign * moved.net
    members = _members(events, cases, chart)
    if beside.prepaid:
        booked[SPECIAL_PREPAYMENT] = sum(event.amount for event in beside.prepaid)
        members[SPECIAL_PREPAYMENT] = list(beside.prepaid)
    scheme = margin(sums, events, beside.purchases)
    computed = {cases[MARGIN].ustva_base: scheme.base} if scheme and scheme.base else {}
    return [
        _figure(line, booked.get(number, 0), members.get(number, ()), computed.get(number))
        for number, line in tax_cases.RETURN_LINES.items()
        if number in booked or number in computed
    ]


def _members(
    events: Iterable[TaxEvent], cases: Mapping[str, TaxCase], chart: str
) -> dict[str, list[TaxEvent]]:
    members: dict[str, list[TaxEvent]] = {}
    for event in events:
        for number, sign in places(event.tax_code, event.kind, cases, chart).items():
            members.setdefault(number, []).append(_signed(event, sign))
    return members


def unassigned(
    events: Iterable[TaxEvent], cases: Mapping[str, TaxCase], chart: str
) -> list[TaxEvent]:
    """The events that no Kennzahl takes although one should."""
    return [
        event
        for event in events
        if is_open_question(event.tax_code, event.kind, cases)
        and not places(event.tax_code, event.kind, cases, chart)
    ]


def margin(
    sums: Sequence[tuple[str, str, Movement]],
    events: Iterable[TaxEvent],
    purchases: Money | None,
) -> MarginScheme | None:
    """The margin of all goods sold under § 25a (4) UStG together; None if there were none.

    A loss has no base (§ 25a (3), (4) sentence 1). Of `events` the amount is debit positive.
    """
    sales = Money(-sum(moved.net for code, kind, moved in sums if (code, kind) == (MARGIN, "net")))
    its = tuple(_signed(event, -1) for event in events if event.tax_code == MARGIN)
    if not sales and not its:
        return None
    base = None
    if purchases is not None:
        above = max(sales - purchases, Money.zero())
        base, _ = tax.split_gross(above, _MARGIN_RATE)
    return MarginScheme(sales, purchases, base, its)


def elsewhere(
    sums: Iterable[tuple[str, str, Movement]],
    events: Sequence[TaxEvent],
    cases: Mapping[str, TaxCase],
) -> list[ReportedElsewhere]:
    """What another return takes, by tax code; of `events` the amount is debit positive."""
    amounts = {code: -moved.net for code, kind, moved in sums if code in ELSEWHERE}
    return [
        ReportedElsewhere(
            code,
            cases[code].label_de,
            Money(amount),
            tuple(_signed(event, -1) for event in events if event.tax_code == code),
        )
        for code, amount in amounts.items()
    ]


def is_open_question(code: str | None, kind: str, cases: Mapping[str, TaxCase]) -> bool:
    """Whether an event that stands nowhere should: not where the form takes base or tax alone.

    Nor where it stands apart, or waits for its payment.
    """
    case = cases.get(code or "")
    if code in _BY_OTHER_MEANS or tax.is_waiting(code or ""):
        return False
    if case is None:
        return True
    is_nowhere = not (case.ustva_base or case.ustva_tax or case.ustva_input)
    return is_nowhere and kind != "net"


def _signed(event: TaxEvent, sign: int) -> TaxEvent:
    return TaxEvent(
        event.journal_number, event.intent_id, event.booking_date, event.tax_date,
        event.tax_code, event.kind, sign * event.amount,
    )  # fmt: skip


def _figure(
    line: ReturnLine, booked: int, events: Sequence[TaxEvent], computed: Money | None
) -> ReturnFigure:
    value = Money(booked) + (computed or Money.zero())
    if line.kind == "base":
        euros = abs(value.minor) // 100 * 100
        value = Money(euros if value.minor >= 0 else -euros)
    owed = tax.tax_on_net(value, line.rate) if line.rate is not None else None
    return ReturnFigure(
        number=line.number,
        kind=line.kind,
        form_line=line.form_line,
        label=line.label_de,
        value=value,
        booked=Money(booked),
        computed=computed or Money.zero(),
        tax=owed,
        events=tuple(events),
    )


def payable(found: Iterable[ReturnFigure]) -> Money:
    """Kz 83: the tax of the form's lines less input tax and a special prepayment (Kz 39)."""
    result = Money.zero()
    for figure in found:
        if figure.number in _DEDUCTED:
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
