"""The two charts of accounts as tables."""

import pytest

from kontorhaus.kernel.errors import Invalid
from kontorhaus.ledger import charts
from kontorhaus.tax import cases

TYPE_OF_SIDE = {
    "Aktiva": {"asset"},
    "Passiva": {"liability", "equity"},
    "GuV": {"revenue", "expense"},
    "": {"equity"},
}
both = pytest.mark.parametrize("name", charts.CHARTS)


@both
def test_numbers_are_unique_sorted_and_have_four_digits(name):
    numbers = list(charts.chart(name))
    assert numbers == sorted(set(numbers))
    assert all(len(number) == 4 and number.isdigit() for number in numbers)
    assert len(numbers) > 1500


@both
def test_every_account_has_names_that_fit(name):
    for account in charts.chart(name).values():
        assert 0 < len(account.name_de) <= 255
        assert 0 < len(account.name_en) <= 255
        assert account.name_de == account.name_de.strip()


@both
def test_type_and_side_of_the_balance_sheet_agree(name):
    for account in charts.chart(name).values():
        assert account.type in TYPE_OF_SIDE[account.hgb_side], account.number
        is_statistical = account.report_group == "statistical"
        assert is_statistical is (account.hgb_side == ""), account.number


@both
def test_equity_is_what_stands_under_a_of_the_liabilities_side(name):
    for account in charts.chart(name).values():
        if account.hgb_side == "Passiva":
            is_equity = account.hgb_position.split(".")[0] == "A"
            assert (account.type == "equity") is is_equity, account.number


@both
def test_the_use_of_the_result_is_never_in_the_profit_and_loss_account(name):
    for account in charts.chart(name).values():
        if account.report_group == "appropriation":
            assert account.type == "equity"
            assert account.hgb_position in ("A.IV", "A.V")


@both
def test_every_key_account_is_an_active_account(name):
    accounts, key = charts.chart(name), charts.KEY_ACCOUNTS[name]
    numbers = [getattr(key, field) for field in key.__dataclass_fields__]
    for number in numbers:
        for each in number.values() if hasattr(number, "values") else [number]:
            assert accounts[each].is_active, each


@pytest.mark.parametrize(
    ("name", "field", "type_", "group"),
    [
        ("SKR04", "bank", "asset", "cash"),
        ("SKR04", "receivables", "asset", "receivables"),
        ("SKR04", "payables", "liability", "payables"),
        ("SKR04", "customer_credit", "liability", "liabilities"),
        ("SKR04", "debit_vendors", "asset", "other_assets"),
        ("SKR04", "fx_gain", "revenue", "other_operating_income"),
        ("SKR04", "bank_fees", "expense", "other_opex"),
        ("SKR03", "bank", "asset", "cash"),
        ("SKR03", "in_transit", "asset", "cash"),
        ("SKR03", "receivables", "asset", "receivables"),
        ("SKR03", "payables", "liability", "payables"),
        ("SKR03", "opening", "equity", "statistical"),
    ],
)
def test_a_key_account_is_of_this_kind(name, field, type_, group):
    account = charts.chart(name)[getattr(charts.KEY_ACCOUNTS[name], field)]
    assert (account.type, account.report_group) == (type_, group)


@both
def test_every_default_tax_is_a_tax_code_of_the_right_direction(name):
    for account in charts.chart(name).values():
        if account.default_tax is not None:
            case = cases.CASES[account.default_tax]
            if account.type == "revenue":
                assert case.direction == "out", account.number


def test_revenue_and_skonto_accounts_are_automatic_and_banks_are_not():
    chart = charts.chart("SKR04")
    assert chart["4400"].is_automatic
    assert chart["4736"].is_automatic
    assert not chart["1800"].is_automatic
    assert not chart["1200"].is_automatic


def test_an_unknown_chart_is_refused():
    with pytest.raises(Invalid):
        charts.chart("SKR99")
