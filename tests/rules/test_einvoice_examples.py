"""What we write passes the official schema and rules, in UBL and in CII."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kontorhaus.invoicing.einvoice import cii, model, rules, terms, ubl, validation
from tests.rules.einvoice_examples import EXAMPLES, invoice, line

LINES = st.lists(
    st.builds(
        line,
        quantity=st.decimals("-1000", "100000", places=3).map(str),
        price=st.decimals("-1000", "100000", places=4).map(str),
        rate=st.sampled_from(["19", "7"]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_passes_our_own_arithmetic(name: str) -> None:
    assert rules.check(EXAMPLES[name], xrechnung=True) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_xrechnung_in_ubl_breaks_no_rule(name: str) -> None:
    assert validation.validate(ubl.write(EXAMPLES[name]), "ubl", True) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_factur_x_breaks_no_rule(name: str) -> None:
    assert validation.validate(cii.write(EXAMPLES[name]), "cii", False) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_xrechnung_in_cii_breaks_no_rule(name: str) -> None:
    written = cii.write(EXAMPLES[name], profile=model.XRECHNUNG)
    assert validation.validate(written, "cii", True) == []


def test_a_credit_note_is_a_document_of_its_own_in_ubl() -> None:
    root = etree.fromstring(ubl.write(EXAMPLES["a credit note"]))
    assert etree.QName(root).localname == "CreditNote"
    assert terms.Terms(root, "ubl").value("BT-3") == "381"


def test_a_negative_price_becomes_a_negative_quantity() -> None:
    for kind, written in (
        ("ubl", ubl.write(EXAMPLES["a negative price"])),
        ("cii", cii.write(EXAMPLES["a negative price"])),
    ):
        second = terms.Terms(etree.fromstring(written), kind).groups("BG-25")[1]  # type: ignore[arg-type]
        figures = [second.value(term) for term in ("BT-129", "BT-146", "BT-131")]
        assert figures == ["-1", "25.5", "-25.50"]


def test_both_syntaxes_say_the_same() -> None:
    example = EXAMPLES["two rates and a discount"]
    in_ubl = terms.Terms(etree.fromstring(ubl.write(example)), "ubl")
    in_cii = terms.Terms(etree.fromstring(cii.write(example, profile=model.XRECHNUNG)), "cii")
    for term in ("BT-3", "BT-10", "BT-23", "BT-24", "BT-31", "BT-43", "BT-84", "BT-118", "BT-119"):
        assert in_ubl.values(term) == in_cii.values(term) != []


def test_the_discount_for_early_payment_has_the_form_of_xrechnung() -> None:
    assert model.terms_text(EXAMPLES["two rates and a discount"]) == (
        "Zahlbar bis 20.12.2026.\n#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.00#\n"
    )


def test_forbidden_characters_are_left_out() -> None:
    written = ubl.write(invoice([line("1", "1", name="a\x00b\x0b\ud800\uffff<c>&")]))
    assert b"<cbc:Name>ab&lt;c&gt;&amp;</cbc:Name>" in written
    etree.fromstring(written)


@settings(max_examples=30, deadline=None)
@given(LINES, st.sampled_from(["0", "3", "12.5"]))
def test_whatever_the_lines_are_the_official_sums_agree(
    lines: list[model.Line], discount: str
) -> None:
    made = invoice(lines, discount=discount)
    if any(each.amount.minor < 0 for each in made.adjustments):
        return
    assert rules.check(made, xrechnung=False) == []
    assert validation.validate(ubl.write(made), "ubl", True) == []


@settings(max_examples=20, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip().isprintable()))
def test_whatever_the_text_is_the_document_is_well_formed(text: str) -> None:
    made = invoice([line("1", "1", name=f"x{text}", description=text)])
    for kind, written in (("ubl", ubl.write(made)), ("cii", cii.write(made))):
        found = validation.validate(written, kind, False)  # type: ignore[arg-type]
        assert [each for each in found if each.rule in ("XML", "XSD")] == []
