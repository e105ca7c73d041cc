"""Each rule of XRechnung holds for a valid document and is found where it is broken."""

from __future__ import annotations

import pytest

from kontorhaus.invoicing.einvoice import fields, remedies, validation
from kontorhaus.invoicing.einvoice.xrechnung import registry
from kontorhaus.invoicing.einvoice.xrechnung.rule import Rule
from tests.rules import xrechnung_cases as x
from tests.rules.xrechnung_cases import Case, add, drop, mark, put, sample
from tools import rules_page

CASES = (
    Case("BR-DE-1", (drop("BG-16"),)),
    Case("BR-DE-2", (drop("BG-6"),)),
    Case("BR-DE-3", (drop("BT-37"),)),
    Case("BR-DE-4", (put("BT-38", " "),)),
    Case("BR-DE-5", (drop("BT-41"),)),
    Case("BR-DE-6", (drop("BT-42"),)),
    Case("BR-DE-7", (drop("BT-43"),)),
    Case("BR-DE-8", (drop("BT-52"),)),
    Case("BR-DE-9", (drop("BT-53"),)),
    Case("BR-DE-10", (drop("BT-77"),), (x.deliver(),)),
    Case("BR-DE-11", (drop("BT-78"),), (x.deliver(),)),
    Case("BR-DE-14", (drop("BT-119"),)),
    Case("BR-DE-15", (drop("BT-10"),)),
    Case("BR-DE-16", (drop("BT-31"),)),
    Case("BR-DE-17", (put("BT-3", "780"),)),
    Case("BR-DE-18", (put("BT-20", "#SKONTO#TAGE=14#PROZENT=2.00#"),), (x.TERMS,)),
    Case("BR-DE-18", (put("BT-20", "#SKONTO#TAGE=14#PROZENT=2#\n"),), (x.TERMS,)),
    Case("BR-DE-18", (put("BT-20", "#VERZUG#TAGE=1#PROZENT=2.00#\n"),), (x.TERMS,)),
    Case("BR-DE-19", (put("BT-84", "DE79000000001234567891"),)),
    Case("BR-DE-20", (put("BT-91", "DE00"),), x.DEBIT),
    Case("BR-DE-21", (put("BT-24", "urn:cen.eu:en16931:2017"),)),
    Case("BR-DE-22", (x.attach(),), (x.attach(),)),
    Case("BR-DE-23-a", (drop("BG-17"),)),
    Case("BR-DE-23-b", (add("BG-16", *x.CARD),)),
    Case("BR-DE-23-b", (add("BG-16", *x.MANDATE),)),
    Case("BR-DE-24-a", (drop("BG-18"),), x.CARD_PAYMENT),
    Case("BR-DE-24-b", (add("BG-16", *x.MANDATE),), x.CARD_PAYMENT),
    Case("BR-DE-25-a", (drop("BG-19"),), x.DEBIT),
    Case("BR-DE-25-b", (add("BG-16", *x.CARD),), x.DEBIT),
    Case("BR-DE-25-b", (add("BG-16", *x.BIC),), x.DEBIT),
    Case("BR-DE-26", (put("BT-3", "384"),)),
    Case("BR-DE-27", (put("BT-42", "12"),)),
    Case("BR-DE-28", (put("BT-43", "a@b@example.org"),)),
    Case("BR-DE-28", (put("BT-43", "seller@example"),)),
    Case("BR-DE-30", (drop("BT-90"),), x.DEBIT),
    Case("BR-DE-31", (drop("BT-91"),), x.DEBIT),
    Case("BR-DE-TMP-32", (drop("BT-72"),)),
    Case("BR-TMP-2", (put("BT-124", "annex.pdf"),), (x.attach(),)),
    Case("BR-TMP-3", (x.gross_price(net_base="2"),), (x.gross_price(),), ("cii",)),
    Case("BR-DE-CVD-01", (drop("BT-12"),), x.VEHICLE),
    Case("BR-DE-CVD-02", (drop("BT-17"),), x.VEHICLE),
    Case("BR-DE-CVD-03", (drop("BG-32"),), x.VEHICLE),
    Case("BR-DE-CVD-04", (put("BT-158", "M9"),), x.VEHICLE),
    Case("BR-DE-CVD-05", (put("BT-161", "diesel"),), x.VEHICLE),
    Case("BR-DE-CVD-06-a", (put("BT-160", "colour"),), x.VEHICLE),
    Case("BR-DE-CVD-06-b", (mark("BT-158", "listID", "STI"),), x.VEHICLE),
    Case("BR-TMP-CVD-01", (mark("BT-158", "listID", "XYZ"),), x.VEHICLE),
    Case(
        "BR-DEX-01", (mark("BT-125", "mimeCode", "text/html"),), (x.AS_EXTENSION, x.attach("xml"))
    ),
    Case("BR-DEX-02", (put("SUB-LINES-NET", "9.00"),), x.SUB_LINES, x.UBL_INVOICE_ONLY),
    Case("BR-DEX-03", (drop("BG-DEX-06"),), x.SUB_LINES, x.UBL_INVOICE_ONLY),
    Case("BR-DEX-04", (mark("PARTY-IDS", "schemeID", "0092"),), x.SCHEMES),
    Case("BR-DEX-05", (mark("REGISTRATION-IDS", "schemeID", "EM"),), x.SCHEMES),
    Case("BR-DEX-06", (mark("ITEM-IDS", "schemeID", "9999"),), x.SCHEMES),
    Case("BR-DEX-07", (mark("ELECTRONIC-ADDRESSES", "schemeID", "0003"),), x.SCHEMES),
    Case("BR-DEX-08", (mark("PLACE-IDS", "schemeID", "GLN"),), x.SCHEMES),
    Case("BR-DEX-09", (put("BT-115", "12.60"),), x.THIRD_PARTY, x.UBL_INVOICE_ONLY),
    Case("BR-DEX-10", (drop("BT-DEX-001"),), x.THIRD_PARTY, x.UBL_INVOICE_ONLY),
    Case("BR-DEX-11", (drop("BT-DEX-002"),), x.THIRD_PARTY, x.UBL_INVOICE_ONLY),
    Case("BR-DEX-12", (drop("BT-DEX-003"),), x.THIRD_PARTY, x.UBL_INVOICE_ONLY),
    Case("BR-DEX-13", (put("BT-DEX-002", "2.000"),), x.THIRD_PARTY, x.UBL_INVOICE_ONLY),
    Case(
        "BR-DEX-14",
        (mark("BT-DEX-002", "currencyID", "USD"),),
        x.THIRD_PARTY,
        x.UBL_INVOICE_ONLY,
    ),
    Case("BR-DEX-15", (x.PARENT_LINE,), (x.AS_EXTENSION,), ("cii",)),
    Case("PEPPOL-EN16931-R001", (drop("BT-23"),)),
    Case("PEPPOL-EN16931-R005", (put("BT-6", "EUR"),), x.tax_currency()),
    Case("PEPPOL-EN16931-R008", (put("BT-10", " "),)),
    Case("PEPPOL-EN16931-R010", (drop("BT-49"),)),
    Case("PEPPOL-EN16931-R020", (drop("BT-34"),)),
    Case("PEPPOL-EN16931-R040", (put("BT-92", "0.13"),), (x.adjustment(amount="0.12"),)),
    Case("PEPPOL-EN16931-R041", (drop("BT-93"),), (x.adjustment(),)),
    Case("PEPPOL-EN16931-R042", (drop("BT-94"),), (x.adjustment(),)),
    Case("PEPPOL-EN16931-R043", (put("INDICATOR", "0"),), (x.adjustment(),)),
    Case("PEPPOL-EN16931-R043", (put("BT-147-INDICATOR", "0"),), (x.gross_price(),), ("cii",)),
    Case("PEPPOL-EN16931-R044", (put("BT-147-INDICATOR", "true"),), (x.gross_price(),)),
    Case("PEPPOL-EN16931-R046", (put("BT-147", "2.00"),), (x.gross_price(),)),
    Case("PEPPOL-EN16931-R053", (x.second_tax_total,)),
    Case("PEPPOL-EN16931-R054", (drop("BT-6"),), x.tax_currency()),
    Case("PEPPOL-EN16931-R055", (put("BT-111", "-0.90"),), x.tax_currency()),
    Case("PEPPOL-EN16931-R061", (drop("BT-89"),), x.DEBIT),
    Case("PEPPOL-EN16931-R101", (put("BT-128-TYPE", "916"),), (x.LINE_DOCUMENT,)),
    Case(
        "PEPPOL-EN16931-R110",
        (put("BT-73", "2016-06-02", "20160602"),),
        (x.period(), x.period("BG-25")),
    ),
    Case(
        "PEPPOL-EN16931-R111",
        (put("BT-74", "2016-06-29", "20160629"),),
        (x.period(), x.period("BG-25")),
    ),
    Case("PEPPOL-EN16931-R120", (put("BT-131", "11.81"),)),
    Case("PEPPOL-EN16931-R121", (put("BT-149", "0"),), (x.base_quantity(),)),
    Case("PEPPOL-EN16931-R130", (mark("BT-149", "unitCode", "KGM"),), (x.base_quantity(),)),
)
TRIALS = [(case, document) for case in CASES for document in case.documents]


def _rules(document: object) -> set[str]:
    return {finding.rule for finding in registry.check(document)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "document"), TRIALS, ids=[f"{case.rule} {document}" for case, document in TRIALS]
)
def test_a_rule_is_broken_by_what_it_forbids_and_by_nothing_else(case: Case, document: str) -> None:
    valid = x.edited(sample(document), *case.prepared)
    assert _rules(valid) == set()
    assert case.rule in _rules(x.edited(valid, *case.breaking))


@pytest.mark.parametrize("document", x.DOCUMENTS)
def test_each_rule_in_force_for_a_syntax_has_its_case(document: str) -> None:
    kind = sample(document).kind
    tried = {case.rule for case, of in TRIALS if of == document}
    known = {rule.id for rule in registry.RULES if kind in rule.kinds}
    if document == "credit note":
        known -= {case.rule for case in CASES if case.documents == x.UBL_INVOICE_ONLY}
    assert tried == known


@pytest.mark.parametrize("rule", registry.RULES, ids=lambda rule: rule.id)
def test_a_rule_is_written_down_once_with_texts_and_remedy(rule: Rule) -> None:
    assert [each.id for each in registry.RULES].count(rule.id) == 1
    assert rule.german != rule.english
    assert rule.german.endswith(".")
    assert rule.english.endswith(".")
    assert rule.term in rule.german or rule.id == "PEPPOL-EN16931-R008"
    field = fields.field(rule.id, rule.term)
    assert field or remedies.of(rule.id, field) != remedies.of("unknown", None)


def test_the_guide_page_is_the_table() -> None:
    assert rules_page.PAGE.read_text("utf-8") == rules_page.page()


def test_rules_of_the_extension_leave_other_documents_alone() -> None:
    document = x.edited(sample("invoice"), x.attach("xml"))
    assert _rules(document) == set()
    assert not any(rule.replaces for rule in registry.in_force(document))


def test_a_finding_tells_place_field_and_remedy() -> None:
    found = next(registry.check(x.edited(sample("invoice"), put("BT-131", "1.00"))))
    assert found.path == "/Invoice[1]/InvoiceLine[1]"
    assert found.field == "lines[0]"
    assert found.advice.startswith("A line's net amount (BT-131)")
    assert "priceLayout" in found.advice
    assert "priceLayout" in found.advice_de


def test_rules_of_the_extension_take_the_place_of_those_of_en_16931() -> None:
    # An XML attachment and an amount of a third party: EN 16931 knows neither.
    document = x.edited(sample("invoice"), x.AS_EXTENSION, x.attach("xml"), *x.THIRD_PARTY[1:])
    xml = x.written(x.in_order(document.root))
    assert validation.validate(xml, "ubl", True) == []
    assert {each.rule for each in validation.validate(xml, "ubl", False)} == {
        "BR-CL-24",
        "BR-CO-16",
        "UBL-CR-470",
    }


def test_xrechnung_weighs_some_rules_otherwise() -> None:
    strange = x.written(x.edited(sample("invoice"), mark("BT-129", "unitCode", "QQ9")).root)
    for is_xrechnung, severity in ((True, "warning"), (False, "error")):
        found = validation.validate(strange, "ubl", is_xrechnung)
        assert [(each.rule, each.severity) for each in found] == [("BR-CL-23", severity)]
