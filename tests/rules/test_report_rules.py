"""How sums per account become reports: windows, fiscal years, collective accounts, results."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import charts
from kontorhaus.reports import rules
from kontorhaus.reports.model import AccountFigures, Movement, Window
from kontorhaus.tax import cases

CHART = rules.Chart(charts.chart("SKR04"), charts.KEY_ACCOUNTS["SKR04"])
PERIODS = [
    Period(text)
    for text in [
        *("2025-06", "2025-12", "2025-P13", "2026-01", "2026-02", "2026-03"),
        *("2026-06", "2026-12", "2026-P13", "2026-P14", "2027-01"),
    ]
]


def figures(number, *, kind="general", before=0, between=(0, 0), within=(0, 0)):
    account = CHART.accounts.get(number)
    type_ = account.type if account else {"customer": "asset", "vendor": "liability"}[kind]
    return AccountFigures(
        number,
        number,
        number,
        type_,
        None,
        account.report_group if account else None,
        kind,
        before,
        Movement(*between),
        Movement(*within),
    )


def window(first, last, start_month=1):
    return rules.window(
        date.fromisoformat(first) if first else None, date.fromisoformat(last), start_month
    )


def test_a_report_without_a_first_day_begins_with_the_fiscal_year():
    assert window(None, "2026-03-15").first_day == date(2026, 1, 1)
    assert window(None, "2026-03-15", 7).first_day == date(2025, 7, 1)


def test_a_first_day_after_the_last_is_refused():
    with pytest.raises(Invalid) as refusal:
        window("2026-03-02", "2026-03-01")
    assert refusal.value.details == {"field": "startDate"}


@pytest.mark.parametrize(
    ("first", "last", "start_month", "before", "between", "within"),
    [
        # a whole year: P13 and P14 hold its last day
        ("2026-01-01", "2026-12-31", 1, "2025-06 2025-12 2025-P13", "",
         "2026-01 2026-02 2026-03 2026-06 2026-12 2026-P13 2026-P14"),
        # a month inside the year
        ("2026-03-01", "2026-03-31", 1, "2025-06 2025-12 2025-P13", "2026-01 2026-02", "2026-03"),
        # P13 and P14 count as December does, whose last day is taken out
        ("2026-01-01", "2026-12-30", 1, "2025-06 2025-12 2025-P13", "",
         "2026-01 2026-02 2026-03 2026-06 2026-12 2026-P13 2026-P14"),
        ("2026-01-01", "2026-12-10", 1, "2025-06 2025-12 2025-P13", "",
         "2026-01 2026-02 2026-03 2026-06"),
        # two fiscal years
        ("2025-12-01", "2026-02-28", 1, "2025-06", "2025-12 2025-P13", "2026-01 2026-02"),
        # a cut month counts as most of its days do
        ("2026-02-10", "2026-06-30", 1, "2025-06 2025-12 2025-P13", "2026-01",
         "2026-02 2026-03 2026-06"),
        ("2026-02-20", "2026-06-30", 1, "2025-06 2025-12 2025-P13", "2026-01 2026-02",
         "2026-03 2026-06"),
        # a fiscal year from July: 2025-P13 ends with June 2026
        ("2025-07-01", "2026-06-30", 7, "2025-06", "",
         "2025-12 2025-P13 2026-01 2026-02 2026-03 2026-06"),
        ("2026-06-15", "2026-06-30", 7, "2025-06", "2025-12 2026-01 2026-02 2026-03",
         "2025-P13 2026-06"),
    ],
)  # fmt: skip
def test_whole_periods_fall_into_three_parts(first, last, start_month, before, between, within):
    found = rules.segments(PERIODS, window(first, last, start_month), start_month)
    parts = [[], [], []]
    for period, segment in found.items():
        parts[segment].append(period)
    # a first day in the year or on its start leaves the middle part to the opening balance
    assert [set(part) for part in parts] == [
        set(before.split()), set(between.split()), set(within.split()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "read"),
    [
        ("2026-01-01", "2026-03-31", []),
        ("2026-01-02", "2026-03-31", [("2026-01-01", "2026-01-01", (0, 1, -1))]),
        ("2026-01-01", "2026-03-30", [("2026-03-31", "2026-03-31", (0, 0, -1))]),
        ("2026-01-01", "2026-03-05", [("2026-03-01", "2026-03-05", (0, 0, 1))]),
        (
            "2026-03-10",
            "2026-03-20",
            [("2026-03-01", "2026-03-09", (0, 1, -1)), ("2026-03-21", "2026-03-31", (0, 0, -1))],
        ),
        (
            "2026-02-28",
            "2026-04-01",
            [("2026-02-28", "2026-02-28", (0, -1, 1)), ("2026-04-01", "2026-04-01", (0, 0, 1))],
        ),
        # two fiscal years: what lies before the first day lies before the year, too
        ("2025-11-03", "2026-03-31", [("2025-11-01", "2025-11-02", (1, -1, 0))]),
    ],
)
def test_of_a_cut_month_the_fewer_days_are_read(first, last, read):
    found = rules.stretches(window(first, last))
    assert [(str(each.first_day), str(each.last_day), each.share.signs) for each in found] == read


@given(
    st.tuples(*[st.dates(date(2025, 1, 1), date(2027, 6, 30))] * 2).map(sorted),
    st.integers(1, 12),
    st.dates(date(2025, 1, 1), date(2027, 6, 30)),
)
def test_every_day_counts_once_and_to_its_own_part(days, start_month, day):
    asked = rules.window(*days, start_month)
    counted = [0, 0, 0]
    month = Period.of(day)
    for segment in rules.segments([month], asked, start_month).values():
        counted[segment] += 1
    for each in rules.stretches(asked):
        if each.first_day <= day <= each.last_day:
            counted = [a + b for a, b in zip(counted, each.share.signs, strict=True)]
    expected = [day < asked.low, asked.low <= day < asked.high, asked.high <= day]
    assert counted == [part and day <= asked.last_day for part in expected]


def test_the_opening_balance_of_a_balance_sheet_account_is_all_before_the_first_day():
    inside = window("2026-03-01", "2026-03-31")
    each = figures("1800", before=100, between=(50, 20), within=(7, 3))
    (row,) = rules.trial_balance([each], inside)
    assert (row.opening_balance, row.balance) == (Money(130), Money(134))
    across = window("2025-12-01", "2026-03-31")
    (row,) = rules.trial_balance([each], across)
    assert (row.opening_balance, row.debit_total, row.balance) == (
        Money(100),
        Money(57),
        Money(134),
    )


def test_revenue_and_expense_start_each_fiscal_year_at_zero():
    each = figures("4400", before=-900, between=(0, 50), within=(0, 7))
    (row,) = rules.profit_and_loss([each], window("2026-03-01", "2026-03-31"))
    assert (row.opening_balance, row.balance) == (Money(0), Money(-7))


def test_accounts_without_movement_and_balance_are_left_out():
    quiet = figures("1800", before=5, between=(0, 5))
    assert rules.trial_balance([quiet], window("2026-03-01", "2026-03-31")) == []


def test_profit_and_loss_holds_revenue_and_expense_only():
    moved = [figures(n, within=(1, 0)) for n in ("1800", "4400", "6815", "9000")]
    rows = rules.profit_and_loss(moved, window(None, "2026-03-31"))
    assert [row.number for row in rows] == ["4400", "6815"]


def test_personal_accounts_are_rolled_up_by_the_side_they_stand_on():
    moved = [
        figures("1200", within=(10, 0)),
        figures("10001", kind="customer", within=(119, 0)),
        figures("10002", kind="customer", within=(0, 30)),
        figures("70001", kind="vendor", within=(0, 59)),
        figures("70002", kind="vendor", within=(8, 0)),
    ]
    rows = {
        row.number: row for row in rules.balance_sheet(moved, window(None, "2026-03-31"), CHART)
    }
    assert {number: row.balance.minor for number, row in rows.items()} == {
        "1200": 129,
        "1300": 8,
        "3300": -59,
        "3500": -30,
    }
    assert rows["3500"].type == "liability"
    assert rows["1300"].type == "asset"


@pytest.mark.parametrize(
    ("first", "carried", "present"),
    [("2026-01-01", (-900, 0), (0, -57)), ("2026-03-01", (-900, 0), (-50, -7)),
     ("2025-12-01", (-900, -50), (0, -7))],
)  # fmt: skip
def test_the_balance_sheet_computes_results_carried_forward_and_of_the_year(
    first, carried, present
):
    this_year = first >= "2026"
    in_january = first == "2026-01-01"
    each = figures(
        "4400",
        before=-900,
        between=(0, 0) if in_january else (0, 50),
        within=(0, 57) if in_january else (0, 7),
    )
    rows = rules.balance_sheet([each], window(first, "2026-03-31"), CHART)
    assert [(row.name, row.type, row.balance.minor) for row in rows] == [
        ("Ergebnisvortrag", "equity", sum(carried)),
        ("Periodenergebnis", "equity", sum(present)),
    ]
    assert [row.opening_balance.minor for row in rows] == [carried[0], present[0]]
    assert this_year or rows[0].credit_total == Money(50)


def test_statistical_accounts_are_never_in_the_balance_sheet():
    assert rules.balance_sheet([figures("9000", before=7)], window(None, "2026-03-31"), CHART) == []


transfers = st.lists(
    st.tuples(
        st.sampled_from(["1800", "1200", "4400", "6815", "3806", "2900", "10001", "70001"]),
        st.sampled_from(["1800", "4300", "5400", "1406", "10002", "70002"]),
        st.integers(min_value=1, max_value=10**9),
        st.integers(min_value=0, max_value=2),
    )
)


@given(transfers, st.sampled_from(["2025-11-01", "2026-01-01", "2026-02-01"]))
def test_debits_are_credits_and_the_balance_sheet_is_level(moves, first):
    report = window(first, "2026-03-31")
    # in a window that begins with the year nothing lies between
    parts = [part for part in range(3) if part != 1 or report.low != report.high]
    sums = {}
    for debit, credit, amount, part in moves:
        part = part if part in parts else 2
        if debit != credit:
            sums.setdefault(debit, [[0, 0], [0, 0], [0, 0]])[part][0] += amount
            sums.setdefault(credit, [[0, 0], [0, 0], [0, 0]])[part][1] += amount
    all_figures = [
        figures(
            number,
            kind={1: "customer", 7: "vendor"}[int(number[0])] if len(number) == 5 else "general",
            before=parts[0][0] - parts[0][1],
            between=parts[1],
            within=parts[2],
        )
        for number, parts in sums.items()
    ]
    rows = rules.trial_balance(all_figures, report)
    assert sum(row.debit_total.minor for row in rows) == sum(row.credit_total.minor for row in rows)
    sheet = rules.balance_sheet(all_figures, report, CHART)
    assert sum(row.balance.minor for row in sheet) == 0
    result = rules.profit_and_loss(all_figures, window("2026-01-01", "2026-03-31"))
    if first == "2026-01-01":
        present = [row for row in sheet if row.number == "Periodenergebnis"]
        assert sum(row.balance.minor for row in present) == sum(r.balance.minor for r in result)


def test_the_last_months_end_with_the_present_one():
    months = rules.last_months(date(2026, 2, 28), 4)
    assert [month.text for month in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_monthly_figures_count_closing_periods_with_the_last_month_of_the_year():
    months = rules.last_months(date(2026, 1, 31), 2)
    sums = [
        ("4400", "revenue", "2025-12", Movement(0, 1000)),
        ("4400", "revenue", "2025-P13", Movement(100, 0)),
        ("6300", "expense", "2026-01", Movement(300, 20)),
        ("4400", "revenue", "2025-11", Movement(0, 7)),
    ]
    rows = rules.monthly_figures(sums, months, 1)
    assert [
        (row.month, row.revenue.minor, row.expenses.minor, row.result.minor) for row in rows
    ] == [
        ("2025-12", 900, 0, 900),
        ("2026-01", 0, 280, -280),
    ]


def test_monthly_vat_takes_self_assessed_tax_on_both_sides_where_it_may_be_deducted():
    months = rules.last_months(date(2026, 3, 31), 2)
    sums = [
        ("UST19", "tax", "2026-03", Movement(100, 2000)),
        ("VST19", "tax", "2026-03", Movement(500, 0)),
        ("VST-13B19", "self_assessed", "2026-03", Movement(190, 0)),
        ("VST-13B19-NV", "self_assessed", "2026-03", Movement(38, 0)),
        ("UST19", "tax", "2025-01", Movement(0, 9)),
    ]
    february, march = rules.monthly_vat(sums, months, cases.CASES, "SKR04")
    assert (february.month, february.payable) == ("2026-02", Money(0))
    assert (march.output, march.input, march.payable) == (Money(2128), Money(690), Money(1438))


def test_a_window_knows_its_three_parts():
    days = Window(date(2025, 12, 1), date(2026, 3, 31), date(2026, 1, 1))
    assert (days.low, days.high) == (date(2025, 12, 1), date(2026, 1, 1))
