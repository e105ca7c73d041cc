"""Which booking rows the events of the journal become."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.money import Money
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import Line
from kontorhaus.ledger.rules import transfers
from kontorhaus.reports import datev, extf
from kontorhaus.reports.model import JournalEvent
from kontorhaus.tax import cases
from kontorhaus.tax import rules as tax

SKR04 = datev.Books(charts.chart("SKR04"), charts.KEY_ACCOUNTS["SKR04"], cases.CASES)
CODES = tax.system_codes("SKR04")


def booked(*lines, is_reversal=False, **changes):
    """The events of lines written as "D 10001 119.00" or "C 4400 119.00 UST19"."""
    entered = []
    for text in lines:
        side, account, amount, *code = text.split()
        money, nothing = Money.exact(Decimal(amount)), Money.zero()
        debit, credit = (money, nothing) if side == "D" else (nothing, money)
        entered.append(Line(account, debit, credit, code[0] if code else None))
    return [
        JournalEvent(
            **{
                "journal_number": number,
                "intent_id": UUID(int=1),
                "booking_date": date(2026, 3, 2),
                "tax_date": date(2026, 3, 2),
                "account_debit": each.credit if is_reversal else each.debit,
                "account_credit": each.debit if is_reversal else each.credit,
                "amount": each.amount.minor,
                "pair": each.pair,
                "line": each.line,
                "kind": each.kind,
                "tax_code": each.tax_code,
                "tax_side": mirrored(each.tax_side) if is_reversal else each.tax_side,
                "description": "Buchung",
                "reference": None,
                "is_reversal": is_reversal,
                "party_account": None,
            }
            | changes
        )
        for number, each in enumerate(transfers(entered, CODES), start=1)
    ]


def mirrored(side):
    return {"debit": "credit", "credit": "debit", None: None}[side]


def shown(events, books=SKR04):
    """Rows as people write them: amount, side, account, contra account and key."""
    return [
        f"{extf.amount(row.amount)} {row.side} {row.account} {row.contra} {row.key}".strip()
        for row in datev.rows(events, books)
    ]


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        # an automatic account takes no key
        (["D 10001 118.76", "C 4400 118.76 UST19"], ["118,76 S 10001 4400"]),
        (["D 10001 21.40", "C 4300 21.40 UST7"], ["21,40 S 10001 4300"]),
        # a payment
        (["D 1800 140.16", "C 10001 140.16"], ["140,16 S 1800 10001"]),
        # an expense account without automatic takes the key
        (["D 6815 59.50 VST19", "C 70012 59.50"], ["59,50 H 70012 6815 9"]),
        (["D 5400 119.00 VST19", "C 70012 119.00"], ["119,00 H 70012 5400"]),
        # no tax and no automatic
        (["D 6855 5.00", "C 1800 5.00"], ["5,00 S 6855 1800"]),
        # tax free
        (["D 10001 50.00", "C 4125 50.00 UST-IGL"], ["50,00 S 10001 4125"]),
        (["D 10001 50.00", "C 4200 50.00 UST-IGL"], ["50,00 S 10001 4200 11"]),
        # a code other than the account's own
        (["D 10001 107.00", "C 4400 107.00 UST7"],
         ["100,00 S 10001 4400 40", "7,00 S 10001 3801"]),
        # net and tax by hand on an automatic account
        (["D 10001 119.00", "C 4400 100.00", "C 3806 19.00"],
         ["100,00 S 10001 4400 40", "19,00 S 10001 3806"]),
        # an automatic account in debit stays the contra account
        (["D 4400 10.00", "C 1800 10.00"], ["10,00 H 1800 4400 40"]),
        # a credit note
        (["D 4400 119.00 UST19", "C 10001 119.00"], ["119,00 H 10001 4400"]),
        # discount granted on payment
        (["D 4736 23.80 UST19", "C 10001 23.80"], ["23,80 H 10001 4736"]),
        # self-assessed tax is DATEV's own, from key or account
        (["D 5920 100.00 VST-13B19", "C 70001 100.00"], ["100,00 H 70001 5920"]),
        (["D 6815 100.00 VST-EUDL19", "C 70001 100.00"], ["100,00 H 70001 6815 94"]),
        (["D 5425 100.00 VST-IGE19", "C 70001 100.00"], ["100,00 H 70001 5425"]),
        # without a key it goes out by itself
        (["D 6815 100.00 VST-IGE19-NV", "C 70001 100.00"],
         ["100,00 H 70001 6815", "19,00 H 3809 6815"]),
        # the margin scheme taxes the margin, not the line
        (["D 10001 100.00", "C 4134 100.00 UST-DIFF"], ["100,00 S 10001 4134 40"]),
        # opening balances
        (["D 1800 500.00", "C 9000 500.00"], ["500,00 S 1800 9000"]),
        (["D 10001 119.00", "C 9000 119.00"], ["119,00 S 10001 9008"]),
        (["D 9000 119.00", "C 70001 119.00"], ["119,00 S 9009 70001"]),
        # collective accounts
        (["D 1200 119.00", "C 4400 119.00 UST19"], ["119,00 S 10000 4400"]),
        (["D 6815 59.50 VST19", "C 3300 59.50"], ["59,50 H 70000 6815 9"]),
    ],
)  # fmt: skip
def test_a_booking_becomes_these_rows(lines, rows):
    assert shown(booked(*lines)) == rows


def test_three_debtors_on_one_line_whose_cents_datev_would_not_find_go_out_split():
    # 10.00 gross hold 1.60 of tax; DATEV would find 0.53 three times
    events = booked("D 10001 3.33", "D 10002 3.33", "D 10003 3.34", "C 4400 10.00 UST19")
    assert shown(events) == [
        "3,33 S 10001 4400",
        "2,79 S 10002 4400 40",
        "0,54 S 10002 3806",
        "3,34 S 10003 4400",
    ]


def test_a_reversal_is_the_row_of_the_original_with_the_mark_of_generalumkehr():
    lines = ["D 10001 119.00", "C 4400 119.00 UST19"]
    reversed_events = booked(*lines, is_reversal=True)
    assert shown(reversed_events) == shown(booked(*lines))
    (row,) = datev.rows(reversed_events, SKR04)
    fields = extf.parse_line(datev.line(row, SKR04, is_final=False))
    assert fields[extf.IS_REVERSAL - 1].text == "1"


def test_a_posting_on_a_collective_account_goes_out_on_the_account_of_its_invoice():
    lines = ["D 1200 119.00", "C 4400 119.00 UST19"]
    known = booked(*lines, party_account="10007")
    assert shown(known) == ["119,00 S 10007 4400"]
    assert [note.kind for row in datev.rows(known, SKR04) for note in datev.notes(row, SKR04)] == []
    (row,) = datev.rows(booked(*lines), SKR04)
    assert [note.kind for note in datev.notes(row, SKR04)] == ["diverse"]


def test_skr03_knows_its_own_accounts():
    books = datev.Books(charts.chart("SKR03"), charts.KEY_ACCOUNTS["SKR03"], cases.CASES)
    assert shown(booked("D 1400 100.00", "C 4930 100.00"), books) == ["100,00 S 10000 4930"]
    assert shown(booked("D 10001 100.00", "C 8400 100.00"), books) == ["100,00 S 10001 8400 40"]


def test_a_row_names_its_document_day_and_journal_numbers():
    (row,) = datev.rows(
        booked(
            "D 10001 118.76",
            "C 4400 118.76 UST19",
            description="Hosting für Łukasz",
            reference="RE 7",
            tax_date=date(2026, 2, 28),
        ),
        SKR04,
    )
    fields = extf.parse_line(datev.line(row, SKR04, is_final=True))
    assert {number: fields[number - 1].text for number in (10, 11, 14, 49, 114, 115, 116, 118)} == {
        10: "0203",
        11: "RE-7",
        14: "Hosting für Lukasz",
        49: "1 2",
        114: "1",
        115: "28022026",
        116: "28022026",
        118: "",
    }
    assert [note.kind for note in datev.notes(row, SKR04)] == [
        "transliterated",
        "reference_changed",
    ]


def test_longer_general_accounts_make_every_account_longer():
    books = datev.Books(SKR04.accounts, SKR04.key_accounts, SKR04.cases, account_length=5)
    (row,) = datev.rows(booked("D 1800 140.16", "C 10001 140.16"), books)
    fields = extf.parse_line(datev.line(row, books, is_final=False))
    assert [fields[6].text, fields[7].text] == ["18000", "100010"]


cents = st.integers(min_value=1, max_value=10**9)
code_and_account = st.sampled_from(
    [("UST19", "4400"), ("UST7", "4300"), ("UST19", "4200"), ("UST7", "4400"), ("UST0", "4290"),
     ("UST19", "4830")]
)  # fmt: skip


@given(st.lists(cents, min_size=1, max_size=4), code_and_account)
def test_rows_and_events_have_the_same_sum_and_datev_finds_our_tax(parts, code_and_account):
    code, account = code_and_account
    debits = [f"D {10001 + n} {Money(part).decimal}" for n, part in enumerate(parts)]
    events = booked(*debits, f"C {account} {Money(sum(parts)).decimal} {code}")
    rows = list(datev.rows(events, SKR04))
    assert sum(row.amount for row in rows) == sum(event.amount for event in events)
    ours = sum(event.amount for event in events if event.kind == "tax")
    assert sum(map(tax_in, rows)) == ours


def tax_in(row):
    """The tax that DATEV books for a row: computed, or posted on the tax account itself."""
    if row.contra in ("3801", "3806"):
        return row.amount
    if row.is_split:
        return 0
    rate = cases.CASES[row.event.tax_code].rate
    return tax.split_gross(Money(row.amount), rate)[1].minor


@given(cents, st.sampled_from(["VST-13B19", "VST-EUDL19", "VST-IGE19"]))
def test_self_assessed_tax_is_left_to_datev_or_goes_out_to_the_cent(amount, code):
    events = booked(f"D 6815 {Money(amount).decimal} {code}", f"C 70001 {Money(amount).decimal}")
    rows = list(datev.rows(events, SKR04))
    left = sum(row.left_to_datev for row in rows)
    assert left + sum(row.amount for row in rows) == sum(event.amount for event in events)
