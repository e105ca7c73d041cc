"""The advance VAT return: which Kennzahl takes what, whole euros, the form's own tax."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.reports import vat_return
from kontorhaus.reports.model import Movement
from kontorhaus.tax import cases
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCode


def returned(*sums, events=(), known=cases.CASES, **beside):
    return vat_return.figures(sums, events, known, "SKR04", vat_return.Beside(**beside))


def values(*sums, **more):
    return {figure.number: figure.value.minor for figure in returned(*sums, **more)}


def credit(code, kind, cents):
    return code, kind, Movement(0, cents)


def debit(code, kind, cents):
    return code, kind, Movement(cents, 0)


WORKED_EXAMPLE = (
    credit("UST19", "net", 9980),
    credit("UST19", "tax", 1896),
    credit("UST7", "net", 2000),
    credit("UST7", "tax", 140),
)


def test_the_worked_example_has_whole_euros_and_the_tax_of_the_form():
    found = returned(*WORKED_EXAMPLE)
    assert [(f.number, f.value.minor, f.booked.minor, f.tax) for f in found] == [
        ("81", 9900, 9980, Money(1881)),
        ("86", 2000, 2000, Money(140)),
    ]
    assert vat_return.payable(found) == Money(2021)
    assert vat_return.booked(WORKED_EXAMPLE, cases.CASES, "SKR04") == Money(2036)


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ([credit("UST-IGL", "net", 5099)], {"41": 5000}),
        ([credit("UST-KU", "net", 5000)], {"48": 5000}),
        ([credit("UST-13B", "net", 5000)], {"60": 5000}),
        ([credit("UST-EUDL", "net", 5000)], {"21": 5000}),
        ([debit("VST19", "net", 10000), debit("VST19", "tax", 1900)], {"66": 1900}),
        ([debit("VST-IGE19", "net", 10000), debit("VST-IGE19", "self_assessed", 1900)],
         {"89": 10000, "61": 1900}),
        ([debit("VST-IGE19-NV", "net", 10000), debit("VST-IGE19-NV", "self_assessed", 1900)],
         {"89": 10000}),
        ([debit("VST-EUDL19", "net", 10000), debit("VST-EUDL19", "self_assessed", 1900)],
         {"46": 10000, "47": 1900, "67": 1900}),
        ([debit("VST-13B19", "net", 10000), debit("VST-13B19", "self_assessed", 1900)],
         {"84": 10000, "85": 1900, "67": 1900}),
        ([debit("VST-13B19-NV", "net", 10000), debit("VST-13B19-NV", "self_assessed", 1900)],
         {"84": 10000, "85": 1900}),
        ([debit("VST-DREI", "net", 10000), debit("VST-DREI", "self_assessed", 1900)],
         {"69": 1900, "66": 1900}),
        # import VAT is the amount of the line itself
        ([debit("VST-EUST", "net", 1900)], {"62": 1900}),
        # a credit note is cut towards zero
        ([debit("UST19", "net", 9980)], {"81": -9900}),
        ([credit("UST-DIFF", "net", 100)], {}),
        ([credit("UST-OSS", "net", 100)], {}),
        ([credit("MINE", "net", 100)], {}),
        # what waits for its payment is not due (§ 20 UStG)
        ([credit("UST19:ist", "net", 10000), credit("UST19:ist", "tax", 1900)], {}),
    ],
)  # fmt: skip
def test_each_case_has_its_lines(sums, expected):
    assert values(*sums) == expected


def event(number, code, kind, amount):
    return vat_return.TaxEvent(
        number, UUID(int=1), date(2026, 3, 2), date(2026, 3, 2), code, kind, amount
    )


def test_a_line_lists_its_events_with_their_sign_and_what_no_line_takes_is_told():
    events = [
        event(1, "UST19", "net", -9980),
        event(2, "UST19", "tax", -1896),
        event(3, "MINE", "net", -100),
        event(4, "UST-DIFF", "net", -100),
        event(5, "VST0", "net", 100),
        event(6, "UST-OSS", "net", -100),
        event(7, "UST7:ist", "net", -100),
    ]
    found = returned(*WORKED_EXAMPLE[:2], events=events)
    assert [(e.journal_number, e.amount) for f in found for e in f.events] == [(1, 9980)]
    unassigned = vat_return.unassigned(events, cases.CASES, "SKR04")
    assert [e.journal_number for e in unassigned] == [3]


@pytest.mark.parametrize(
    ("sales", "purchases", "base", "kz_81"),
    [
        # what the goods had cost is not known
        (100000, None, None, {}),
        # 1,000.00 less 762.00 are a margin of 238.00: 200.00 and 38.00 tax
        (100000, 76200, 20000, {"81": 20000}),
        (100000, 99999, 1, {"81": 0}),
        # a loss has no base
        (100000, 120000, 0, {}),
    ],
)
def test_the_margin_scheme_taxes_what_sales_exceed_purchases(sales, purchases, base, kz_81):
    sold = credit("UST-DIFF", "net", sales)
    cost = None if purchases is None else Money(purchases)
    scheme = vat_return.margin([sold], [event(1, "UST-DIFF", "net", -sales)], cost)
    assert (scheme.sales.minor, scheme.purchases) == (sales, cost)
    assert scheme.base == (None if base is None else Money(base))
    assert [each.amount for each in scheme.events] == [sales]
    assert values(sold, purchases=cost) == kz_81


def test_the_base_of_the_margin_scheme_stands_beside_what_is_booked_in_its_kennzahl():
    (figure,) = returned(
        credit("UST-DIFF", "net", 100000),
        credit("UST19", "net", 9980),
        purchases=Money(76200),
    )
    assert (figure.number, figure.booked, figure.computed) == ("81", Money(9980), Money(20000))
    assert (figure.value, figure.tax) == (Money(29900), Money(5681))
    assert vat_return.margin([], [], None) is None


def test_what_the_one_stop_shop_takes_is_told_apart():
    sums = [credit("UST-OSS", "net", 5000), credit("UST19", "net", 100)]
    (shop,) = vat_return.elsewhere(sums, [event(1, "UST-OSS", "net", -5000)], cases.CASES)
    assert (shop.tax_code, shop.booked) == ("UST-OSS", Money(5000))
    assert [each.amount for each in shop.events] == [5000]


def test_a_special_prepayment_is_deducted_from_what_is_to_be_paid():
    paid = vat_return.TaxEvent(
        9, UUID(int=2), date(2026, 2, 10), date(2026, 2, 10), None, "net", 100
    )
    found = returned(*WORKED_EXAMPLE, prepaid=(paid,))
    assert [(f.number, f.value.minor) for f in found] == [("81", 9900), ("86", 2000), ("39", 100)]
    assert found[-1].events == (paid,)
    assert vat_return.payable(found) == Money(2021 - 100)


def own(rate, vat_account, self_assess_account=None):
    return TaxCode("MINE", "x", "x", Decimal(rate), vat_account, self_assess_account, False, True,
                   False)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "is_owed", "moves", "expected"),
    [
        # the account tells what tax it is, the rate tells the line
        (own(19, "3806"), True, [credit("MINE", "net", 10000), credit("MINE", "tax", 1900)],
         {"81": 10000}),
        (own(7, "3801"), True, [credit("MINE", "net", 10000), credit("MINE", "tax", 700)],
         {"86": 10000}),
        (own(16, "3806"), True, [credit("MINE", "net", 10000), credit("MINE", "tax", 1600)],
         {"35": 10000, "36": 1600}),
        (own(5, "1401"), False, [debit("MINE", "net", 10000), debit("MINE", "tax", 500)],
         {"66": 500}),
        (own(9, "1404", "3804"), False,
         [debit("MINE", "net", 10000), debit("MINE", "self_assessed", 900)],
         {"95": 10000, "98": 900, "61": 900}),
        (own(16, "1407", "3837"), False,
         [debit("MINE", "net", 10000), debit("MINE", "self_assessed", 1600)],
         {"46": 10000, "47": 1600, "67": 1600}),
        # an account of one's own: the side of the balance sheet tells
        (own(19, "3899"), True, [credit("MINE", "net", 10000), credit("MINE", "tax", 1900)],
         {"81": 10000}),
        (own(19, "1499"), False, [debit("MINE", "net", 10000), debit("MINE", "tax", 1900)],
         {"66": 1900}),
        (own(19, None, "3899"), False,
         [debit("MINE", "net", 10000), debit("MINE", "self_assessed", 1900)],
         {"84": 10000, "85": 1900}),
    ],
)  # fmt: skip
def test_an_own_code_has_the_lines_of_the_case_that_its_accounts_tell(
    code, is_owed, moves, expected
):
    case = tax.own_case(code, "SKR04", is_owed=is_owed)
    known = {**cases.CASES, "MINE": case}
    assert values(*moves, known=known) == expected
    events = [event(1, "MINE", kind, moved.net) for _, kind, moved in moves]
    assert vat_return.unassigned(events, known, "SKR04") == []


def test_an_own_code_without_tax_tells_nothing():
    assert tax.own_case(own(0, None), "SKR04", is_owed=True) is None


coded = st.tuples(
    st.sampled_from(sorted(set(cases.CASES) - {"UST-DIFF", "UST-OSS"})),
    st.sampled_from(["net", "tax", "self_assessed"]),
    st.integers(-(10**9), 10**9),
)


@given(st.lists(coded, max_size=12))
def test_every_figure_is_the_sum_of_its_events(moves):
    events = [event(n, *move) for n, move in enumerate(moves)]
    sums = [(code, kind, Movement(max(amount, 0), max(-amount, 0))) for code, kind, amount in moves]
    for figure in returned(*sums, events=events):
        assert figure.booked.minor == sum(e.amount for e in figure.events)
        cut = abs(figure.booked.minor) - abs(figure.value.minor)
        assert (0 <= cut < 100) if figure.kind == "base" else cut == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03", (date(2026, 3, 1), date(2026, 3, 31))),
        ("2026-12", (date(2026, 12, 1), date(2026, 12, 31))),
        ("2028-Q1", (date(2028, 1, 1), date(2028, 3, 31))),
        ("2026-Q4", (date(2026, 10, 1), date(2026, 12, 31))),
    ],
)
def test_a_period_is_a_month_or_a_quarter(text, expected):
    assert vat_return.days(text) == expected


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "2026", "2026-P13", "٢٠٢٦-03"])
def test_nothing_else_is_a_period(text):
    with pytest.raises(Invalid):
        vat_return.days(text)
