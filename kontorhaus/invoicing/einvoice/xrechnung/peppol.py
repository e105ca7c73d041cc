"""PEPPOL-EN16931-R*: the rules of PEPPOL BIS Billing 3.0 that XRechnung 3.0 adopts.

It leaves out R002 to R004, R006, R007, R051, R080, R100 and the national ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.invoicing.einvoice.xrechnung.rule import Rule, document, each

_DEBIT = frozenset({"49", "59"})
_TRUTH = frozenset({"true", "false"})
_INVOICED_OBJECT = "130"
# What is forgiven when figures are multiplied: forints have no decimals.
_SLACK, _FORINT_SLACK = Decimal("0.02"), Decimal("0.5")


def _slack(invoice: Terms) -> Decimal:
    return _FORINT_SLACK if invoice.value("BT-5") == "HUF" else _SLACK


def _currencies_differ(invoice: Terms) -> bool:
    return not invoice.has("BT-6") or invoice.value("BT-6") != invoice.value("BT-5")


def _wrong_percentages(invoice: Terms) -> Iterator[Terms]:
    slack = _slack(invoice)
    for each_one in invoice.groups("BG-20"):
        if each_one.has("BT-93") and each_one.has("BT-94"):
            product = each_one.number("BT-93") * each_one.number("BT-94") / 100
            if abs(product - each_one.number("BT-92")) > slack:
                yield each_one


def _charge_or_not(invoice: Terms) -> Iterator[Terms]:
    for adjustment in invoice.groups("BG-20"):
        if adjustment.value("INDICATOR") not in _TRUTH:
            yield adjustment
    if invoice.kind == "cii":
        for price in invoice.groups("BG-29"):
            if price.has("BT-147-INDICATOR") and price.value("BT-147-INDICATOR") not in _TRUTH:
                yield price


def _price_is_reduced_only(price: Terms) -> bool:
    return not price.has("BT-147") or price.value("BT-147-INDICATOR") == "false"


def _net_price(price: Terms) -> bool:
    if not price.has("BT-148"):
        return True
    return price.number("BT-146") == price.number("BT-148") - price.number("BT-147")


def _one_tax_total(invoice: Terms) -> bool:
    totals = len(invoice.groups("BT-110"))
    return totals == 1 if invoice.kind == "ubl" else totals <= 1


def _tax_total_in_tax_currency(invoice: Terms) -> bool:
    return len(invoice.groups("BT-111")) == (1 if invoice.has("BT-6") else 0)


def _same_sign(invoice: Terms) -> bool:
    if not invoice.has("BT-6") or not invoice.has("BT-110") or not _currencies_differ(invoice):
        return True
    if not invoice.has("BT-111"):
        return False
    return invoice.number("BT-110") * invoice.number("BT-111") >= 0


def _debit_without_mandate(invoice: Terms) -> Iterator[Terms]:
    for means in invoice.groups("BG-16"):
        if means.value("BT-81") in _DEBIT and not means.has("BT-89"):
            yield means


def _object_only(line: Terms) -> bool:
    documents = line.groups("BT-128")
    return not documents or _INVOICED_OBJECT in [
        each_one.value("BT-128-TYPE") for each_one in documents
    ]


def _early_starts(invoice: Terms) -> Iterator[Terms]:
    start = _day(invoice.value("BT-73"))
    for begin in invoice.groups("BT-134") if start else []:
        if _day(begin.text) < start:
            yield begin


def _late_ends(invoice: Terms) -> Iterator[Terms]:
    end = _day(invoice.value("BT-74"))
    for finish in invoice.groups("BT-135") if end else []:
        if _day(finish.text) > end:
            yield finish


def _day(text: str) -> str:
    """2026-11-20+01:00 and 20261120 as 20261120."""
    return text.replace("-", "")[:8]


def _wrong_nets(invoice: Terms) -> Iterator[Terms]:
    slack = _slack(invoice)
    for line in invoice.groups("BG-25"):
        base = line.number("BT-149", "1") or 1
        net = line.number("BT-129", "1") * line.number("BT-146") / base
        net += sum(map(Decimal, line.values("BT-141"))) - sum(map(Decimal, line.values("BT-136")))
        if abs(net - line.number("BT-131")) > slack:
            yield line


def _base_is_positive(price: Terms) -> bool:
    return all(Decimal(each_one) > 0 for each_one in price.values("BT-149"))


def _other_units(invoice: Terms) -> Iterator[Terms]:
    for line in invoice.groups("BG-25"):
        quantities = line.groups("BT-129")
        for base in line.groups("BT-149"):
            unit = base.attribute("unitCode")
            if unit and quantities and unit != quantities[0].attribute("unitCode"):
                yield base


DOCUMENT = (
    Rule(
        "PEPPOL-EN16931-R001",
        "BT-23",
        "Der Geschäftsprozess (BT-23) fehlt.",
        "The business process (BT-23) is missing.",
        document(lambda invoice: invoice.has("BT-23")),
    ),
    Rule(
        "PEPPOL-EN16931-R005",
        "BT-6",
        "Die Währung der Steuer (BT-6) ist die der Rechnung (BT-5).",
        "The currency of the VAT (BT-6) is the one of the invoice (BT-5).",
        document(_currencies_differ),
    ),
    Rule(
        "PEPPOL-EN16931-R008",
        "BG-25",
        "Das Dokument enthält ein leeres Element.",
        "The document has an empty element.",
        lambda invoice: invoice.groups("EMPTY"),
    ),
    Rule(
        "PEPPOL-EN16931-R010",
        "BT-49",
        "Die elektronische Adresse des Käufers (BT-49) fehlt.",
        "The buyer's electronic address (BT-49) is missing.",
        each("BG-7", lambda buyer: buyer.has("BT-49")),
    ),
    Rule(
        "PEPPOL-EN16931-R020",
        "BT-34",
        "Die elektronische Adresse des Verkäufers (BT-34) fehlt.",
        "The seller's electronic address (BT-34) is missing.",
        each("BG-4", lambda seller: seller.has("BT-34")),
    ),
    Rule(
        "PEPPOL-EN16931-R053",
        "BT-110",
        "Die Rechnung hat nicht genau eine Steuersumme (BT-110) mit Aufschlüsselung.",
        "The invoice does not have exactly one VAT total (BT-110) with its breakdown.",
        document(_one_tax_total),
    ),
    Rule(
        "PEPPOL-EN16931-R054",
        "BT-111",
        "Zur Währung der Steuer (BT-6) gehört genau eine Steuersumme (BT-111), sonst keine.",
        "A currency of the VAT (BT-6) comes with exactly one VAT total (BT-111), else none.",
        document(_tax_total_in_tax_currency),
    ),
    Rule(
        "PEPPOL-EN16931-R055",
        "BT-111",
        "Die Steuersummen beider Währungen (BT-110, BT-111) haben verschiedene Vorzeichen.",
        "The VAT totals of both currencies (BT-110, BT-111) have different signs.",
        document(_same_sign),
    ),
    Rule(
        "PEPPOL-EN16931-R061",
        "BT-89",
        "Die Mandatsreferenz (BT-89) der Lastschrift fehlt.",
        "The mandate reference (BT-89) of the direct debit is missing.",
        _debit_without_mandate,
    ),
)

ADJUSTMENTS = (
    Rule(
        "PEPPOL-EN16931-R040",
        "BT-92",
        "Ein Nachlass oder Zuschlag (BT-92) ist nicht Satz mal Grundbetrag.",
        "An allowance or charge (BT-92) is not its percentage of its base.",
        _wrong_percentages,
    ),
    Rule(
        "PEPPOL-EN16931-R041",
        "BT-93",
        "Zum Satz eines Nachlasses oder Zuschlags fehlt der Grundbetrag (BT-93).",
        "The base (BT-93) of an allowance or charge with a percentage is missing.",
        each("BG-20", lambda one: not one.has("BT-94") or one.has("BT-93")),
    ),
    Rule(
        "PEPPOL-EN16931-R042",
        "BT-94",
        "Zum Grundbetrag eines Nachlasses oder Zuschlags fehlt der Satz (BT-94).",
        "The percentage (BT-94) of an allowance or charge with a base is missing.",
        each("BG-20", lambda one: not one.has("BT-93") or one.has("BT-94")),
    ),
    Rule(
        "PEPPOL-EN16931-R043",
        "BG-20",
        "Ob etwas Nachlass oder Zuschlag ist (BG-20), sagt weder „true“ noch „false“.",
        "Whether something is an allowance or a charge (BG-20) is neither “true” nor “false”.",
        _charge_or_not,
    ),
)

LINES = (
    Rule(
        "PEPPOL-EN16931-R044",
        "BT-147",
        "Ein Preis kennt Nachlässe (BT-147), aber keine Zuschläge.",
        "A price knows discounts (BT-147) but no charges.",
        each("BG-29", _price_is_reduced_only),
    ),
    Rule(
        "PEPPOL-EN16931-R046",
        "BT-146",
        "Ein Nettopreis (BT-146) ist nicht der Bruttopreis (BT-148) ohne Nachlass (BT-147).",
        "A net price (BT-146) is not the gross price (BT-148) without its discount (BT-147).",
        each("BG-29", _net_price),
    ),
    Rule(
        "PEPPOL-EN16931-R101",
        "BT-128",
        "Ein Dokument einer Zeile (BT-128) ist kein abgerechnetes Objekt (Art 130).",
        "A document of a line (BT-128) is no invoiced object (type 130).",
        each("BG-25", _object_only),
    ),
    Rule(
        "PEPPOL-EN16931-R110",
        "BT-134",
        "Der Zeitraum einer Zeile beginnt (BT-134) vor dem der Rechnung (BT-73).",
        "The period of a line begins (BT-134) before the invoice's (BT-73).",
        _early_starts,
    ),
    Rule(
        "PEPPOL-EN16931-R111",
        "BT-135",
        "Der Zeitraum einer Zeile endet (BT-135) nach dem der Rechnung (BT-74).",
        "The period of a line ends (BT-135) after the invoice's (BT-74).",
        _late_ends,
    ),
    Rule(
        "PEPPOL-EN16931-R120",
        "BT-131",
        "Ein Nettobetrag (BT-131) ist nicht Menge mal Preis samt Zu- und Abschlägen.",
        "A line's net amount (BT-131) is not quantity times price with its adjustments.",
        _wrong_nets,
        "warning",
    ),
    Rule(
        "PEPPOL-EN16931-R121",
        "BT-149",
        "Die Menge, für die ein Preis gilt (BT-149), ist nicht größer als null.",
        "The quantity that a price is for (BT-149) is not greater than zero.",
        each("BG-29", _base_is_positive),
    ),
    Rule(
        "PEPPOL-EN16931-R130",
        "BT-150",
        "Preis und Menge einer Zeile haben verschiedene Einheiten (BT-150, BT-130).",
        "Price and quantity of a line have different units (BT-150, BT-130).",
        _other_units,
    ),
)

RULES = DOCUMENT + ADJUSTMENTS + LINES
