"""The table of tax cases, the codes that follow from it, and the arithmetic of VAT."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import charts
from kontorhaus.tax import cases, rules

# fmt: off
CODES = [
    "UST19", "UST7", "UST0", "UST16", "UST-KU", "UST-FREI", "UST-FREI-VST", "UST-EXP",
    "UST-IGL", "UST-DREI", "UST-EUDL", "UST-3L", "UST-NST", "UST-13B", "UST-OSS", "UST-DIFF",
    "VST19", "VST7", "VST0", "VST-IGE19", "VST-IGE7", "VST-IGE19-NV", "VST-EUDL19", "VST-EUDL7",
    "VST-13B19", "VST-13B7", "VST-13B19-NV", "VST-GREST", "VST-EUST", "VST-DREI",
]
# fmt: on
cents = st.integers(min_value=-(10**12) + 1, max_value=10**12 - 1)
percent = st.decimals(min_value=0, max_value=100, places=2)


def test_the_codes_have_the_names_and_the_order_of_the_api():
    assert list(cases.CASES) == CODES
    assert list(rules.system_codes("SKR04")) == CODES


def test_a_code_is_found_in_any_spelling_and_an_unknown_one_is_refused():
    assert cases.by_code("VSt19").code == "VST19"
    with pytest.raises(Invalid) as refusal:
        cases.by_code("UST99")
    assert refusal.value.code == "tax_code"


@pytest.mark.parametrize("chart", charts.CHARTS)
def test_every_account_of_an_active_tax_case_is_an_active_account_of_the_chart(chart):
    accounts = charts.chart(chart)
    for case in cases.CASES.values():
        if not case.is_active:
            continue
        for column in (case.revenue_account, case.vat_account, case.input_account):
            number = column[chart]
            assert number is None or accounts[number].is_active, (case.code, number)


@pytest.mark.parametrize(
    ("code", "rate", "vat_account", "self_assess_account", "deductible"),
    [
        ("UST19", "19", "3806", None, False),
        ("UST7", "7", "3801", None, False),
        ("UST-IGL", "0", None, None, False),
        ("UST-OSS", "0", None, None, False),
        ("UST-DIFF", "0", None, None, False),
        ("VST19", "19", "1406", None, True),
        ("VST7", "7", "1401", None, True),
        ("VST0", "0", None, None, False),
        ("VST-IGE19", "19", "1404", "3804", True),
        ("VST-IGE19-NV", "19", None, "3809", False),
        ("VST-13B19", "19", "1407", "3837", True),
        ("VST-13B19-NV", "19", None, "3837", False),
        ("VST-DREI", "19", "1436", "3819", True),
        ("VST-EUST", "0", None, None, False),
    ],
)
def test_a_tax_code_of_skr04_splits_to_these_accounts(
    code, rate, vat_account, self_assess_account, deductible
):
    tax_code = rules.system_codes("SKR04")[code]
    assert tax_code.rate == Decimal(rate)
    assert tax_code.vat_account == vat_account
    assert tax_code.self_assess_account == self_assess_account
    assert tax_code.deductible is deductible


def test_only_the_rate_of_2020_is_inactive():
    inactive = [code.code for code in rules.system_codes("SKR03").values() if not code.is_active]
    assert inactive == ["UST16"]


def test_every_figure_of_the_return_that_a_case_names_is_on_the_form():
    for case in cases.CASES.values():
        for number, kind in (
            (case.ustva_base, "base"),
            (case.ustva_tax, "tax"),
            (case.ustva_input, "tax"),
        ):
            assert number is None or cases.RETURN_LINES[number].kind == kind, (case.code, number)


def test_a_base_without_its_own_tax_figure_is_one_whose_tax_the_form_computes():
    for case in cases.CASES.values():
        if case.rate and case.ustva_base and case.ustva_tax is None:
            assert cases.RETURN_LINES[case.ustva_base].rate == case.rate, case.code


def test_zero_and_standard_rates_carry_no_reason_and_all_exemptions_carry_one():
    for case in cases.CASES.values():
        if case.direction == "out":
            reason = case.vatex or case.exemption_de
            assert bool(reason) is (case.category not in ("S", "Z")), case.code


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [
        (11900, "19", 10000, 1900),
        (11876, "19", 9980, 1896),
        (2140, "7", 2000, 140),
        (1, "19", 1, 0),
        (1001, "19", 841, 160),
        (-11900, "19", -10000, -1900),
        (500, "0", 500, 0),
        (3, "100", 2, 1),
        (-3, "100", -2, -1),
    ],
)
def test_a_gross_amount_splits_to_the_cent(gross, rate, net, tax):
    assert rules.split_gross(Money(gross), Decimal(rate)) == (Money(net), Money(tax))


@pytest.mark.parametrize(
    ("net", "rate", "tax"),
    [(9980, "19", 1896), (2000, "7", 140), (50, "19", 10), (10, "5", 1), (-10, "5", -1)],
)
def test_tax_on_a_net_amount_is_rounded_half_away_from_zero(net, rate, tax):
    assert rules.tax_on_net(Money(net), Decimal(rate)) == Money(tax)


@given(cents, percent)
def test_net_and_tax_add_up_to_the_gross_and_keep_its_sign(minor, rate):
    gross = Money(minor)
    net, tax = rules.split_gross(gross, rate)
    assert net + tax == gross
    assert net.minor * minor >= 0
    assert tax.minor * minor >= 0


@given(cents, percent)
def test_the_net_of_a_gross_is_the_nearest_cent(minor, rate):
    net, _ = rules.split_gross(Money(minor), rate)
    # |net * (100 + rate) - gross * 100| is at most half a cent times (100 + rate)
    assert 2 * abs(net.minor * (100 + rate) - minor * 100) <= 100 + rate


@given(cents, percent)
def test_a_negative_amount_mirrors_the_positive_one(minor, rate):
    net, tax = rules.split_gross(Money(minor), rate)
    assert rules.split_gross(Money(-minor), rate) == (-net, -tax)
    assert rules.tax_on_net(Money(-minor), rate) == -rules.tax_on_net(Money(minor), rate)
