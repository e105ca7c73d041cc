"""The pictures of the overview: they show what the figures say, whatever the figures are."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.money import Money, total
from kontorhaus.surfaces.web import charts

TODAY = date(2026, 11, 20)
CENTS = st.integers(-(10**11), 10**11)
AMOUNTS = CENTS.map(Money)
MONTHS = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]


def euros(*amounts: int) -> list[Money]:
    return [Money(amount * 100) for amount in amounts]


def test_the_axis_has_round_steps_in_thousands_and_holds_every_value() -> None:
    chart = charts.bank_balance([(TODAY, Money(4_821_736)), (TODAY, Money(120))], [])
    assert chart is not None
    assert chart.axis.in_thousands
    assert [tick.value for tick in chart.axis.ticks] == [0, 20, 40, 60]
    assert [tick.is_base for tick in chart.axis.ticks] == [True, False, False, False]


def test_small_amounts_are_counted_in_whole_euros() -> None:
    chart = charts.bank_balance([(TODAY, Money(4_900)), (TODAY, Money(0))], [])
    assert chart is not None
    assert not chart.axis.in_thousands
    assert [tick.value for tick in chart.axis.ticks] == [0, 20, 40, 60]


def test_without_figures_there_is_no_picture() -> None:
    nothing = Money.zero()
    assert charts.bank_balance([], []) is None
    assert charts.results([charts.MonthResult(TODAY, nothing, nothing, nothing)]) is None
    assert charts.vat([charts.MonthVat(TODAY, nothing, nothing)]) is None
    assert charts.ageing([nothing] * 5, [nothing] * 5) == ()


def test_the_outlook_goes_on_from_today_and_names_its_lowest_day() -> None:
    history = [(TODAY - timedelta(days=1), Money(500_000)), (TODAY, Money(400_000))]
    outlook = [(TODAY + timedelta(days=day), Money(400_000 - day * 1_000)) for day in (1, 2, 3)]
    chart = charts.bank_balance(history, outlook)
    assert chart is not None
    assert chart.outlook[0] == chart.now
    assert chart.low is not None
    assert chart.low.day == TODAY + timedelta(days=3)


def test_days_without_movement_are_left_out_of_the_table() -> None:
    balances = euros(5, 5, 7, 7, 5)
    history = [(TODAY + timedelta(days=day), amount) for day, amount in enumerate(balances)]
    chart = charts.bank_balance(history, [])
    assert chart is not None
    assert [point.balance for point in chart.changes] == euros(5, 7, 5)


@given(st.lists(AMOUNTS, min_size=1, max_size=60), st.lists(AMOUNTS, max_size=60))
def test_every_point_of_the_bank_chart_lies_on_the_plot(
    history: list[Money], outlook: list[Money]
) -> None:
    days = [TODAY + timedelta(days=count) for count in range(len(history) + len(outlook))]
    known = list(zip(days, history, strict=False))
    chart = charts.bank_balance(known, list(zip(days[len(history) :], outlook, strict=True)))
    assert chart is not None
    for point in (*chart.history, *chart.outlook):
        assert charts.LEFT <= point.x <= charts.RIGHT
        assert charts.TOP <= point.y <= charts.BOTTOM


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=12, max_size=12))
def test_result_columns_add_up_to_their_total_and_stay_on_the_plot(
    figures: list[tuple[Money, Money, Money]],
) -> None:
    months = [
        charts.MonthResult(month, *amounts) for month, amounts in zip(MONTHS, figures, strict=True)
    ]
    chart = charts.results(months)
    if chart is None:
        assert not any(month.revenue or month.expenses for month in months)
        return
    assert chart.total.revenue == total(month.revenue for month in months)
    assert chart.total.result == total(month.result for month in months)
    for column in chart.columns:
        for bar in (column.revenue, column.expenses):
            assert bar.y >= charts.TOP
            assert bar.y + bar.height <= charts.BOTTOM
            assert (bar.height == 0) or bar.amount


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=12, max_size=12))
def test_vat_goes_up_for_output_and_down_for_input(figures: list[tuple[Money, Money]]) -> None:
    months = [
        charts.MonthVat(month, *amounts) for month, amounts in zip(MONTHS, figures, strict=True)
    ]
    chart = charts.vat(months)
    if chart is None:
        return
    assert chart.total.payable == total(month.payable for month in months)
    zero = chart.axis.base
    for column in chart.columns:
        is_owed = column.figures.output.minor > 0
        assert (column.output.y < zero) <= is_owed
        assert charts.TOP <= column.payable_y <= charts.BOTTOM


@given(st.lists(AMOUNTS, min_size=5, max_size=5), st.lists(AMOUNTS, min_size=5, max_size=5))
def test_ageing_shows_every_class_and_never_leaves_its_row(
    receivables: list[Money], liabilities: list[Money]
) -> None:
    rows = charts.ageing(receivables, liabilities)
    for row, amounts in zip(rows, (receivables, liabilities), strict=False):
        assert row.total == total(amounts)
        assert [cell.amount for cell in row.cells] == amounts
        for cell in row.cells:
            assert cell.width >= (4 if cell.amount.minor > 0 else 0)
            assert cell.x + cell.width <= Decimal(charts.RIGHT) + Decimal("0.5")
