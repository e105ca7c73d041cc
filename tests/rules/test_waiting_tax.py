"""Taxation by receipts (§ 20 UStG): what is put off, and what payments release to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.ids import OpenItemId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import Line, Transfer
from kontorhaus.ledger.rules import transfers
from kontorhaus.ledger.waiting import rules
from kontorhaus.ledger.waiting.model import NOTHING, Part, Release, Taking, Waiting
from kontorhaus.runtime.ids import uuid7
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCode

CODES = tax.system_codes("SKR04")
ITEM = OpenItemId(uuid7())


def booked(*lines: str) -> list[str]:
    """The events of lines written as "D 10001 119.00", under § 20 UStG, as people write them."""
    entered = []
    for text in lines:
        side, account, amount, *code = text.split()
        money, nothing = Money.exact(Decimal(amount)), Money.zero()
        debit, credit = (money, nothing) if side == "D" else (nothing, money)
        entered.append(Line(account, debit, credit, code[0] if code else None))
    found = rules.put_off(transfers(entered, CODES), CODES, "1200")
    return [f"{t.debit}/{t.credit} {t.amount.decimal} {t.kind} {t.tax_code or '-'}" for t in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # what a customer owes waits
        (["D 10001 119.00", "C 4400 119.00 UST19"],
         ["10001/4400 100.00 net UST19:ist", "10001/3816 19.00 tax UST19:ist"]),
        (["D 10001 107.00", "C 4300 107.00 UST7"],
         ["10001/4300 100.00 net UST7:ist", "10001/3811 7.00 tax UST7:ist"]),
        # on the collective account, too
        (["D 1200 119.00", "C 4400 119.00 UST19"],
         ["1200/4400 100.00 net UST19:ist", "1200/3816 19.00 tax UST19:ist"]),
        # what is given back to a customer waits until it is paid out
        (["D 4400 119.00 UST19", "C 10001 119.00"],
         ["4400/10001 100.00 net UST19:ist", "3816/10001 19.00 tax UST19:ist"]),
        # money that is there is taxed at once
        (["D 1800 119.00", "C 4400 119.00 UST19"],
         ["1800/4400 100.00 net UST19", "1800/3806 19.00 tax UST19"]),
        (["D 1600 107.00", "C 4300 107.00 UST7"],
         ["1600/4300 100.00 net UST7", "1600/3801 7.00 tax UST7"]),
        # half of it paid at once
        (["D 10001 59.50", "D 1600 59.50", "C 4400 119.00 UST19"],
         ["10001/4400 50.00 net UST19:ist", "10001/3816 9.50 tax UST19:ist",
          "1600/4400 50.00 net UST19", "1600/3806 9.50 tax UST19"]),
        # own use is no payment
        (["D 2100 119.00", "C 4600 119.00 UST19"],
         ["2100/4600 100.00 net UST19", "2100/3806 19.00 tax UST19"]),
        # the margin scheme taxes the margin of what was paid
        (["D 10001 100.00", "C 4134 100.00 UST-DIFF"], ["10001/4134 100.00 net UST-DIFF:ist"]),
        # tax free, taxed by others, and input tax stay as they are
        (["D 10001 50.00", "C 4125 50.00 UST-IGL"], ["10001/4125 50.00 net UST-IGL"]),
        (["D 10001 50.00", "C 4337 50.00 UST-13B"], ["10001/4337 50.00 net UST-13B"]),
        (["D 6815 119.00 VST19", "C 70001 119.00"],
         ["6815/70001 100.00 net VST19", "1406/70001 19.00 tax VST19"]),
        (["D 5425 100.00 VST-IGE19", "C 70001 100.00"],
         ["5425/70001 100.00 net VST-IGE19", "1404/3804 19.00 self_assessed VST-IGE19"]),
    ],
)  # fmt: skip
def test_what_a_customer_owes_waits_and_what_is_paid_does_not(lines, expected):
    assert booked(*lines) == expected


def test_every_code_that_waits_has_an_account_of_each_chart_and_one_for_the_tax_owed():
    for name in charts.CHARTS:
        accounts, owed = charts.chart(name), rules.owed_accounts(name)
        waiting = [code for code in tax.system_codes(name).values() if code.waiting_account]
        assert [code.code for code in waiting] == ["UST19", "UST7", "UST-DIFF"]
        for code in waiting:
            assert code.waiting_account is not None
            assert accounts[code.waiting_account].is_active
            # the tax of the margin scheme is no part of the line
            assert code.vat_account in (owed[code.waiting_account], None)


def test_an_own_code_waits_where_the_code_of_the_same_account_does():
    def own(vat_account: str | None, rate: int = 19, other: str | None = None) -> TaxCode:
        return TaxCode("X", "X", "X", Decimal(rate), vat_account, other, False, True, False)

    for code, expected in [
        (own("3806"), "UST19"),
        (own("3806", 16), "UST19"),
        (own("3801", 7), "UST7"),
        (own("1406"), "VST19"),
        (own("1407", 19, "3837"), "VST-EUDL19"),
        (own("3805"), None),
        (own(None, 0), None),
    ]:
        kin = tax.kin(code, "SKR04")
        assert (kin and kin.code) == expected


def waiting(code: str, net: int, tax_cents: int, account: str = "3816") -> Waiting:
    return Waiting(ITEM, code, account, Part(Money(net), Money(tax_cents)), NOTHING)


@pytest.mark.parametrize(
    ("amount", "payments", "parts"),
    [
        # 119.00 in one, in halves, in thirds that do not come out even
        (11900, [11900], [(10000, 1900)]),
        (11900, [5950, 5950], [(5000, 950), (5000, 950)]),
        (11900, [3967, 3967, 3966], [(3334, 633), (3333, 634), (3333, 633)]),
        # a cent may release base alone
        (11900, [1, 11899], [(1, 0), (9999, 1900)]),
        (11900, [11899, 1], [(9999, 1900), (1, 0)]),
        # a credit note is paid out
        (-11900, [-5950, -5950], [(-5000, -950), (-5000, -950)]),
    ],
)
def test_a_payment_releases_its_share_and_the_last_one_the_rest(amount, payments, parts):
    sign = 1 if amount > 0 else -1
    settled, takings = 0, []
    for payment in payments:
        takings.append(Taking(ITEM, Money(amount), Money(settled), Money(payment)))
        settled += payment
    found = rules.releases([waiting("UST19", sign * 10000, sign * 1900)], takings)
    assert [(r.part.net.minor, r.part.tax.minor) for each in found for r in each] == parts


def test_an_item_that_waits_for_nothing_releases_nothing():
    assert rules.releases([], [Taking(ITEM, Money(5), Money(0), Money(5))]) == [()]


cents = st.integers(-(10**7), 10**7)


def lie_within(released: dict[str, Part], whole: dict[str, Part]) -> bool:
    pairs = [
        pair
        for code, part in whole.items()
        for pair in ((released[code].net, part.net), (released[code].tax, part.tax))
    ]
    return all(min(all_.minor, 0) <= part.minor <= max(all_.minor, 0) for part, all_ in pairs)


@given(
    amount=st.integers(1, 10**7),
    parts=st.lists(st.tuples(cents, cents), min_size=1, max_size=3),
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 10**7)), max_size=12),
)
def test_whatever_is_paid_and_taken_back_the_last_payment_takes_exactly_the_rest(
    amount, parts, steps
):
    """Payments come and are undone in any order; undoing gives back what the payment released.

    On the way what is released lies between nothing and the whole.
    """
    whole = {
        f"C{n}": Part(Money(net), Money(tax_cents)) for n, (net, tax_cents) in enumerate(parts)
    }
    released = dict.fromkeys(whole, NOTHING)
    standing: list[tuple[int, dict[str, Part]]] = []

    def pay(payment: int) -> None:
        settled = sum(paid for paid, _ in standing)
        places = [Waiting(ITEM, code, "3816", whole[code], released[code]) for code in whole]
        taking = Taking(ITEM, Money(amount), Money(settled), Money(payment))
        (found,) = rules.releases(places, [taking])
        given = {one.tax_code: one.part for one in found}
        for code, part in given.items():
            released[code] = released[code] + part
        standing.append((payment, given))

    for is_payment, number in steps:
        left = amount - sum(paid for paid, _ in standing)
        if is_payment and left:
            pay(1 + number % left)
        elif not is_payment and standing:
            _, given = standing.pop(number % len(standing))
            for code, part in given.items():
                released[code] = released[code] - part
        assert lie_within(released, whole)
    left = amount - sum(paid for paid, _ in standing)
    if left:
        pay(left)
    assert released == whole
    for _, given in standing:
        for code, part in given.items():
            released[code] = released[code] - part
    assert not any(released.values())


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_several_payments_in_one_go_release_what_they_release_one_after_another(payments):
    amount = sum(payments)
    place = waiting("UST19", amount * 100 // 119, amount - amount * 100 // 119)
    takings = [Taking(ITEM, Money(amount), Money(0), Money(each)) for each in payments]
    found = [release.part for each in rules.releases([place], takings) for release in each]
    assert sum((part for part in found), NOTHING) == place.whole


def release(code: str, net: int, tax_cents: int, account: str, item: OpenItemId = ITEM) -> Release:
    return Release(item, code, account, Part(Money(net), Money(tax_cents)))


def test_what_is_released_moves_in_one_event_for_each_code_behind_the_payment():
    other = OpenItemId(uuid7())
    found = [
        release("UST7", 2000, 140, "3811"),
        release("UST19", 9980, 1896, "3816"),
        release("UST19", 100, 19, "3816", other),
    ]
    payment = Transfer("1800", "10001", Money(14016), pair=1, line=1)
    moves = rules.transfers(found, rules.owed_accounts("SKR04"), [payment])
    assert [(m.debit, m.credit, m.amount.minor, m.pair, m.line, m.tax_side) for m in moves] == [
        ("3816", "3806", 1915, 2, 2, "credit"),
        ("3811", "3801", 140, 3, 3, "credit"),
    ]
    assert {(m.kind, m.tax_code) for m in moves} == {("tax", "UST19"), ("tax", "UST7")}


def test_a_credit_note_moves_back_and_what_cancels_itself_does_not_move():
    owed = rules.owed_accounts("SKR04")
    (back,) = rules.transfers([release("UST19", -100, -19, "3816")], owed, [])
    assert (back.debit, back.credit, back.tax_side) == ("3806", "3816", "debit")
    both = [release("UST19", 100, 19, "3816"), release("UST19", -100, -19, "3816")]
    assert rules.transfers(both, owed, []) == ()
    assert rules.merged(both) == []
    # a base without tax moves nothing
    assert rules.transfers([release("UST19", 1, 0, "")], owed, []) == ()


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        # the other item has that tax waiting, and as much of it
        ([("UST19", -10000, -1900)], [("UST19", -100, -19)]),
        ([("UST19", -100, -19), ("UST7", -5, 0)], [("UST19", -100, -19)]),
        # less of it, of another code, on the same side, none
        ([("UST19", -99, -19)], None),
        ([("UST7", -10000, -1900)], None),
        ([("UST19", 10000, 1900)], None),
        ([], None),
    ],
)
def test_what_is_set_off_is_taken_back_where_the_same_tax_waits(rest, expected):
    found = [release("UST19", 100, 19, "3816")]
    back = rules.taken_back(found, [waiting(*each) for each in rest])
    shown = back and [(one.tax_code, one.part.net.minor, one.part.tax.minor) for one in back]
    assert shown == expected
