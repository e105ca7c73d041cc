"""BR-DE-CVD-*: XRechnung for what the Clean Vehicles Directive covers (SaubFahrzeugBeschG)."""

from __future__ import annotations

from collections.abc import Iterator

from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.invoicing.einvoice.xrechnung import codes
from kontorhaus.invoicing.einvoice.xrechnung.rule import Breaches, Rule, document, each

_ATTRIBUTE = "cva"


def _categories(item: Terms) -> list[Terms]:
    return [code for code in item.groups("BT-158") if code.root.get("listID") == codes.VEHICLE_LIST]


def _kinds(item: Terms) -> list[Terms]:
    return [one for one in item.groups("BG-32") if one.value("BT-160") == _ATTRIBUTE]


def _names_a_vehicle(invoice: Terms) -> bool:
    return any(_categories(item) and _kinds(item) for item in invoice.groups("BG-31"))


def _known_category(code: Terms) -> bool:
    is_vehicle = code.attribute("listID") == codes.VEHICLE_LIST
    return not is_vehicle or code.text in codes.VEHICLE_CATEGORIES


def _unknown_kinds(invoice: Terms) -> Iterator[Terms]:
    for item in invoice.groups("BG-31"):
        for kind in _kinds(item):
            if kind.value("BT-161") not in codes.VEHICLE_KINDS:
                yield kind


def _rule(id: str, term: str, german: str, english: str, breaches: Breaches) -> Rule:
    return Rule(id, term, german, english, breaches, specification="vehicles")


RULES = (
    _rule(
        "BR-DE-CVD-01",
        "BT-12",
        "Der Vertrag (BT-12) fehlt.",
        "The contract (BT-12) is missing.",
        document(lambda invoice: bool(invoice.value("BT-12"))),
    ),
    _rule(
        "BR-DE-CVD-02",
        "BT-17",
        "Die Vergabenummer (BT-17) fehlt.",
        "The tender reference (BT-17) is missing.",
        document(lambda invoice: bool(invoice.value("BT-17"))),
    ),
    _rule(
        "BR-DE-CVD-03",
        "BG-25",
        "Keine Zeile (BG-25) nennt Fahrzeugklasse (BT-158) und Antrieb (BT-160 „cva“).",
        "No line (BG-25) names vehicle category (BT-158) and propulsion (BT-160 “cva”).",
        document(_names_a_vehicle),
    ),
    _rule(
        "BR-DE-CVD-04",
        "BT-158",
        "Die Fahrzeugklasse (BT-158) ist keine von M1 bis M3 und N1 bis N3.",
        "The vehicle category (BT-158) is none of M1 to M3 and N1 to N3.",
        each("BT-158", _known_category),
    ),
    _rule(
        "BR-DE-CVD-05",
        "BT-161",
        "Der Antrieb (BT-161) ist weder clean, zero-emission noch other.",
        "The propulsion (BT-161) is neither clean, zero-emission nor other.",
        _unknown_kinds,
    ),
    _rule(
        "BR-DE-CVD-06-a",
        "BT-160",
        "Zur Fahrzeugklasse (BT-158) gehört genau ein Antrieb (BT-160 „cva“) je Zeile.",
        "A vehicle category (BT-158) comes with exactly one propulsion (BT-160 “cva”) a line.",
        each("BG-31", lambda item: not _categories(item) or len(_kinds(item)) == 1),
    ),
    _rule(
        "BR-DE-CVD-06-b",
        "BT-158",
        "Zum Antrieb (BT-160 „cva“) gehört genau eine Fahrzeugklasse (BT-158) je Zeile.",
        "A propulsion (BT-160 “cva”) comes with exactly one vehicle category (BT-158) a line.",
        each("BG-31", lambda item: not _kinds(item) or len(_categories(item)) == 1),
    ),
    Rule(
        "BR-TMP-CVD-01",
        "BT-158",
        "Die Liste einer Warenklasse (BT-158) ist keine von UNTDID 7143.",
        "The list of an item's class (BT-158) is none of UNTDID 7143.",
        each("BT-158", lambda code: code.attribute("listID") in codes.ITEM_LISTS),
        specification="vehicles",
        replaces="BR-CL-13",
    ),
)
