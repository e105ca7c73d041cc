"""Which booking rows the events of the journal become."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import fiscal_year_end, fiscal_year_start
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import Line
from kontorhaus.ledger.rules import transfers
from kontorhaus.reports.datev import extf, extf_check
from kontorhaus.reports.datev import lines as datev_lines
from kontorhaus.reports.datev import lint as datev_lint
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev.file import Batch
from kontorhaus.reports.datev.model import Form, JournalEvent
from kontorhaus.tax import cases
from kontorhaus.tax import rules as tax
from kontorhaus.tax.model import TaxCode

SKR04 = datev.Books(charts.chart("SKR04"), charts.KEY_ACCOUNTS["SKR04"], cases.CASES)
CODES = tax.system_codes("SKR04")


def booked(*lines, is_reversal=False, codes=CODES, party_account=None, **changes):
    """The events of lines written as "D 10001 119.00" or "C 4400 119.00 UST19"."""
    entered = []
    for text in lines:
        side, account, amount, *code = text.split()
        money, nothing = Money.exact(Decimal(amount)), Money.zero()
        debit, credit = (money, nothing) if side == "D" else (nothing, money)
        entered.append(Line(account, debit, credit, code[0] if code else None))
    made = transfers(entered, codes)
    facts = {
        "booking_date": date(2026, 3, 2),
        "tax_date": None,
        "description": "Buchung",
        "reference": None,
        "document_id": None,
    } | changes
    return [
        JournalEvent(
            journal_number=number,
            amount=each.amount.minor,
            form=form_of(each, len(made), is_reversal, party_account),
            **facts,
        )
        for number, each in enumerate(made, start=1)
    ]


def form_of(transfer, events, is_reversal, party_account):
    """The text that the journal's query makes of an event; a reversal is a mirrored event."""
    accounts = [transfer.debit, transfer.credit]
    side = transfer.tax_side
    if is_reversal:
        accounts.reverse()
        side = {"debit": "credit", "credit": "debit", None: None}[side]
    return " ".join([
        str(events), str(int(is_reversal)), str(transfer.pair), str(transfer.line), transfer.kind,
        *accounts, party_account or "", side or "", transfer.tax_code or "",
    ])  # fmt: skip


def header_of(day, start_month):
    """The header of a file for the fiscal year of a day."""
    first, last = fiscal_year_start(day, start_month), fiscal_year_end(day, start_month)
    made = datetime(2026, 4, 2, 8, tzinfo=UTC)
    return extf.Header(made, 1001, 1, first, 4, first, last, "SKR04")


def shown(events, books=SKR04):
    """Rows as people write them: amount, side, account, contra account and key."""
    return [
        f"{extf.amount(row.amount)} {place.side} {place.account} {place.contra} {place.key}".strip()
        for row in datev.rows(events, books)
        for place in [row.place]
    ]


def fields_of(row, *, is_final=False):
    """The fields of a row as they stand in the file."""
    (line,) = datev_lines.lines([row], is_final=is_final)
    return extf.parse_line(line)


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
    fields = fields_of(row)
    assert fields[extf.IS_REVERSAL - 1].text == "1"


def test_a_posting_on_a_collective_account_goes_out_on_the_account_of_its_invoice():
    lines = ["D 1200 119.00", "C 4400 119.00 UST19"]
    known = booked(*lines, party_account="10007")
    assert shown(known) == ["119,00 S 10007 4400"]
    assert [
        note.kind for row in datev.rows(known, SKR04) for note in datev_lint.notes(row, SKR04)
    ] == []
    (row,) = datev.rows(booked(*lines), SKR04)
    assert [note.kind for note in datev_lint.notes(row, SKR04)] == ["diverse"]


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
    fields = fields_of(row, is_final=True)
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
    assert [note.kind for note in datev_lint.notes(row, SKR04)] == [
        "transliterated",
        "reference_changed",
    ]


def test_longer_general_accounts_make_every_account_longer():
    books = datev.Books(SKR04.accounts, SKR04.key_accounts, SKR04.cases, account_length=5)
    (row,) = datev.rows(booked("D 1800 140.16", "C 10001 140.16"), books)
    fields = fields_of(row)
    assert [fields[6].text, fields[7].text] == ["18000", "100010"]


def test_a_code_of_ones_own_goes_out_split_with_the_automatic_off():
    own = TaxCode("MEIN19", "Mein", "Mine", Decimal(19), "3806", None, False, True, False)
    events = booked("D 10001 119.00", "C 4400 119.00 MEIN19", codes=CODES | {"MEIN19": own})
    assert shown(events) == ["100,00 S 10001 4400 40", "19,00 S 10001 3806"]
    events = booked("D 10001 119.00", "C 4200 119.00 MEIN19", codes=CODES | {"MEIN19": own})
    assert shown(events) == ["100,00 S 10001 4200", "19,00 S 10001 3806"]
    acquired = TaxCode("MEIN13B", "Mein", "Mine", Decimal(19), "1407", "3837", False, True, True)
    events = booked("D 6815 100.00 MEIN13B", "C 70001 100.00", codes=CODES | {"MEIN13B": acquired})
    assert shown(events) == ["100,00 H 70001 6815", "19,00 H 3837 1407"]


@pytest.mark.parametrize(
    ("own", "length", "numbers"),
    [
        ([], 4, {"1800": "1800", "0050": "0050", "10001": "10001"}),
        # zeros in front change no number: this one is taken
        (["50"], 4, {"0050": "0050", "50": "0051"}),
        (["47"], 4, {"47": "0047"}),
        (["180000"], 6, {"1800": "180000", "180000": "180001", "10001": "1000100"}),
        (["471100"], 6, {"471100": "471100", "1800": "180000", "70001": "7000100"}),
    ],
)
def test_no_two_accounts_have_the_same_number_in_the_file(own, length, numbers):
    general = dict.fromkeys(["0050", "1800", "4400"], True) | dict.fromkeys(own, False)
    found = datev.outgoing_length(general)
    books = datev.Books(
        SKR04.accounts, SKR04.key_accounts, SKR04.cases, found, datev.renumbered(general, found)
    )
    assert found == length
    assert {number: books.number(number) for number in numbers} == numbers


own_numbers = st.lists(st.from_regex(r"[0-9]{1,8}", fullmatch=True), max_size=30)


@given(own_numbers)
def test_numbers_in_the_file_are_as_many_as_accounts(numbers):
    own = {n for n in numbers if int(n) and not datev.is_personal(n)} - set(SKR04.accounts)
    general = dict.fromkeys(SKR04.accounts, True) | dict.fromkeys(own, False)
    length = datev.outgoing_length(general)
    books = datev.Books(
        SKR04.accounts, SKR04.key_accounts, SKR04.cases, length, datev.renumbered(general, length)
    )
    assert len({int(books.number(number)) for number in general}) == len(general)
    assert {len(books.number(number)) for number in general} == {length}
    assert all(books.number(n) == n.ljust(length, "0") for n in SKR04.accounts)


@given(
    st.integers(1, 10**9), st.integers(0, 10**8), st.sampled_from(["19", "7", "16", "5.5", "10.7"])
)
def test_datevs_split_is_known_without_computing_it(net, taxes, rate):
    gross = Money(net + taxes)
    expected = tax.split_gross(gross, Decimal(rate)) == (Money(net), Money(taxes))
    found = datev.Rate.of(Decimal(rate))
    assert found.finds(net, gross.minor) is expected
    ours, _ = tax.split_gross(gross, Decimal(rate))
    assert found.finds(ours.minor, gross.minor)


def test_a_booking_with_a_document_names_it():
    document = "0195d0a0-0000-7000-8000-000000000001"
    (row,) = datev.rows(booked("D 6855 5.00", "C 1800 5.00", document_id=document), SKR04)
    assert fields_of(row)[extf.LINK - 1].text == f'BEDI "{document}"'


def test_the_lint_counts_by_key_and_names_who_is_unknown():
    events = [
        *booked("D 10001 119.00", "C 4400 100.00", "C 3806 19.00"),
        *booked("D 6815 59.50 VST19", "C 70012 59.50", is_reversal=True),
    ]
    books = datev.Books(SKR04.accounts, SKR04.key_accounts, SKR04.cases, 4, {"50": "0051"})
    found = datev_lint.lint([Batch(header_of(date(2026, 3, 2), 1), events)], books, ["70012"])
    assert [(each.key, each.rows, each.total.minor) for each in found.keys] == [
        ("", 1, 1900), ("40", 1, 10000), ("9", 1, 5950),
    ]  # fmt: skip
    assert (found.difference, found.reversals) == (Money(0), 1)
    assert (len(found.first), found.problems) == (3, ())
    assert [(file.name, file.rows) for file in found.files] == [
        ("EXTF_Buchungsstapel_20260101_20261231.csv", 3),
    ]  # fmt: skip
    assert [(note.kind, note.before, note.after) for note in found.notes] == [
        ("renumbered", "50", "0051"), ("split", "", "40"), ("without_party", "70012", "70012"),
    ]  # fmt: skip


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
    ours = sum(event.amount for event in events if Form.parse(event.form).kind == "tax")
    assert sum(map(tax_in, rows)) == ours


def tax_in(row):
    """The tax that DATEV books for a row: computed, or posted on the tax account itself."""
    if row.place.contra in ("3801", "3806"):
        return row.amount
    if row.place.is_split:
        return 0
    rate = cases.CASES[row.place.form.tax_code].rate
    return tax.split_gross(Money(row.amount), rate)[1].minor


@given(
    st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    st.integers(1, 12),
    st.integers(1, 10**11),
    st.text(min_size=1, max_size=90),
    st.text(max_size=50),
    st.booleans(),
    code_and_account,
)
def test_every_row_keeps_the_rules_of_its_columns(
    day, start_month, amount, text, reference, is_reversal, coded
):
    code, account = coded
    events = booked(
        f"D 10001 {Money(amount).decimal}",
        f"C {account} {Money(amount).decimal} {code}",
        is_reversal=is_reversal,
        booking_date=day,
        tax_date=day - timedelta(days=40),
        description=text,
        reference=reference,
        document_id="0195d0a0-0000-7000-8000-000000000001",
    )
    header = header_of(day, start_month)
    lines = datev_lines.lines(datev.rows(events, SKR04), is_final=False)
    content = extf.file_of(header, lines)
    assert extf_check.problems(content) == []
    assert extf.write(extf.parse(content)) == content


@given(cents, st.sampled_from(["VST-13B19", "VST-EUDL19", "VST-IGE19"]))
def test_self_assessed_tax_is_left_to_datev_or_goes_out_to_the_cent(amount, code):
    events = booked(f"D 6815 {Money(amount).decimal} {code}", f"C 70001 {Money(amount).decimal}")
    rows = list(datev.rows(events, SKR04))
    left = sum(row.left_to_datev for row in rows)
    assert left + sum(row.amount for row in rows) == sum(event.amount for event in events)


parties = st.sampled_from(["10001", "10002", "70001", "1200", "9000"])
bookings = st.one_of(
    st.tuples(cents, parties).map(lambda it: [f"D 1800 {Money(it[0]).decimal}",
                                              f"C {it[1]} {Money(it[0]).decimal}"]),
    st.tuples(cents, parties, code_and_account).map(
        lambda it: [f"D {it[1]} {Money(it[0]).decimal}",
                    f"C {it[2][1]} {Money(it[0]).decimal} {it[2][0]}"]),
    st.tuples(cents, cents, code_and_account).map(
        lambda it: [f"D 10001 {Money(it[0]).decimal}", f"D 10002 {Money(it[1]).decimal}",
                    f"C {it[2][1]} {Money(it[0] + it[1]).decimal} {it[2][0]}"]),
    st.tuples(cents, st.sampled_from(["VST-13B19", "VST-EUDL19", "VST-IGE19"])).map(
        lambda it: [f"D 6815 {Money(it[0]).decimal} {it[1]}", f"C 70001 {Money(it[0]).decimal}"]),
)  # fmt: skip


@given(st.lists(st.tuples(bookings, st.booleans()), max_size=6))
def test_what_forms_decide_is_what_a_look_at_the_whole_booking_decides(journal):
    expected, events = [], []
    for lines, is_reversal in journal:
        found = booked(*lines, is_reversal=is_reversal)
        events += found
        entries = [datev.Entry(event, Form.parse(event.form)) for event in found]
        expected += datev.booking_rows(entries, SKR04)
    assert list(datev.rows(iter(events), SKR04)) == expected
