"""How an issued invoice becomes transfers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.receivables import rules
from kontorhaus.receivables.model import IssuedInvoice, RevenueGroup

WORKED_EXAMPLE = IssuedInvoice(
    party_id=PartyId(UUID(int=1)),
    party_name="Nordlicht Verlag GmbH",
    account="10001",
    number="RE-2026-0001",
    invoice_date=date(2026, 3, 2),
    due_date=date(2026, 3, 16),
    tax_date=None,
    groups=(
        RevenueGroup("UST19", Money(9980), Money(1896)),
        RevenueGroup("UST7", Money(2000), Money(140)),
    ),
    lines=(),
)


def events(invoice: IssuedInvoice, chart: str = "SKR04") -> list[tuple[str, str, int, str]]:
    accounts = rules.revenue_accounts(invoice.groups, chart)
    return [
        (event.debit, event.credit, event.amount.minor, event.kind)
        for event in rules.invoice_events(invoice, accounts)
    ]


def test_the_worked_example_is_posted_to_the_cent():
    assert events(WORKED_EXAMPLE) == [
        ("10001", "4400", 9980, "net"),
        ("10001", "3806", 1896, "tax"),
        ("10001", "4300", 2000, "net"),
        ("10001", "3801", 140, "tax"),
    ]
    assert WORKED_EXAMPLE.gross == Money(14016)


def test_the_other_chart_has_its_own_accounts():
    assert [row[1] for row in events(WORKED_EXAMPLE, "SKR03")] == ["8400", "1776", "8300", "1771"]


def test_net_and_tax_of_a_group_share_pair_and_line_and_name_their_code():
    accounts = rules.revenue_accounts(WORKED_EXAMPLE.groups, "SKR04")
    found = rules.invoice_events(WORKED_EXAMPLE, accounts)
    assert [(e.pair, e.line, e.tax_code, e.tax_side) for e in found] == [
        (1, 1, "UST19", "credit"),
        (1, 1, "UST19", "credit"),
        (2, 2, "UST7", "credit"),
        (2, 2, "UST7", "credit"),
    ]


def test_a_credit_note_turns_every_transfer_round():
    assert events(replace(WORKED_EXAMPLE, type="credit_note"))[0] == ("4400", "10001", 9980, "net")


def test_a_group_that_deductions_made_negative_is_turned_round():
    negative = replace(
        WORKED_EXAMPLE,
        groups=(WORKED_EXAMPLE.groups[0], RevenueGroup("UST7", Money(-2000), Money(-140))),
    )
    assert events(negative)[2:] == [("4300", "10001", 2000, "net"), ("3801", "10001", 140, "tax")]


@pytest.mark.parametrize(
    ("code", "account"),
    [
        ("UST-KU", "4184"),
        ("UST-13B", "4337"),
        ("UST-EUDL", "4336"),
        ("UST-IGL", "4125"),
        ("UST-3L", "4338"),
        ("UST0", "4290"),
        ("UST-FREI", "4100"),
    ],
)
def test_supplies_without_tax_have_one_transfer_on_their_own_account(code, account):
    invoice = replace(WORKED_EXAMPLE, groups=(RevenueGroup(code, Money(500), Money(0)),))
    assert events(invoice) == [("10001", account, 500, "net")]


def test_a_rate_without_an_account_is_refused():
    with pytest.raises(Invalid) as refusal:
        rules.revenue_accounts([RevenueGroup("UST16", Money(100), Money(16))], "SKR04")
    assert refusal.value.code == "vat_rate"


def test_an_invoice_over_nothing_is_refused():
    invoice = replace(WORKED_EXAMPLE, groups=(RevenueGroup("UST19", Money(0), Money(0)),))
    with pytest.raises(Invalid) as refusal:
        rules.invoice_posting(invoice, rules.revenue_accounts(invoice.groups, "SKR04"))
    assert refusal.value.code == "nothing_to_post"


@given(
    st.lists(
        st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9)),
        min_size=1,
        max_size=2,
    )
)
def test_what_the_customer_owes_is_the_gross_whatever_the_signs(amounts):
    codes = ("UST19", "UST7")
    invoice = replace(
        WORKED_EXAMPLE,
        groups=tuple(
            RevenueGroup(code, Money(net), Money(vat))
            for code, (net, vat) in zip(codes, amounts, strict=False)
        ),
    )
    owed = sum(amount if debit == "10001" else -amount for debit, _, amount, _ in events(invoice))
    assert owed == invoice.gross.minor
