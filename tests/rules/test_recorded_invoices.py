"""What an invoice that was issued elsewhere must be, and what a booking makes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.ids import IntentId, PartyId
from kontorhaus.kernel.money import Money, total
from kontorhaus.openitems import rules as item_rules
from kontorhaus.openitems.invoices import rules
from kontorhaus.openitems.invoices.model import InvoiceChange, InvoiceLine, RecordedInvoice
from kontorhaus.openitems.model import Booked, NewItem

DAY = date(2026, 3, 2)
INTENT = IntentId(uuid4())
CENTS = st.integers(min_value=-(10**9), max_value=10**9)


def line(position: int, net: int, tax: int, currency: str = "EUR") -> InvoiceLine:
    return InvoiceLine(
        position=position,
        description="",
        quantity=Decimal(1),
        unit_price=Money(net).decimal,
        tax_rate=Decimal(19),
        tax_amount=Money(tax, currency),
        total=Money(net + tax, currency),
    )


def invoice(*lines: InvoiceLine, **totals: Money) -> RecordedInvoice:
    """An invoice whose totals are those of its lines, but for those given."""
    currency = lines[0].total.currency
    gross = total((one.total for one in lines), currency)
    tax = total((one.tax_amount for one in lines), currency)
    given: dict[str, Any] = {"net": gross - tax, "tax": tax, "gross": gross, **totals}
    return RecordedInvoice(PartyId(uuid4()), "1", DAY, None, lines=lines, **given)


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=20))
def test_totals_that_are_the_sum_of_the_lines_are_taken(lines):
    rules.check_totals(invoice(*(line(n, *each) for n, each in enumerate(lines, 1))))


@given(
    st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=5),
    st.tuples(CENTS, CENTS, CENTS).filter(any),
)
def test_totals_that_are_not_the_sum_of_the_lines_are_refused(lines, off):
    right = invoice(*(line(n, *each) for n, each in enumerate(lines, 1)))
    net, tax, gross = (Money(cents) for cents in off)
    wrong = invoice(
        *right.lines, net=right.net + net, tax=right.tax + tax, gross=right.gross + gross
    )
    with pytest.raises(Invalid) as refusal:
        rules.check_totals(wrong)
    assert refusal.value.code == "totals_mismatch"


def test_a_position_stands_once():
    with pytest.raises(Invalid) as refusal:
        rules.check_totals(invoice(line(1, 100, 19), line(2, 100, 19), line(1, 100, 19)))
    assert refusal.value.details["field"] == "lines.2.position"


def item(cents: int, kind: str = "receivable", currency: str = "EUR") -> NewItem:
    account = "10001" if kind == "receivable" else "70001"
    money = Money(cents, currency)
    return NewItem(kind, account, None, INTENT, money, DAY, None, "1")  # type: ignore[arg-type]


def booked(moved: dict[str, int], **more: Any) -> Booked:
    flags = {"is_reversed": False, "is_reversal": False, "is_settlement": False}
    amounts = {account: Money(cents) for account, cents in moved.items()}
    return Booked(**{"intent_id": INTENT, "moved": amounts, "foreign": None, **flags, **more})


USD = ("USD", Decimal("110.00"))
FITS = [
    ("a claim is a debit of the customer", item(119), {"10001": 119}, None, "10001", 119),
    ("a credit note is a credit", item(-119), {"10001": -119}, None, "10001", -119),
    (
        "a debt is a credit of the vendor",
        item(119, "liability"),
        {"70001": -119},
        None,
        "70001",
        119,
    ),
    ("a vendor's credit note is a debit", item(-9, "liability"), {"70001": 9}, None, "70001", -9),
    ("the collective account will do", item(119), {"1200": 119}, None, "1200", 119),
    ("the party's own goes first", item(119), {"10001": 119, "1200": 119}, None, "10001", 119),
    (
        "in dollars the rate counts",
        item(11000, currency="USD"),
        {"10001": 10000},
        USD,
        "10001",
        10000,
    ),
]
NO_FIT = [
    ("another amount", item(119), {"10001": 118}, {}),
    ("the other side", item(119), {"10001": -119}, {}),
    ("another customer", item(119), {"10002": 119}, {}),
    ("nothing moved", item(119), {"10001": 0}, {}),
    ("nothing claimed", item(0), {"10001": 0}, {}),
    ("euros for dollars", item(119, currency="USD"), {"10001": 119}, {}),
    ("another sum of dollars", item(11001, currency="USD"), {"10001": 10000}, {"foreign": USD}),
    ("dollars on the other side", item(11000, currency="USD"), {"10001": -1}, {"foreign": USD}),
    ("reversed", item(119), {"10001": 119}, {"is_reversed": True}),
    ("a reversal", item(-119), {"10001": -119}, {"is_reversal": True}),
    ("a payment", item(-119), {"10001": -119}, {"is_settlement": True}),
]


@pytest.mark.parametrize(
    ("wanted", "moved", "foreign", "account", "cents"),
    [case[1:] for case in FITS],
    ids=[case[0] for case in FITS],
)
def test_a_booking_that_fits_opens_an_item(wanted, moved, foreign, account, cents):
    opened = item_rules.claimed(wanted, booked(moved, foreign=foreign), "1200")
    assert (opened.account, opened.amount) == (account, Money(cents))


@pytest.mark.parametrize(
    ("wanted", "moved", "more"), [case[1:] for case in NO_FIT], ids=[case[0] for case in NO_FIT]
)
def test_a_booking_that_does_not_fit_opens_nothing(wanted, moved, more):
    with pytest.raises(Invalid) as refusal:
        item_rules.claimed(wanted, booked(moved, **more), "1200")
    assert refusal.value.code == "intent_mismatch"


def test_a_booking_is_given_once_and_again_after_its_reversal():
    rules.check_unbooked(None, is_reversed=False)
    rules.check_unbooked(INTENT, is_reversed=True)
    with pytest.raises(Conflict) as refusal:
        rules.check_unbooked(INTENT, is_reversed=False)
    assert refusal.value.code == "intent_already_set"


def test_a_change_names_something():
    with pytest.raises(Invalid) as refusal:
        rules.check_change(InvoiceChange(frozenset()))
    assert refusal.value.code == "no_changes"
