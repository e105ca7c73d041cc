"""The national rules of XRechnung 3.0 (BR-DE-*, the PEPPOL rules it adopts), on UBL and CII."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kontorhaus.invoicing.einvoice import fields, model
from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.kernel import iban

TYPE_CODES = frozenset({"326", "380", "381", "384", "389", "875", "876", "877"})
_TAXED = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})
_SPECIFICATIONS = frozenset(
    {
        model.XRECHNUNG,
        f"{model.XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
    }
)
_MAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_DIGITS = re.compile(r"\d", re.ASCII)
_SKONTO = re.compile(r"#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}(#BASISBETRAG=-?\d+\.\d{2})?#", re.ASCII)
_TRANSFER, _CARD, _DEBIT = {"30", "58"}, {"48", "54", "55"}, {"59"}
# What the PEPPOL rules forgive when they multiply.
_SLACK = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its official id, the term it is about, both texts, and what must hold."""

    id: str
    term: str
    german: str
    english: str
    holds: Callable[[Terms], bool]
    severity: model.Severity = "error"


def check(terms: Terms) -> list[model.Finding]:
    """The rules of XRechnung that a document breaks, in their order."""
    return [
        model.Finding(
            rule.id, rule.severity, rule.english, rule.german, field=fields.of_term(rule.term)
        )
        for rule in RULES
        if not rule.holds(terms)
    ]


def _given(term: str) -> Callable[[Terms], bool]:
    return lambda terms: bool(terms.value(term))


def _given_within(group: str, term: str) -> Callable[[Terms], bool]:
    return lambda terms: not terms.has(group) or bool(terms.value(term))


def _required(id: str, term: str, german: str, english: str, group: str = "") -> Rule:
    return Rule(
        id,
        term,
        f"{german} ({term}) fehlt.",
        f"{english} ({term}) is missing.",
        _given_within(group, term) if group else _given(term),
    )


def _means(terms: Terms) -> set[str]:
    return set(terms.values("BT-81"))


def _means_only(codes: set[str], wanted: str) -> Callable[[Terms], bool]:
    """With one of the codes the wanted group is there."""
    return lambda terms: not codes & _means(terms) or terms.has(wanted)


def _means_without(codes: set[str], *unwanted: str) -> Callable[[Terms], bool]:
    return lambda terms: not codes & _means(terms) or not any(map(terms.has, unwanted))


def _is_iban(code: str, term: str) -> Callable[[Terms], bool]:
    return lambda terms: code not in _means(terms) or all(map(iban.is_valid, terms.values(term)))


def _taxed_seller(terms: Terms) -> bool:
    if not _TAXED & set(terms.values("BT-118")):
        return True
    return any(terms.has(term) for term in ("BT-31", "BT-32", "BG-11"))


def _skonto(terms: Terms) -> bool:
    for text in terms.raw("BT-20"):
        lines = [line.strip() for line in text.split("\n")]
        discounts = [line for line in lines if line.startswith("#")]
        if not all(map(_SKONTO.fullmatch, discounts)):
            return False
        # The last discount ends its line.
        if discounts and lines[-1].startswith("#"):
            return False
    return True


def _unique_files(terms: Terms) -> bool:
    names = terms.values("BT-125")
    return len(names) == len(set(names))


def _supply_known(terms: Terms) -> bool:
    if terms.has("BT-72") or terms.has("BG-14"):
        return True
    return all(line.has("BG-26") for line in terms.groups("BG-25"))


def _number(terms: Terms, term: str, absent: str = "0") -> Decimal:
    try:
        return Decimal(terms.value(term) or absent)
    except InvalidOperation:
        return Decimal("NaN")


def _adjustments(terms: Terms) -> list[Terms]:
    of_lines = [each for line in terms.groups("BG-25") for each in line.groups("BG-27")]
    return terms.groups("BG-20") + of_lines


def _base_and_percent(terms: Terms) -> bool:
    return all(each.has("BT-93") == each.has("BT-94") for each in _adjustments(terms))


def _percent_of_base(terms: Terms) -> bool:
    for each in _adjustments(terms):
        if each.has("BT-93") and each.has("BT-94"):
            wanted = _number(each, "BT-93") * _number(each, "BT-94") / 100
            if not abs(wanted - _number(each, "BT-92")) <= _SLACK:
                return False
    return True


def _line_nets(terms: Terms) -> bool:
    for line in terms.groups("BG-25"):
        base = _number(line, "BT-149", "1")
        if not base > 0:
            return False
        wanted = _number(line, "BT-129") * _number(line, "BT-146") / base
        wanted += sum((Decimal(each) for each in line.values("BT-141")), Decimal())
        wanted -= sum((Decimal(each) for each in line.values("BT-136")), Decimal())
        if not abs(wanted - _number(line, "BT-131")) <= _SLACK:
            return False
    return True


RULES = (
    Rule(
        "BR-DE-1",
        "BG-16",
        "Angaben zur Zahlung (BG-16) fehlen.",
        "The payment instructions (BG-16) are missing.",
        lambda terms: terms.has("BG-16"),
    ),
    Rule(
        "BR-DE-2",
        "BG-6",
        "Der Ansprechpartner des Verkäufers (BG-6) fehlt.",
        "The seller's contact (BG-6) is missing.",
        lambda terms: terms.has("BG-6"),
    ),
    _required("BR-DE-3", "BT-37", "Der Ort des Verkäufers", "The seller's town"),
    _required("BR-DE-4", "BT-38", "Die Postleitzahl des Verkäufers", "The seller's post code"),
    _required(
        "BR-DE-5", "BT-41", "Der Name des Ansprechpartners", "The name of the contact", "BG-6"
    ),
    _required(
        "BR-DE-6", "BT-42", "Die Telefonnummer des Verkäufers", "The seller's phone number", "BG-6"
    ),
    _required(
        "BR-DE-7", "BT-43", "Die E-Mail-Adresse des Verkäufers", "The seller's mail address", "BG-6"
    ),
    _required("BR-DE-8", "BT-52", "Der Ort des Käufers", "The buyer's town"),
    _required("BR-DE-9", "BT-53", "Die Postleitzahl des Käufers", "The buyer's post code"),
    _required("BR-DE-10", "BT-77", "Der Ort der Lieferung", "The town of delivery", "BG-15"),
    _required(
        "BR-DE-11", "BT-78", "Die Postleitzahl der Lieferung", "The post code of delivery", "BG-15"
    ),
    Rule(
        "BR-DE-14",
        "BT-119",
        "Ein Steuersatz der Aufschlüsselung (BT-119) fehlt.",
        "A rate of the VAT breakdown (BT-119) is missing.",
        lambda terms: len(terms.values("BT-119")) == len(terms.groups("BG-23")),
    ),
    _required("BR-DE-15", "BT-10", "Die Käuferreferenz, etwa die Leitweg-ID,", "A buyer reference"),
    Rule(
        "BR-DE-16",
        "BT-31",
        "USt-IdNr. (BT-31), Steuernummer (BT-32) oder Steuervertreter (BG-11) fehlt.",
        "VAT id (BT-31), tax number (BT-32) or tax representative (BG-11) is missing.",
        _taxed_seller,
    ),
    Rule(
        "BR-DE-17",
        "BT-3",
        "Diese Rechnungsart (BT-3) sieht XRechnung nicht vor.",
        "XRechnung does not provide for this type of invoice (BT-3).",
        lambda terms: terms.value("BT-3") in TYPE_CODES,
        "warning",
    ),
    Rule(
        "BR-DE-18",
        "BT-20",
        "Die Skontozeilen (BT-20) haben nicht die Form "
        "#SKONTO#TAGE=14#PROZENT=2.00# mit Zeilenende.",
        "The discount lines (BT-20) do not have the form "
        "#SKONTO#TAGE=14#PROZENT=2.00# and an end of line.",
        _skonto,
    ),
    Rule(
        "BR-DE-19",
        "BT-84",
        "Die IBAN für die Überweisung (BT-84) ist nicht richtig.",
        "The IBAN to pay to (BT-84) is not right.",
        _is_iban("58", "BT-84"),
        "warning",
    ),
    Rule(
        "BR-DE-20",
        "BT-91",
        "Die IBAN für die Lastschrift (BT-91) ist nicht richtig.",
        "The IBAN of the direct debit (BT-91) is not right.",
        _is_iban("59", "BT-91"),
        "warning",
    ),
    Rule(
        "BR-DE-21",
        "BT-24",
        "Die Kennung (BT-24) ist nicht die von XRechnung 3.0.",
        "The specification identifier (BT-24) is not the one of XRechnung 3.0.",
        lambda terms: terms.value("BT-24") in _SPECIFICATIONS,
        "warning",
    ),
    Rule(
        "BR-DE-22",
        "BT-125",
        "Zwei Anhänge (BT-125) haben denselben Dateinamen.",
        "Two attachments (BT-125) have the same file name.",
        _unique_files,
    ),
    Rule(
        "BR-DE-23-a",
        "BG-17",
        "Zur Überweisung fehlt das Konto (BG-17).",
        "A credit transfer needs an account (BG-17).",
        _means_only(_TRANSFER, "BG-17"),
    ),
    Rule(
        "BR-DE-23-b",
        "BG-17",
        "Zur Überweisung gehören weder Karte (BG-18) noch Lastschrift (BG-19).",
        "A credit transfer has neither card (BG-18) nor direct debit (BG-19).",
        _means_without(_TRANSFER, "BG-18", "BG-19"),
    ),
    Rule(
        "BR-DE-24-a",
        "BG-18",
        "Zur Kartenzahlung fehlt die Karte (BG-18).",
        "A card payment needs a card (BG-18).",
        _means_only(_CARD, "BG-18"),
    ),
    Rule(
        "BR-DE-24-b",
        "BG-18",
        "Zur Kartenzahlung gehören weder Konto (BG-17) noch Lastschrift (BG-19).",
        "A card payment has neither account (BG-17) nor direct debit (BG-19).",
        _means_without(_CARD, "BG-17", "BG-19"),
    ),
    Rule(
        "BR-DE-25-a",
        "BG-19",
        "Zur Lastschrift fehlt das Mandat (BG-19).",
        "A direct debit needs a mandate (BG-19).",
        _means_only(_DEBIT, "BG-19"),
    ),
    Rule(
        "BR-DE-25-b",
        "BG-19",
        "Zur Lastschrift gehören weder Konto (BG-17) noch Karte (BG-18).",
        "A direct debit has neither account (BG-17) nor card (BG-18).",
        _means_without(_DEBIT, "BG-17", "BG-18"),
    ),
    Rule(
        "BR-DE-26",
        "BG-3",
        "Eine berichtigte Rechnung nennt die ursprüngliche (BG-3).",
        "A corrected invoice names the original one (BG-3).",
        lambda terms: terms.value("BT-3") != model.CORRECTED_INVOICE or terms.has("BG-3"),
        "warning",
    ),
    Rule(
        "BR-DE-27",
        "BT-42",
        "Die Telefonnummer (BT-42) hat weniger als drei Ziffern.",
        "The phone number (BT-42) has less than three digits.",
        lambda terms: all(len(_DIGITS.findall(each)) > 2 for each in terms.values("BT-42")),
        "warning",
    ),
    Rule(
        "BR-DE-28",
        "BT-43",
        "Die E-Mail-Adresse (BT-43) hat nicht die Form einer Adresse.",
        "The mail address (BT-43) does not have the form of one.",
        lambda terms: all(map(_MAIL.fullmatch, terms.values("BT-43"))),
        "warning",
    ),
    _required(
        "BR-DE-30", "BT-90", "Die Gläubiger-Identifikationsnummer", "The creditor id", "BG-19"
    ),
    _required("BR-DE-31", "BT-91", "Das belastete Konto", "The debited account", "BG-19"),
    Rule(
        "BR-DE-TMP-32",
        "BT-72",
        "Liefer- oder Leistungsdatum (BT-72), Zeitraum (BG-14) oder Zeitraum je Zeile fehlt.",
        "A date of supply (BT-72), a period (BG-14) or one per line is missing.",
        _supply_known,
        "information",
    ),
    _required("PEPPOL-EN16931-R001", "BT-23", "Der Geschäftsprozess", "The business process"),
    Rule(
        "PEPPOL-EN16931-R008",
        "BG-25",
        "Das Dokument enthält leere Elemente.",
        "The document has empty elements.",
        lambda terms: not terms.has("EMPTY"),
    ),
    _required(
        "PEPPOL-EN16931-R010",
        "BT-49",
        "Die elektronische Adresse des Käufers",
        "The buyer's electronic address",
    ),
    _required(
        "PEPPOL-EN16931-R020",
        "BT-34",
        "Die elektronische Adresse des Verkäufers",
        "The seller's electronic address",
    ),
    Rule(
        "PEPPOL-EN16931-R040",
        "BT-92",
        "Ein Nachlass oder Zuschlag (BT-92) ist nicht Satz mal Grundbetrag.",
        "An allowance or charge (BT-92) is not its percentage of its base.",
        _percent_of_base,
    ),
    Rule(
        "PEPPOL-EN16931-R041",
        "BT-93",
        "Zu einem Nachlass oder Zuschlag gehören Satz (BT-94) und Grundbetrag (BT-93) zusammen.",
        "The percentage (BT-94) and base (BT-93) of an allowance or charge belong together.",
        _base_and_percent,
    ),
    Rule(
        "PEPPOL-EN16931-R120",
        "BG-25",
        "Ein Nettobetrag (BT-131) ist nicht Menge mal Preis samt Zu- und Abschlägen.",
        "A line's net amount (BT-131) is not quantity times price with its adjustments.",
        _line_nets,
    ),
)
