"""BR-DE-*: what XRechnung wants of parties, addresses, texts and attachments; BR-TMP-*."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kontorhaus.invoicing.einvoice import model
from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.invoicing.einvoice.xrechnung.rule import (
    SPECIFICATIONS,
    Rule,
    document,
    each,
    wanted,
)

TYPE_CODES = frozenset({"326", "380", "381", "384", "389", "875", "876", "877"})
_TAXED = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})
_IDENTIFIERS = frozenset({model.XRECHNUNG, *SPECIFICATIONS})
_MAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_DIGIT = re.compile(r"\d", re.ASCII)
_ABSOLUTE_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")


def _seller_is_known_to_the_tax_office(invoice: Terms) -> bool:
    if not _TAXED & {*invoice.values("BT-95"), *invoice.values("BT-151")}:
        return True
    return bool(invoice.value("BT-31") or invoice.value("BT-32") or invoice.has("BG-11"))


def _same_file_names(invoice: Terms) -> Iterator[Terms]:
    seen: set[str] = set()
    for attachment in invoice.groups("BT-125"):
        name = attachment.attribute("filename")
        if name and name in seen:
            yield invoice
            return
        seen.add(name)


def _supply_is_dated(invoice: Terms) -> bool:
    if invoice.has("BT-72") or invoice.has("BG-14"):
        return True
    return all(line.has("BG-26") for line in invoice.groups("BG-25"))


def _links_are_absolute(attachment: Terms) -> bool:
    return not attachment.has("LINK") or bool(_ABSOLUTE_URL.match(attachment.value("BT-124")))


def _one_base_quantity(price: Terms) -> bool:
    quantities = price.groups("BT-149")
    units = {unit for each in quantities if (unit := each.attribute("unitCode"))}
    return len({each.text for each in quantities}) <= 1 and len(units) <= 1


PARTIES = (
    Rule(
        "BR-DE-2",
        "BG-6",
        "Der Ansprechpartner des Verkäufers (BG-6) fehlt.",
        "The seller's contact (BG-6) is missing.",
        document(lambda invoice: invoice.has("BG-6")),
    ),
    wanted("BR-DE-3", "BT-37", "Der Ort des Verkäufers", "The seller's town", "BG-5"),
    wanted("BR-DE-4", "BT-38", "Die Postleitzahl des Verkäufers", "The seller's post code", "BG-5"),
    wanted("BR-DE-5", "BT-41", "Der Name des Ansprechpartners", "The name of the contact", "BG-6"),
    wanted(
        "BR-DE-6", "BT-42", "Die Telefonnummer des Verkäufers", "The seller's phone number", "BG-6"
    ),
    wanted(
        "BR-DE-7", "BT-43", "Die E-Mail-Adresse des Verkäufers", "The seller's mail address", "BG-6"
    ),
    wanted("BR-DE-8", "BT-52", "Der Ort des Käufers", "The buyer's town", "BG-8"),
    wanted("BR-DE-9", "BT-53", "Die Postleitzahl des Käufers", "The buyer's post code", "BG-8"),
    wanted("BR-DE-10", "BT-77", "Der Ort der Lieferung", "The town of delivery", "BG-15"),
    wanted(
        "BR-DE-11", "BT-78", "Die Postleitzahl der Lieferung", "The post code of delivery", "BG-15"
    ),
    Rule(
        "BR-DE-27",
        "BT-42",
        "Die Telefonnummer (BT-42) hat weniger als drei Ziffern.",
        "The phone number (BT-42) has less than three digits.",
        each("BG-6", lambda contact: len(_DIGIT.findall(contact.value("BT-42"))) > 2),
        "warning",
    ),
    Rule(
        "BR-DE-28",
        "BT-43",
        "Die E-Mail-Adresse (BT-43) hat nicht die Form einer Adresse.",
        "The mail address (BT-43) does not have the form of one.",
        each("BG-6", lambda contact: bool(_MAIL.fullmatch(contact.value("BT-43")))),
        "warning",
    ),
)

DOCUMENTS = (
    wanted(
        "BR-DE-14",
        "BT-119",
        "Ein Steuersatz der Aufschlüsselung",
        "A rate of the VAT breakdown",
        "BG-23",
    ),
    wanted("BR-DE-15", "BT-10", "Die Käuferreferenz, etwa die Leitweg-ID,", "A buyer reference"),
    Rule(
        "BR-DE-16",
        "BT-31",
        "USt-IdNr. (BT-31), Steuernummer (BT-32) oder Steuervertreter (BG-11) fehlt.",
        "VAT id (BT-31), tax number (BT-32) or tax representative (BG-11) is missing.",
        document(_seller_is_known_to_the_tax_office),
    ),
    Rule(
        "BR-DE-17",
        "BT-3",
        "Diese Rechnungsart (BT-3) sieht XRechnung nicht vor.",
        "XRechnung does not provide for this type of invoice (BT-3).",
        document(lambda invoice: invoice.value("BT-3") in TYPE_CODES),
        "warning",
    ),
    Rule(
        "BR-DE-21",
        "BT-24",
        "Die Kennung (BT-24) ist nicht die von XRechnung 3.0.",
        "The specification identifier (BT-24) is not the one of XRechnung 3.0.",
        document(lambda invoice: invoice.value("BT-24") in _IDENTIFIERS),
        "warning",
    ),
    Rule(
        "BR-DE-22",
        "BT-125",
        "Zwei Anhänge (BT-125) haben denselben Dateinamen.",
        "Two attachments (BT-125) have the same file name.",
        _same_file_names,
    ),
    Rule(
        "BR-DE-26",
        "BG-3",
        "Eine berichtigte Rechnung nennt die ursprüngliche (BG-3) nicht.",
        "A corrected invoice does not name the original one (BG-3).",
        document(
            lambda invoice: invoice.value("BT-3") != model.CORRECTED_INVOICE or invoice.has("BG-3")
        ),
        "warning",
    ),
    Rule(
        "BR-DE-TMP-32",
        "BT-72",
        "Liefer- oder Leistungsdatum (BT-72), Zeitraum (BG-14) oder Zeitraum je Zeile fehlt.",
        "A date of supply (BT-72), a period (BG-14) or one per line is missing.",
        document(_supply_is_dated),
        "information",
    ),
    Rule(
        "BR-TMP-2",
        "BT-124",
        "Der Ort eines Anhangs (BT-124) ist keine vollständige Adresse wie https://….",
        "The place of an attachment (BT-124) is no absolute address such as https://….",
        each("BG-24", _links_are_absolute),
        "warning",
    ),
    Rule(
        "BR-TMP-3",
        "BT-149",
        "Brutto- und Nettopreis einer Zeile gelten für verschiedene Mengen (BT-149, BT-150).",
        "Gross and net price of a line are for different quantities (BT-149, BT-150).",
        each("BG-29", _one_base_quantity),
        kinds=("cii",),
    ),
)

RULES = PARTIES + DOCUMENTS
