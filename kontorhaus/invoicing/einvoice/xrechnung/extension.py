"""BR-DEX-*: the extension of XRechnung, with sub-lines, payments of third parties, more codes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.invoicing.einvoice.xrechnung import codes
from kontorhaus.invoicing.einvoice.xrechnung.rule import Breaches, Rule, each

_CENT = Decimal("0.01")


def _party_schemes(invoice: Terms) -> Iterator[Terms]:
    for found in invoice.groups("PARTY-IDS"):
        scheme = found.attribute("schemeID")
        is_creditor_id = scheme == codes.CREDITOR_SCHEME and (
            "/AccountingSupplierParty[" in found.path or "/PayeeParty[" in found.path
        )
        if scheme not in codes.SCHEMES and not is_creditor_id:
            yield found


def _sums_of_lines(line: Terms) -> bool:
    return line.number("SUB-LINES-NET") == sum(map(Decimal, line.values("SUB-LINE-NET")))


def _payable(sums: Terms) -> bool:
    third = sum(map(Decimal, sums.values("BT-DEX-002")))
    computed = sums.number("BT-112") - sums.number("BT-113") + third + sums.number("BT-114")
    return abs(sums.number("BT-115") - computed) < _CENT


def _decimals(payment: Terms) -> bool:
    return len(payment.value("BT-DEX-002").partition(".")[2]) <= 2


def _in_invoice_currency(invoice: Terms) -> Iterator[Terms]:
    for payment in invoice.groups("BG-DEX-09"):
        amounts = payment.groups("BT-DEX-002")
        if any(each_one.attribute("currencyID") != invoice.value("BT-5") for each_one in amounts):
            yield payment


def _given(term: str) -> Breaches:
    return each("BG-DEX-09", lambda payment: bool(payment.value(term)))


def _rule(id: str, term: str, german: str, english: str, breaches: Breaches, replaces: str) -> Rule:
    """A rule of both syntaxes that takes the place of one of EN 16931."""
    return Rule(id, term, german, english, breaches, specification="extension", replaces=replaces)


def _scheme(id: str, term: str, group: str, known: frozenset[str], replaces: str) -> Rule:
    return _rule(
        id,
        term,
        f"Das Schema einer Kennung ({term}) steht nicht in der Liste.",
        f"The scheme of an id ({term}) is not in the list.",
        each(group, lambda found: found.attribute("schemeID") in known),
        replaces,
    )


def _ubl(
    id: str, term: str, german: str, english: str, breaches: Breaches, replaces: str = ""
) -> Rule:
    """A rule about what the extension knows in UBL only."""
    return Rule(
        id,
        term,
        german,
        english,
        breaches,
        kinds=("ubl",),
        specification="extension",
        replaces=replaces,
    )


CODES = (
    _rule(
        "BR-DEX-01",
        "BT-125",
        "Ein Anhang (BT-125) ist weder PDF, Bild, Tabelle, CSV noch XML.",
        "An attachment (BT-125) is neither PDF, picture, spreadsheet, CSV nor XML.",
        each("BT-125", lambda file: file.attribute("mimeCode") in codes.MEDIA_TYPES),
        "BR-CL-24",
    ),
    _rule(
        "BR-DEX-04",
        "BT-29",
        "Das Schema der Kennung einer Partei (BT-29, BT-46, BT-60) steht nicht in der Liste.",
        "The scheme of a party's id (BT-29, BT-46, BT-60) is not in the list.",
        _party_schemes,
        "BR-CL-10",
    ),
    _scheme("BR-DEX-05", "BT-30", "REGISTRATION-IDS", codes.SCHEMES, "BR-CL-11"),
    _scheme("BR-DEX-06", "BT-157", "ITEM-IDS", codes.SCHEMES, "BR-CL-21"),
    _scheme("BR-DEX-07", "BT-49", "ELECTRONIC-ADDRESSES", codes.ELECTRONIC_ADDRESSES, "BR-CL-25"),
    _scheme("BR-DEX-08", "BT-71", "PLACE-IDS", codes.SCHEMES, "BR-CL-26"),
)

SUB_LINES = (
    Rule(
        "BR-DEX-02",
        "BT-131",
        "Der Nettobetrag einer Zeile (BT-131) ist nicht die Summe ihrer Unterzeilen.",
        "The net amount of a line (BT-131) is not the sum of its sub-lines.",
        each("SUB-LINES", _sums_of_lines),
        "warning",
        kinds=("ubl",),
        specification="extension",
    ),
    _ubl(
        "BR-DEX-03",
        "BG-DEX-06",
        "Eine Unterzeile hat nicht genau eine Steuerangabe (BG-DEX-06).",
        "A sub-line does not have exactly one VAT category (BG-DEX-06).",
        each("BG-DEX-01", lambda line: len(line.groups("BG-DEX-06")) == 1),
        "UBL-CR-646",
    ),
    Rule(
        "BR-DEX-15",
        "BG-DEX-01",
        "Unterzeilen (BG-DEX-01) gibt es nur in UBL.",
        "Sub-lines (BG-DEX-01) exist in UBL only.",
        lambda invoice: invoice.groups("BG-DEX-01"),
        "warning",
        kinds=("cii",),
        specification="extension",
    ),
)

THIRD_PARTY_PAYMENTS = (
    Rule(
        "BR-DEX-09",
        "BT-115",
        "Der Zahlbetrag (BT-115) ist nicht Gesamtbetrag ohne Gezahltes samt Beträgen Dritter.",
        "The amount due (BT-115) is not the total less what is paid plus third party amounts.",
        each("BG-22", _payable),
        kinds=("ubl",),
        specification="extension",
        replaces="BR-CO-16",
    ),
    _ubl(
        "BR-DEX-10",
        "BT-DEX-001",
        "Die Art der Zahlung eines Dritten (BT-DEX-001) fehlt.",
        "The type of a third party payment (BT-DEX-001) is missing.",
        _given("BT-DEX-001"),
        "UBL-CR-470",
    ),
    _ubl(
        "BR-DEX-11",
        "BT-DEX-002",
        "Der Betrag der Zahlung eines Dritten (BT-DEX-002) fehlt.",
        "The amount of a third party payment (BT-DEX-002) is missing.",
        _given("BT-DEX-002"),
    ),
    _ubl(
        "BR-DEX-12",
        "BT-DEX-003",
        "Die Beschreibung der Zahlung eines Dritten (BT-DEX-003) fehlt.",
        "The description of a third party payment (BT-DEX-003) is missing.",
        _given("BT-DEX-003"),
    ),
    _ubl(
        "BR-DEX-13",
        "BT-DEX-002",
        "Der Betrag eines Dritten (BT-DEX-002) hat mehr als zwei Nachkommastellen.",
        "The amount of a third party (BT-DEX-002) has more than two decimals.",
        each("BG-DEX-09", _decimals),
    ),
    _ubl(
        "BR-DEX-14",
        "BT-DEX-002",
        "Der Betrag eines Dritten (BT-DEX-002) ist nicht in der Währung der Rechnung (BT-5).",
        "The amount of a third party (BT-DEX-002) is not in the invoice's currency (BT-5).",
        _in_invoice_currency,
    ),
)

RULES = CODES + SUB_LINES + THIRD_PARTY_PAYMENTS
