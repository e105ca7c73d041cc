"""What may be agreed: check digits, steps of skonto, what a chain takes over, files."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.invoicing.agreement import media, rules
from kontorhaus.invoicing.agreement.model import Agreement, Attachment, CashDiscount, DirectDebit
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money

DAY = date(2026, 3, 2)
STEPS = (CashDiscount(7, Decimal(3)), CashDiscount(14, Decimal("1.5")))
DEBIT = DirectDebit("M-1", "DE98ZZZ09999999999", "DE02120300000000202051")


@pytest.mark.parametrize(
    ("text", "is_one", "is_right"),
    [
        ("04011000-1234512345-06", True, True),
        ("991-33333TEST-33", True, True),
        ("991-33333test-33", True, True),
        ("04011000-1234512345-60", True, False),
        ("04011000-1234512354-06", True, False),
        ("17-AB-12", False, False),
        ("4711-26", False, False),
        ("K-1042", False, False),
        ("", False, False),
    ],
)
def test_a_leitweg_id_is_known_by_its_form_and_proved_by_its_digits(text, is_one, is_right):
    assert rules.is_leitweg_id(text) is is_one
    if is_one:
        assert rules.has_check_digits(text) is is_right


@pytest.mark.parametrize(
    ("percent", "payable", "off"),
    [("3", "140.16", "4.20"), ("2", "0.25", "0.01"), ("2", "0.24", "0.00"), ("1.5", "1", "0.02")],
)
def test_skonto_is_rounded_half_up(percent, payable, off):
    taken = rules.taken_off(CashDiscount(7, Decimal(percent)), Money.exact(Decimal(payable)))
    assert taken == Money.exact(Decimal(off))


@pytest.mark.parametrize(
    ("agreement", "due"),
    [
        (Agreement(), date(2026, 3, 16)),
        (Agreement(payment_days=0), DAY),
        (Agreement(due_date=date(2026, 4, 1)), date(2026, 4, 1)),
        (Agreement(discounts=STEPS), date(2026, 3, 16)),
    ],
)
def test_an_invoice_is_due_as_agreed_else_as_usual(agreement, due):
    assert rules.due_date(agreement, document_date=DAY, usual_days=14) == due


def test_skonto_ends_before_the_invoice_is_due():
    with pytest.raises(Invalid, match="skonto ends after"):
        rules.due_date(Agreement(discounts=STEPS), document_date=DAY, usual_days=13)


def test_the_next_document_takes_over_terms_but_no_day_and_no_file():
    file = Attachment("a.csv", media.CSV, "0" * 64, 1)
    before = Agreement(
        order="B-1",
        due_date=date(2026, 4, 1),
        discounts=STEPS,
        direct_debit=DEBIT,
        attachments=(file,),
    )
    claim = rules.carried(before, document_date=DAY, is_claim=True)
    assert claim == Agreement(order="B-1", payment_days=30, discounts=STEPS, direct_debit=DEBIT)
    assert rules.carried(before, document_date=DAY, is_claim=False) == Agreement(order="B-1")


def _sheet() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            opened.writestr(name, "x")
    return made.getvalue()


SHEET = _sheet()


@given(start=st.integers(0, len(SHEET)), put=st.binary(max_size=20), cut=st.integers(0, len(SHEET)))
def test_a_broken_workbook_is_accepted_or_refused_but_nothing_else(start, put, cut):
    content = SHEET[:start] + put + SHEET[start + cut :]
    with contextlib.suppress(Invalid):
        assert media.media_type("a.xlsx", content) == media.XLSX


@given(name=st.text(max_size=30))
def test_a_name_is_one_part_of_a_path(name):
    try:
        media.media_type(f"{name}.csv", b"a")
    except Invalid:
        return
    assert not set(name) & set('/\\:*?"<>|\0\n\r')
    assert not name.startswith(".")
