"""What a document amounts to and what may be done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.invoicing import rules
from kontorhaus.invoicing.model import Client, Content, Document, Line, Mark, MarkChange
from kontorhaus.invoicing.numbers import formats as numbers
from kontorhaus.kernel import number_format as formatted
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.kernel.money import Money, total

D = Decimal
DAY = date(2026, 3, 2)
CLIENT = Client(name="Nordlicht Verlag GmbH", country_code="DE")


def net(price: str, rate: str = "19", quantity: str = "1", **more: str) -> Line:
    return Line("Leistung", D(quantity), D(price), None, D(rate), **more)


def gross(price: str, rate: str = "19", quantity: str = "1") -> Line:
    return Line("Ware", D(quantity), None, D(price), D(rate))


def content(*lines: Line, **more: object) -> Content:
    return replace(Content(DAY, CLIENT, lines), **more)


def draft(what: Content, **more: object) -> Document:
    document = Document(
        id=DocumentId(UUID(int=1)),
        public_id="AbCdEf1234",
        type="invoice",
        number=None,
        content=what,
        totals=rules.totals(what, small_trader=False),
        revision=1,
        sent=None,
        paid=None,
        custom=None,
        finalized_at=None,
        finalized_date=None,
        claim=None,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    return replace(document, **more)


WORKED_EXAMPLE = content(net("49.90", quantity="2"), net("20.00", "7"))


def test_the_worked_example_is_right_to_the_cent():
    sums = rules.totals(WORKED_EXAMPLE, small_trader=False)
    assert (sums.net.minor, sums.tax.minor, sums.gross.minor) == (11980, 2036, 14016)
    assert [(g.tax_code, g.net.minor, g.tax.minor) for g in sums.groups] == [
        ("UST19", 9980, 1896),
        ("UST7", 2000, 140),
    ]


def test_tax_is_rounded_once_per_rate_not_per_line():
    sums = rules.totals(
        content(net("0.33", quantity="3"), net("9.99", quantity="7")), small_trader=False
    )
    assert sums.tax == Money(1347)


@pytest.mark.parametrize(
    ("lines", "discount", "expected"),
    [
        # net, tax, gross of a document with one allowance per rate
        ((net("100.00"), net("50.00", "7")), "10", (13500, 1710 + 315, 15525)),
        ((net("0.05"), net("0.05", "7")), "50", (4, 0, 4)),
        ((net("100.00"),), "100", (0, 0, 0)),
    ],
)
def test_a_discount_is_one_allowance_per_rate(lines, discount, expected):
    sums = rules.totals(content(*lines, discount_rate=D(discount)), small_trader=False)
    assert (sums.net.minor, sums.tax.minor, sums.gross.minor) == expected


def test_a_deduction_is_a_line_with_a_negative_price():
    sums = rules.totals(content(net("100.00"), net("-30.00")), small_trader=False)
    assert (sums.net.minor, sums.tax.minor) == (7000, 1330)


def test_gross_prices_keep_the_gross_total_to_the_cent():
    lines = (gross("349.00"), gross("79.90", quantity="2"), gross("24.80", "7"), gross("12.90"))
    sums = rules.totals(content(*lines, price_layout="gross"), small_trader=False)
    assert sums.gross == Money(54650)
    assert [(g.net.minor, g.tax.minor) for g in sums.groups] == [(43840, 8330), (2318, 162)]


def test_a_gross_price_in_net_layout_comes_back_to_the_cent():
    sums = rules.totals(content(gross("119.00")), small_trader=False)
    assert (sums.net.minor, sums.gross.minor) == (10000, 11900)
    assert sums.lines[0].unit_net == D(100)


def test_net_lines_are_shares_by_largest_remainder():
    assert rules.largest_remainder(Money(100), [D("0.333"), D("0.334"), D("0.333")]) == [
        Money(33),
        Money(34),
        Money(33),
    ]
    assert rules.largest_remainder(Money(-1), [D("-0.005"), D("-0.005")]) == [Money(0), Money(-1)]


@pytest.mark.parametrize(
    ("what", "small_trader", "code"),
    [
        (content(net("1")), False, "UST19"),
        (content(net("1", "7")), False, "UST7"),
        (content(net("1", "7.00")), False, "UST7"),
        (content(net("1", "13")), False, None),
        (content(net("1")), True, "UST-KU"),
        (content(net("1", "0")), False, "UST-FREI"),
        (content(net("1", "0", tax_case="pv-zero")), False, "UST0"),
        (content(net("1", "0", tax_case="export")), False, "UST-EXP"),
        (content(net("1", "0"), client=replace(CLIENT, country_code="CH")), False, "UST-3L"),
        (content(net("1"), vat_regulation="reverse-charge"), False, "UST-13B"),
        (
            content(
                net("1"), vat_regulation="reverse-charge", client=replace(CLIENT, country_code="AT")
            ),
            False,
            "UST-EUDL",
        ),
        (
            content(
                net("1"), vat_regulation="reverse-charge", client=replace(CLIENT, country_code="GB")
            ),
            False,
            "UST-3L",
        ),
        (
            content(
                net("1"),
                vat_regulation="intra-community-supply",
                client=replace(CLIENT, country_code="FR"),
            ),
            False,
            "UST-IGL",
        ),
    ],
)
def test_the_tax_case_follows_from_regulation_country_and_rate(what, small_trader, code):
    assert rules.tax_code(what.lines[0], what, small_trader=small_trader) == code


def test_reverse_charge_counts_every_line_without_tax():
    sums = rules.totals(
        replace(WORKED_EXAMPLE, vat_regulation="reverse-charge"), small_trader=False
    )
    assert (sums.net, sums.tax) == (Money(11980), Money(0))
    assert len(sums.groups) == 1


@pytest.mark.parametrize(
    ("what", "kind", "field"),
    [
        (content(), "invoice", "lines"),
        (content(*[net("1")] * 1001), "invoice", "lines"),
        (content(Line("A", D(1), D(1), D(1), D(19))), "invoice", "lines[0].netPrice"),
        (content(Line("A", D(1), None, None, D(19))), "invoice", "lines[0].netPrice"),
        (content(net("1", tax_case="export")), "invoice", "lines[0].taxCase"),
        (content(net("1", "0", tax_case="gift")), "invoice", "lines[0].taxCase"),
        (content(net("1"), service_date=DAY), "estimate", "serviceDate"),
        (content(net("1"), export_type="xrechnung"), "estimate", "exportType"),
        (content(net("1"), service_date_end=DAY), "invoice", "serviceDateEnd"),
        (
            content(net("1"), service_date=DAY, service_date_end=date(2026, 3, 1)),
            "invoice",
            "serviceDateEnd",
        ),
        (
            content(
                net("1"), service_date=DAY, service_date_end=DAY, service_date_type="delivery-date"
            ),
            "invoice",
            "serviceDateEnd",
        ),
    ],
)
def test_a_content_that_cannot_stand_is_refused_with_its_field(what, kind, field):
    with pytest.raises(Invalid) as refusal:
        rules.check_content(what, kind)
    assert refusal.value.details["field"] == field


def test_the_end_of_a_period_makes_it_a_period():
    checked = rules.check_content(
        content(net("1"), service_date=DAY, service_date_end=date(2026, 3, 31)), "invoice"
    )
    assert checked.service_date_type == "service-period"
    assert rules.tax_date(checked) == date(2026, 3, 31)


def test_an_invoice_needs_a_client_a_claim_and_known_rates_to_become_final():
    rules.check_final(draft(WORKED_EXAMPLE))
    for what in (
        replace(WORKED_EXAMPLE, client=None),
        content(net("0")),
        content(net("-1")),
        content(net("1", "13")),
        content(net("1", "16")),
    ):
        with pytest.raises(Invalid):
            rules.check_final(draft(what))
    with pytest.raises(Conflict):
        rules.check_final(draft(WORKED_EXAMPLE, finalized_at=datetime(2026, 3, 2, tzinfo=UTC)))


def test_only_an_invoice_in_euros_becomes_final():
    francs = rules.totals(WORKED_EXAMPLE, small_trader=False, currency="CHF")
    rules.check_final(draft(WORKED_EXAMPLE, type="estimate", totals=francs))
    with pytest.raises(Invalid) as refusal:
        rules.check_final(draft(WORKED_EXAMPLE, totals=francs))
    assert (refusal.value.code, refusal.value.details) == ("currency", {"field": "currency"})
    assert "§ 244 HGB" in refusal.value.message


def test_a_final_document_takes_status_fields_only():
    final = draft(WORKED_EXAMPLE, finalized_at=datetime(2026, 3, 2, tzinfo=UTC))
    rules.check_tier({"paid", "sentDate", "customStatusName"}, final)
    rules.check_tier({"lines", "date"}, draft(WORKED_EXAMPLE))
    with pytest.raises(Conflict) as refusal:
        rules.check_tier({"paid", "lines", "date"}, final)
    assert refusal.value.details["fields"] == ["date", "lines"]


@pytest.mark.parametrize(
    ("mark", "change", "expected"),
    [
        (None, MarkChange(), None),
        (None, MarkChange(is_set=True), Mark(DAY)),
        (
            None,
            MarkChange(is_set=True, day=date(2026, 1, 1), notes="ok"),
            Mark(date(2026, 1, 1), "ok"),
        ),
        (Mark(date(2026, 1, 1), "a"), MarkChange(notes="b"), Mark(date(2026, 1, 1), "b")),
        (Mark(date(2026, 1, 1), "a"), MarkChange(is_set=True), Mark(date(2026, 1, 1), "a")),
        (Mark(date(2026, 1, 1), "a"), MarkChange(is_set=False), None),
    ],
)
def test_a_mark_takes_today_and_goes_with_its_date_and_note(mark, change, expected):
    assert rules.marked(mark, change, today=DAY, field="sent") == expected


@pytest.mark.parametrize(
    "change", [MarkChange(notes="x"), MarkChange(day=DAY), MarkChange(is_set=False, day=DAY)]
)
def test_a_date_or_note_without_its_flag_is_refused(change):
    with pytest.raises(Invalid):
        rules.marked(None, change, today=DAY, field="sent")


@pytest.mark.parametrize(
    ("number_format", "series", "number"),
    [
        ("RE-{year}-{number:04}", "invoice:2026", "RE-2026-0042"),
        ("{number}", "invoice", "42"),
        ("R{number:6}/x", "invoice", "R000042/x"),
        ("{number:02}/{year}", "invoice:2026", "42/2026"),
    ],
)
def test_a_number_follows_its_format(number_format, series, number):
    assert formatted.trouble(number_format) == ""
    assert formatted.number(number_format, year=2026, value=42) == number
    assert numbers.series("invoice", number_format, 2026) == series


@pytest.mark.parametrize(
    "number_format",
    [
        *(
            "",
            "RE-{year}",
            "{number}{number}",
            "{year}-{year}-{number}",
            "{number} ",
            "{number:99}",
        ),
        *("{year.__class__}-{number}", "{{number}}", "{month}-{number}", "R\n{number}"),
        "x" * 40 + "{number}",
    ],
)
def test_a_format_that_gives_no_plain_number_is_refused(number_format):
    assert formatted.trouble(number_format)


def test_an_invoice_and_its_cancellation_never_share_a_number():
    assert numbers.checked({"invoice": "R{number}", "cancellation": "S{number}"})
    for both in (
        {"invoice": "ST-{year}-{number:05}"},
        {"invoice": "R{number}", "cancellation": "R{number:03}"},
    ):
        with pytest.raises(Invalid):
            numbers.checked(both)


PRICES = st.decimals("-9999", "9999", places=2, allow_nan=False)
LINES = st.lists(
    st.builds(
        lambda price, quantity, rate, is_gross: (
            Line("x", quantity, None, price, rate)
            if is_gross
            else Line("x", quantity, price, None, rate)
        ),
        PRICES,
        st.decimals("0.001", "99", places=3, allow_nan=False),
        st.sampled_from([D(19), D(7), D(0)]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(LINES, st.decimals("0", "100", places=2), st.sampled_from(["net", "gross"]))
def test_the_sums_hold_together_in_both_layouts(lines, discount, layout):
    sums = rules.totals(
        content(*lines, discount_rate=discount, price_layout=layout), small_trader=False
    )
    assert sums.net + sums.tax == sums.gross
    for group in sums.groups:
        members = [
            line.net
            for line in sums.lines
            if (line.tax_code, line.rate) == (group.tax_code, group.rate)
        ]
        assert total(members) == group.lines
        assert group.lines - group.allowance == group.net
        product = Money.rounded(group.net.decimal * group.rate / 100)
        assert abs(group.tax.minor - product.minor) <= (1 if layout == "gross" else 0)
        if layout == "gross":
            assert group.net + group.tax == group.shown_lines - group.shown_allowance


@given(LINES)
def test_a_net_share_is_never_a_cent_away_from_the_exact_amount(lines):
    sums = rules.totals(content(*lines, price_layout="gross"), small_trader=False)
    for line in sums.lines:
        exact = line.shown.decimal / (1 + line.rate / 100)
        assert abs(line.net.decimal - exact) < D("0.01")
