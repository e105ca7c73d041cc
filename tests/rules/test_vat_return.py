"""The advance VAT return: which Kennzahl takes what, whole euros, the form's own tax."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.reports import vat_return
from kontorhaus.reports.model import Movement
from kontorhaus.tax import cases


def returned(*sums, events=()):
    found, unassigned = vat_return.figures(sums, events, cases.RETURN_LINES, cases.CASES, "SKR04")
    return found, unassigned


def values(*sums):
    return {figure.number: figure.value.minor for figure in returned(*sums)[0]}


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
    found, _ = returned(*WORKED_EXAMPLE)
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
        ([credit("MINE", "net", 100)], {}),
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
    ]
    found, unassigned = returned(*WORKED_EXAMPLE[:2], events=events)
    assert [(e.journal_number, e.amount) for f in found for e in f.events] == [(1, 9980)]
    assert [e.journal_number for e in unassigned] == [3, 4]


coded = st.tuples(
    st.sampled_from(sorted(set(cases.CASES) - {"UST-DIFF", "UST-OSS"})),
    st.sampled_from(["net", "tax", "self_assessed"]),
    st.integers(-(10**9), 10**9),
)


@given(st.lists(coded, max_size=12))
def test_every_figure_is_the_sum_of_its_events(moves):
    events = [event(n, *move) for n, move in enumerate(moves)]
    sums = [(code, kind, Movement(max(amount, 0), max(-amount, 0))) for code, kind, amount in moves]
    for figure in returned(*sums, events=events)[0]:
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
