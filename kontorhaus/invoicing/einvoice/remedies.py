"""What to do about a broken rule, in German and English: by rule, by its family, by the field."""

from __future__ import annotations

import re
from typing import NamedTuple


class Remedy(NamedTuple):
    """What to do, for people."""

    german: str
    english: str


_ISSUER = Remedy(
    "Wer das Dokument geschrieben hat, muss es berichtigen.",
    "Whoever wrote the document must correct it.",
)
_SUMS = Remedy(
    "Beträge neu rechnen und das Dokument neu schreiben lassen.",
    "Have the amounts computed again and the document written anew.",
)
_CENTS = Remedy("Auf zwei Nachkommastellen runden.", "Round to two decimals.")
_CASE = Remedy(
    "Steuersätze der Zeilen (lines[].vatRate, lines[].taxCase) und vatRegulation angleichen.",
    "Make lines[].vatRate, lines[].taxCase and vatRegulation agree.",
)
_ALONE = Remedy(
    "Nicht steuerbare Leistungen auf eine eigene Rechnung setzen.",
    "Put what is outside the scope of VAT on an invoice of its own.",
)
_NO_VAT_IDS = Remedy(
    "Bei nicht steuerbaren Leistungen keine USt-IdNr. angeben.",
    "Give no VAT id for what is outside the scope of VAT.",
)
_SELLER_TAX = Remedy(
    "Eigene USt-IdNr. oder Steuernummer in company.taxNumbers eintragen.",
    "Enter your VAT id or tax number in company.taxNumbers.",
)
_BUYER_TAX = Remedy(
    "USt-IdNr. des Kunden in client.taxNumber angeben, mit Länderkürzel.",
    "Give the client's VAT id in client.taxNumber, with its country prefix.",
)
_REASON = Remedy(
    "Einen Steuerfall wählen, der den Grund nennt: vatRegulation oder lines[].taxCase.",
    "Choose a tax case that gives the reason: vatRegulation or lines[].taxCase.",
)
_ATTRIBUTE = Remedy(
    "Jedem Merkmal einer Ware Name und Wert geben.",
    "Give each attribute of an item a name and a value.",
)
_SCHEME = Remedy(
    "Der Kennung ihr Schema beigeben, etwa 0160 für GTIN.",
    "Give the id its scheme, such as 0160 for a GTIN.",
)
_FORMAT = Remedy("Das vorgesehene Format verwenden.", "Use the format that is provided for.")
_CODE = Remedy("Einen Code aus der Liste verwenden.", "Use a code of the list.")
_MEANS = Remedy(
    "Genau ein Zahlungsweg: Überweisung mit Konto, Karte oder Lastschrift mit Mandat.",
    "One way to pay only: transfer with account, card, or direct debit with mandate.",
)
_DEBIT = Remedy(
    "Zur Lastschrift Mandatsreferenz, Gläubiger-ID und IBAN des Kunden angeben.",
    "Give mandate reference, creditor id and the client's IBAN with a direct debit.",
)
_PERIOD = Remedy(
    "Den Zeitraum der Rechnung (serviceDate, serviceDateEnd) um den der Zeile erweitern.",
    "Extend the invoice's period (serviceDate, serviceDateEnd) to hold the line's.",
)
_VEHICLE = Remedy(
    "Je Fahrzeugzeile eine Klasse (Liste CVD: M1 bis M3, N1 bis N3) und das Merkmal cva angeben: "
    "clean, zero-emission oder other.",
    "Give each line of a vehicle one category (list CVD: M1 to M3, N1 to N3) and the attribute "
    "cva: clean, zero-emission or other.",
)
_THIRD_PARTY = Remedy(
    "Zur Zahlung eines Dritten Art, Betrag und Beschreibung angeben.",
    "Give type, amount and description of a third party payment.",
)
_NO_BUYER = Remedy("Den Kunden in client angeben.", "Give the client.")

_BY_RULE = {
    "XML": Remedy(
        "Ein wohlgeformtes XML ohne DOCTYPE einreichen.",
        "Hand in well-formed XML without a DOCTYPE.",
    ),
    "XSD": Remedy(
        "Das Dokument nach seinem Schema schreiben lassen: Element, Reihenfolge, Format.",
        "Have the document written by its schema: element, order, format.",
    ),
    "BR-CO-03": Remedy(
        "Entweder den Tag der Steuer oder seinen Code angeben, nicht beides.",
        "Give either the tax point date or its code, not both.",
    ),
    "BR-CO-09": Remedy(
        "Der USt-IdNr. ihr Länderkürzel voranstellen, etwa DE123456789.",
        "Begin the VAT id with its country prefix, such as DE123456789.",
    ),
    "BR-CO-18": _CASE,
    "BR-CO-19": Remedy(
        "Beginn oder Ende des Zeitraums angeben: serviceDate, serviceDateEnd.",
        "Give the start or end of the period: serviceDate, serviceDateEnd.",
    ),
    "BR-CO-25": Remedy(
        "Fälligkeit oder Zahlungsbedingungen angeben.", "Give a due date or terms of payment."
    ),
    "BR-CO-26": _SELLER_TAX,
    "BR-27": Remedy(
        "Den Preis positiv, die Menge negativ angeben.",
        "Make the price positive and the quantity negative.",
    ),
    "BR-28": Remedy("Den Bruttopreis positiv angeben.", "Make the gross price positive."),
    "BR-29": Remedy(
        "serviceDateEnd darf nicht vor serviceDate liegen.",
        "serviceDateEnd must not be before serviceDate.",
    ),
    "BR-30": Remedy(
        "Der Zeitraum einer Zeile darf nicht enden, bevor er beginnt.",
        "The period of a line must not end before it begins.",
    ),
    "BR-50": Remedy(
        "IBAN in company.paymentInfo.iban eintragen.", "Enter company.paymentInfo.iban."
    ),
    "BR-51": Remedy(
        "Höchstens die letzten Ziffern der Kartennummer angeben.",
        "Give the last digits of the card number at most.",
    ),
    "BR-52": Remedy("Jedem Anhang eine Kennung geben.", "Give each attachment a reference."),
    "BR-54": _ATTRIBUTE,
    "BR-55": Remedy(
        "Nummer der ursprünglichen Rechnung angeben.", "Name the number of the original invoice."
    ),
    "BR-56": Remedy(
        "USt-IdNr. des Steuervertreters angeben.", "Give the tax representative's VAT id."
    ),
    "BR-61": Remedy(
        "IBAN in company.paymentInfo.iban eintragen.", "Enter company.paymentInfo.iban."
    ),
    "BR-IC-11": Remedy(
        "Lieferdatum in serviceDate angeben.", "Give the day of delivery in serviceDate."
    ),
    "BR-IC-12": Remedy(
        "Bestimmungsland in client.countryCode angeben.",
        "Give the country of destination in client.countryCode.",
    ),
    "BR-CL-23": Remedy(
        "Eine bekannte Einheit in lines[].unit angeben, etwa Stück, Std. oder einen Code der "
        "UN/ECE-Empfehlung 20.",
        "Give a known unit in lines[].unit, such as Stück, Std. or a code of UN/ECE "
        "recommendation 20.",
    ),
    "BR-DE-15": Remedy(
        "Leitweg-ID oder Kundennummer in client.clientNumber angeben, oder buyerReference in den "
        "customFields des Kontakts.",
        "Give the Leitweg-ID or client number in client.clientNumber, or buyerReference in the "
        "contact's customFields.",
    ),
    "BR-DE-16": _SELLER_TAX,
    "BR-DE-18": Remedy(
        "Jede Skontozeile als #SKONTO#TAGE=14#PROZENT=2.00# mit Zeilenende schreiben.",
        "Write each discount line as #SKONTO#TAGE=14#PROZENT=2.00# with an end of line.",
    ),
    "BR-DE-20": _DEBIT,
    "BR-DE-22": Remedy("Die Anhänge verschieden benennen.", "Give the attachments other names."),
    "BR-DE-26": Remedy(
        "Nummer der ursprünglichen Rechnung angeben.", "Name the number of the original invoice."
    ),
    "BR-DE-23-b": _MEANS,
    "BR-DE-24-a": _MEANS,
    "BR-DE-24-b": _MEANS,
    "BR-DE-25-a": _DEBIT,
    "BR-DE-25-b": _MEANS,
    "BR-DE-30": _DEBIT,
    "BR-DE-31": _DEBIT,
    "BR-DE-TMP-32": Remedy(
        "Leistungsdatum oder Zeitraum angeben: serviceDate, serviceDateEnd.",
        "Give the date or period of supply: serviceDate, serviceDateEnd.",
    ),
    "BR-TMP-2": Remedy(
        "Die vollständige Adresse des Anhangs angeben, etwa https://beispiel.de/anlage.pdf.",
        "Give the whole address of the attachment, such as https://example.com/annex.pdf.",
    ),
    "BR-TMP-3": Remedy(
        "Brutto- und Nettopreis auf dieselbe Menge und Einheit beziehen.",
        "State gross and net price for the same quantity and unit.",
    ),
    "BR-DEX-01": Remedy(
        "Den Anhang als PDF, PNG, JPEG, CSV, Excel, OpenDocument oder XML beifügen.",
        "Attach PDF, PNG, JPEG, CSV, Excel, OpenDocument or XML.",
    ),
    "BR-DEX-02": _SUMS,
    "BR-DEX-03": Remedy(
        "Jeder Unterzeile genau einen Steuersatz geben.", "Give each sub-line exactly one VAT rate."
    ),
    "BR-DEX-09": _SUMS,
    "BR-DEX-13": _CENTS,
    "BR-DEX-14": Remedy(
        "Beträge Dritter in der Währung der Rechnung angeben.",
        "Give the amounts of third parties in the invoice's currency.",
    ),
    "BR-DEX-15": Remedy(
        "Unterzeilen in UBL schreiben oder weglassen.", "Write sub-lines in UBL or leave them out."
    ),
    "BR-DE-CVD-01": Remedy("Die Vertragsnummer angeben.", "Give the number of the contract."),
    "BR-DE-CVD-02": Remedy("Die Vergabenummer angeben.", "Give the number of the tender."),
    "BR-TMP-CVD-01": _CODE,
    "PEPPOL-EN16931-R005": Remedy(
        "Die Währung der Steuer weglassen.", "Leave out the currency of the VAT."
    ),
    "PEPPOL-EN16931-R008": Remedy(
        "Leere Elemente weglassen.", "Leave out elements without content."
    ),
    "PEPPOL-EN16931-R040": _SUMS,
    "PEPPOL-EN16931-R041": Remedy(
        "Grundbetrag und Satz zusammen angeben.", "Give base and percentage together."
    ),
    "PEPPOL-EN16931-R042": Remedy(
        "Grundbetrag und Satz zusammen angeben.", "Give base and percentage together."
    ),
    "PEPPOL-EN16931-R043": Remedy("„true“ oder „false“ schreiben.", "Write “true” or “false”."),
    "PEPPOL-EN16931-R044": Remedy(
        "Den Zuschlag in den Preis einrechnen.", "Include the charge in the price."
    ),
    "PEPPOL-EN16931-R046": _SUMS,
    "PEPPOL-EN16931-R053": _SUMS,
    "PEPPOL-EN16931-R054": _SUMS,
    "PEPPOL-EN16931-R055": _SUMS,
    "PEPPOL-EN16931-R061": _DEBIT,
    "PEPPOL-EN16931-R101": Remedy(
        "In Zeilen nur das abgerechnete Objekt (Art 130) nennen.",
        "Name in lines the invoiced object (type 130) only.",
    ),
    "PEPPOL-EN16931-R110": _PERIOD,
    "PEPPOL-EN16931-R111": _PERIOD,
    "PEPPOL-EN16931-R120": Remedy(
        "Menge mal Preis rechnen, auf den Cent gerundet; eine XRechnung braucht Nettopreise "
        "(priceLayout „net“).",
        "Compute quantity times price, rounded to the cent; an XRechnung needs net prices "
        "(priceLayout “net”).",
    ),
    "PEPPOL-EN16931-R121": Remedy(
        "Eine Menge größer als null angeben, für die der Preis gilt.",
        "Give a quantity greater than zero that the price is for.",
    ),
    "PEPPOL-EN16931-R130": Remedy(
        "Preis und Menge in derselben Einheit angeben.", "Use one unit for price and quantity."
    ),
}

# Rules that come in families: the first pattern that fits a rule's id counts.
_FAMILIES = tuple(
    (re.compile(pattern, re.ASCII), remedy)
    for pattern, remedy in (
        (r"BR-(FXEXT-)?CO-1\d|BR-(FXEXT-)?\w+-?0[89]\w*", _SUMS),
        (r"BR-O-0[234]", _NO_VAT_IDS),
        (r"BR-O-1[1-4]", _ALONE),
        (r"BR-(AE|IC)-0[234]", _BUYER_TAX),
        (r"BR-[A-Z]+-0[234]", _SELLER_TAX),
        (r"BR-(FXEXT-)?[A-Z]+-0[1567]", _CASE),
        (r"BR-[A-Z]+-10", _REASON),
        (r"BR-6[45]", _SCHEME),
        (r"BR-FXEXT-BR-54-\d", _ATTRIBUTE),
        (r"BR-FXEXT-CII-DT-\w+|CII-DT-\w+", _FORMAT),
        (r"BR-DEC-\d\d", _CENTS),
        (r"BR-CL-\d\d|BR-DEX-0\d", _CODE),
        (r"BR-DEX-1[012]", _THIRD_PARTY),
        (r"BR-DE-CVD-0\d(-[ab])?", _VEHICLE),
    )
)

_BY_FIELD = {
    "number": Remedy("Eine Nummer in number angeben.", "Give a number."),
    "date": Remedy("Das Rechnungsdatum in date angeben.", "Give the date of the invoice in date."),
    "type": Remedy("Eine andere Art in type wählen.", "Choose another type."),
    "notes": Remedy("Den Text in notes ändern.", "Change the text of notes."),
    "vatRegulation": _CASE,
    "serviceDate": Remedy(
        "Leistungsdatum in serviceDate angeben.", "Give the date of supply in serviceDate."
    ),
    "serviceDateEnd": Remedy(
        "Das Ende des Zeitraums in serviceDateEnd angeben.",
        "Give the end of the period in serviceDateEnd.",
    ),
    "client": _NO_BUYER,
    "client.name": Remedy("Den Namen in client.name angeben.", "Give a name in client.name."),
    "client.clientNumber": Remedy(
        "Kundennummer in client.clientNumber angeben.", "Give a number in client.clientNumber."
    ),
    "client.taxNumber": _BUYER_TAX,
    "client.email": Remedy(
        "E-Mail-Adresse in client.email angeben.", "Give a mail address in client.email."
    ),
    "client.address1": Remedy(
        "Straße in client.address1 angeben.", "Give the street in client.address1."
    ),
    "client.address3": Remedy(
        "Postleitzahl und Ort in client.address2 oder client.address3 angeben, etwa "
        "„20354 Hamburg“.",
        "Give post code and town in client.address2 or client.address3, such as “20354 Hamburg”.",
    ),
    "client.countryCode": Remedy(
        "Land in client.countryCode angeben, etwa DE.",
        "Give the country in client.countryCode, such as DE.",
    ),
    "company": Remedy("Firmenprofil ausfüllen (company).", "Fill in the company's profile."),
    "company.name": Remedy("Firmennamen in company.name eintragen.", "Enter company.name."),
    "company.countryCode": Remedy(
        "Land in company.countryCode eintragen.", "Enter company.countryCode."
    ),
    "company.taxNumbers": _SELLER_TAX,
    "company.address": Remedy(
        "Postleitzahl und Ort in company.address eintragen, etwa „20457 Hamburg“.",
        "Enter post code and town in company.address, such as “20457 Hamburg”.",
    ),
    "company.address.line1": Remedy(
        "Straße in company.address.line1 eintragen.", "Enter company.address.line1."
    ),
    "company.contactInfo": Remedy(
        "Telefon und E-Mail in company.contactInfo eintragen.",
        "Enter phone and mail address in company.contactInfo.",
    ),
    "company.contactInfo.email": Remedy(
        "E-Mail-Adresse in company.contactInfo.email eintragen.",
        "Enter company.contactInfo.email.",
    ),
    "company.contactInfo.phone": Remedy(
        "Telefonnummer in company.contactInfo.phone eintragen.",
        "Enter company.contactInfo.phone.",
    ),
    "company.legalInfo.ceo": Remedy(
        "Ansprechpartner in company.legalInfo.ceo eintragen.", "Enter company.legalInfo.ceo."
    ),
    "company.paymentInfo.iban": Remedy(
        "IBAN in company.paymentInfo.iban eintragen.", "Enter company.paymentInfo.iban."
    ),
}


def of(rule: str, field: str | None) -> Remedy:
    """The remedy for a rule; `field` is the one of the request that repairs it, where one does."""
    known = _BY_RULE.get(rule) or next(
        (remedy for pattern, remedy in _FAMILIES if pattern.fullmatch(rule)), None
    )
    if known or field is None:
        return known or _ISSUER
    return _BY_FIELD.get(field) or Remedy(f"{field} prüfen.", f"Check {field}.")
