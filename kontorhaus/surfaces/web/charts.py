"""The four pictures of the overview: amounts in, places on the SVG plane out (pixels to a tenth).

Nothing here knows a language: the templates write the words and the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kontorhaus.kernel.money import Money, total

# The plane of the three charts over time: 520 wide, 196 high, plot between these.
LEFT, RIGHT, TOP, BOTTOM = 34, 516, 14, 176
_TENTH = Decimal("0.1")
_THOUSAND = 100_000
_CURRENCY_UNIT = 100
_AGEING_LEFT, _AGEING_ROW = 4, 100
_AGEING_SMALLEST = Decimal(4)


@dataclass(frozen=True)
class Tick:
    """A rule across the plot; `value` counts the axis' unit."""

    y: Decimal
    value: int
    is_base: bool


@dataclass(frozen=True)
class Axis:
    """The upright axis; `in_thousands` says whether its unit is a thousand or one."""

    ticks: tuple[Tick, ...]
    in_thousands: bool

    @property
    def base(self) -> Decimal:
        """Height of the base line: zero, or the end of the axis that is nearest to it."""
        return next(tick.y for tick in self.ticks if tick.is_base)


@dataclass(frozen=True)
class Bar:
    """An upright bar from the zero line to its amount."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    amount: Money


@dataclass(frozen=True)
class Point:
    """A day's balance and its place."""

    day: date
    balance: Money
    x: Decimal
    y: Decimal


@dataclass(frozen=True)
class BankChart:
    """Balance of every day so far, and what the due items will make of it."""

    axis: Axis
    history: tuple[Point, ...]
    outlook: tuple[Point, ...]
    months: tuple[tuple[date, Decimal], ...]

    @property
    def now(self) -> Point:
        """Today's balance."""
        return self.history[-1]

    @property
    def low(self) -> Point | None:
        """The lowest balance to come."""
        return min(self.outlook, key=lambda point: point.balance.minor, default=None)

    @property
    def changes(self) -> tuple[Point, ...]:
        """The days on which the balance moved, oldest first."""
        pairs = zip((None, *self.history), self.history, strict=False)
        return tuple(
            point for before, point in pairs if before is None or before.balance != point.balance
        )


@dataclass(frozen=True)
class MonthResult:
    """Revenue and expenses of a month, `previous` the revenue of that month a year before."""

    month: date
    revenue: Money
    expenses: Money
    previous: Money

    @property
    def result(self) -> Money:
        """What is left."""
        return self.revenue - self.expenses


@dataclass(frozen=True)
class MonthVat:
    """VAT of a month: on sales, on purchases, and what is to be paid."""

    month: date
    output: Money
    input: Money

    @property
    def payable(self) -> Money:
        """Positive: owed to the tax office."""
        return self.output - self.input


@dataclass(frozen=True)
class ResultColumn:
    """One month of the result chart."""

    figures: MonthResult
    x: Decimal
    centre: Decimal
    revenue: Bar
    expenses: Bar
    previous_y: Decimal


@dataclass(frozen=True)
class VatColumn:
    """One month of the VAT chart."""

    figures: MonthVat
    x: Decimal
    centre: Decimal
    output: Bar
    input: Bar
    payable_y: Decimal


@dataclass(frozen=True)
class ResultChart:
    """Revenue against expenses, month by month."""

    axis: Axis
    step: Decimal
    columns: tuple[ResultColumn, ...]
    total: MonthResult


@dataclass(frozen=True)
class VatChart:
    """Output VAT upwards, input VAT downwards, the payable as a line."""

    axis: Axis
    step: Decimal
    columns: tuple[VatColumn, ...]
    total: MonthVat


@dataclass(frozen=True)
class AgeCell:
    """One age class: its piece of the bar and the place of its words. `bucket` counts 0..4."""

    bucket: int
    amount: Money
    x: Decimal
    width: Decimal
    words_x: Decimal


@dataclass(frozen=True)
class AgeingRow:
    """All open items of a kind ("receivable" or "liability") by age."""

    kind: str
    y: int
    total: Money
    cells: tuple[AgeCell, ...]


def bank_balance(
    history: Sequence[tuple[date, Money]], outlook: Sequence[tuple[date, Money]]
) -> BankChart | None:
    """The balance of every day up to today, then of every day to come; None without history."""
    if not history:
        return None
    days = [*history, *outlook]
    first, last = days[0][0], days[-1][0]
    axis, y = _axis([balance.minor for _, balance in days], ticks=4)
    width = max((last - first).days, 1)

    def x(day: date) -> Decimal:
        return _place((day - first).days, (0, width), (LEFT, RIGHT))

    def points(part: Sequence[tuple[date, Money]]) -> tuple[Point, ...]:
        return tuple(Point(day, balance, x(day), y(balance.minor)) for day, balance in part)

    firsts = (first + timedelta(days=count) for count in range(width + 1))
    months = tuple((day, x(day)) for day in firsts if day.day == 1)
    to_come = points([history[-1], *outlook]) if outlook else ()
    return BankChart(axis, points(history), to_come, months)


def results(months: Sequence[MonthResult]) -> ResultChart | None:
    """Two bars a month; None when nothing was booked."""
    figures = [(month.revenue.minor, month.expenses.minor) for month in months]
    if not any(any(pair) for pair in figures):
        return None
    every = [*(amount for pair in figures for amount in pair), *(m.previous.minor for m in months)]
    axis, y = _axis([0, *every], ticks=4)
    step = _step(len(months))
    columns = tuple(
        ResultColumn(
            month,
            x := _left(index, step),
            _centre(index, step),
            _bar(x + step * 6 / 40, step * 13 / 40, month.revenue, y),
            _bar(x + step * Decimal("21.6") / 40, step * Decimal("11.8") / 40, month.expenses, y),
            y(month.previous.minor),
        )
        for index, month in enumerate(months)
    )
    whole = MonthResult(
        months[0].month,
        total(month.revenue for month in months),
        total(month.expenses for month in months),
        total(month.previous for month in months),
    )
    return ResultChart(axis, step, columns, whole)


def vat(months: Sequence[MonthVat]) -> VatChart | None:
    """Output above, input below the zero line; None when there is no VAT at all."""
    if not any(month.output or month.input for month in months):
        return None
    outputs = [month.output.minor for month in months]
    inputs = [-month.input.minor for month in months]
    axis, y = _axis([0, *outputs, *inputs, *(m.payable.minor for m in months)], ticks=4)
    step = _step(len(months))
    columns = tuple(
        VatColumn(
            month,
            x := _left(index, step),
            _centre(index, step),
            _bar(x + step / 4, step / 2, month.output, y),
            _bar(x + step / 4, step / 2, -month.input, y),
            y(month.payable.minor),
        )
        for index, month in enumerate(months)
    )
    whole = MonthVat(
        months[0].month,
        total(month.output for month in months),
        total(month.input for month in months),
    )
    return VatChart(axis, step, columns, whole)


def ageing(receivables: Sequence[Money], liabilities: Sequence[Money]) -> tuple[AgeingRow, ...]:
    """Both kinds on one scale: not due, 1-30, 31-60, 61-90 and more than 90 days overdue."""
    sides = (("receivable", receivables), ("liability", liabilities))
    longest = max(sum(_length(amount) for amount in side) for _, side in sides)
    if longest == 0:
        return ()
    return tuple(
        _ageing_row(kind, side, longest, place) for place, (kind, side) in enumerate(sides)
    )


def _ageing_row(kind: str, amounts: Sequence[Money], longest: int, place: int) -> AgeingRow:
    """One bar; every class that holds something is seen, however small it is."""
    room = Decimal(RIGHT - _AGEING_LEFT) - _AGEING_SMALLEST * len(amounts)
    share = Decimal(RIGHT - _AGEING_LEFT) / len(amounts)
    x, cells = Decimal(_AGEING_LEFT), []
    for bucket, amount in enumerate(amounts):
        length = _length(amount)
        width = (room * length / longest + _AGEING_SMALLEST).quantize(_TENTH) if length else 0
        words = (_AGEING_LEFT + share * bucket).quantize(_TENTH)
        cells.append(AgeCell(bucket, amount, x, Decimal(width), words))
        x += width
    return AgeingRow(kind, 22 + place * _AGEING_ROW, total(amounts), tuple(cells))


def _length(amount: Money) -> int:
    """A class that credit notes outweigh has no length."""
    return max(amount.minor, 0)


def _axis(values: Sequence[int], *, ticks: int) -> tuple[Axis, Callable[[int], Decimal]]:
    """An axis with round steps that holds all values (minor units), and where a value lies."""
    top = max(abs(value) for value in values)
    in_thousands = top >= 2 * _THOUSAND
    unit = _THOUSAND if in_thousands else _CURRENCY_UNIT
    step = _round_step(max(max(values) - min(values), unit), ticks) // unit * unit or unit
    lowest = min(values) // step * step
    highest = max(-(-max(values) // step) * step, lowest + step)

    def y(value: int) -> Decimal:
        return _place(value, (lowest, highest), (BOTTOM, TOP))

    marks = tuple(
        Tick(y(value), value // unit, value == max(lowest, min(0, highest)))
        for value in range(lowest, highest + 1, step)
    )
    return Axis(marks, in_thousands), y


def _round_step(span: int, ticks: int) -> int:
    """The smallest 1, 2, 2.5 or 5 times a power of ten that covers `span` in `ticks` steps."""
    power: int = 10 ** (len(str(max(span // ticks, 1))) - 1)
    candidates = (power * factor // 2 for factor in (2, 4, 5, 10, 20))
    return next(step for step in candidates if step * ticks >= span)


def _place(value: int, values: tuple[int, int], places: tuple[int, int]) -> Decimal:
    """Where `value` of the range `values` lies in the range `places`."""
    (low, high), (start, end) = values, places
    return (Decimal(value - low) * (end - start) / (high - low) + start).quantize(_TENTH)


def _step(count: int) -> Decimal:
    return (Decimal(RIGHT - LEFT) / count).quantize(_TENTH)


def _left(index: int, step: Decimal) -> Decimal:
    return LEFT + step * index


def _centre(index: int, step: Decimal) -> Decimal:
    return (LEFT + step * index + step / 2).quantize(_TENTH)


def _bar(x: Decimal, width: Decimal, amount: Money, y: Callable[[int], Decimal]) -> Bar:
    zero, end = y(0), y(amount.minor)
    return Bar(x.quantize(_TENTH), min(zero, end), width.quantize(_TENTH), abs(zero - end), amount)
