"""Words, numbers and dates of a letter, the way the reader's language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kontorhaus.invoicing.pdf.letter import Language
from kontorhaus.kernel.money import Money

_THIN = "\u202f"
_BLANK = "\u00a0"
_MINUS = "\u2212"
_MARKS = {"de": str.maketrans(",.", ".,"), "en": {}}
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Wording:
    """How a letter in a language speaks of amounts in a currency."""

    language: Language
    currency: str

    def say(self, key: str, **values: str) -> str:
        """A text of ours with the values in it."""
        text = _WORDS[key][self.language == "en"]
        return text.format(**values) if values else text

    def label(self, key: str) -> str:
        """A word of ours, or a label of the organization's own as it is."""
        return self.say(key) if key in _WORDS else key

    def number(self, value: Decimal | Money, places: int = 2) -> str:
        """So many digits after the point, more when the value has more; never rounded."""
        exact = value.decimal if isinstance(value, Money) else value
        whole, _, fraction = format(abs(exact), ",f").partition(".")
        fraction = fraction.rstrip("0").ljust(places, "0")
        text = f"{whole}.{fraction}" if fraction else whole
        return (_MINUS if exact < 0 else "") + text.translate(_MARKS[self.language])

    def percent(self, value: Decimal) -> str:
        """A rate with its sign."""
        return self.number(value, 0) + (f"{_THIN}%" if self.language == "de" else "%")

    @property
    def symbol(self) -> str:
        """The sign of the currency."""
        return _SYMBOLS.get(self.currency, self.currency)

    @property
    def behind(self) -> str:
        """What stands behind an amount."""
        return _BLANK + self.symbol if self.language == "de" else ""

    def money(self, value: Money) -> str:
        """An amount with the sign of its currency."""
        text = self.number(value)
        if self.language == "de":
            return text + self.behind
        if text.startswith(_MINUS):
            return _MINUS + self.symbol + text.removeprefix(_MINUS)
        return self.symbol + text

    def day(self, day: date) -> str:
        """20.12.2026 or 20 Dec 2026."""
        if self.language == "de":
            return f"{day:%d.%m.%Y}"
        return f"{day.day}{_BLANK}{_MONTHS[day.month - 1]}{_BLANK}{day.year}"

    def period(self, start: date, end: date) -> str:
        """Two days, or the one that both are."""
        if start == end:
            return self.day(start)
        return f"{self.day(start)}{_BLANK}–{_BLANK}{self.day(end)}"


def grouped_iban(iban: str) -> str:
    """An IBAN in groups of four that stay in one line."""
    text = iban.replace(" ", "")
    return _BLANK.join(text[place : place + 4] for place in range(0, len(text), 4))


# German and English side by side; a text between stars stands out.
_WORDS: Mapping[str, tuple[str, str]] = {
    # document titles
    "invoice": ("Rechnung", "Invoice"),
    "credit_note": ("Rechnungskorrektur", "Credit note"),
    "cancellation": ("Stornorechnung", "Cancellation invoice"),
    "partial_invoice": ("Abschlagsrechnung", "Partial invoice"),
    "final_invoice": ("Schlussrechnung", "Final invoice"),
    "corrected_invoice": ("Berichtigte Rechnung", "Corrected invoice"),
    "estimate": ("Angebot", "Estimate"),
    "order_confirmation": ("Auftragsbestätigung", "Order confirmation"),
    "delivery_note": ("Lieferschein", "Delivery note"),
    "purchase_order": ("Bestellung", "Purchase order"),
    # facts of the information block
    "issue_date": ("Datum", "Date"),
    "service_period": ("Leistungszeitraum", "Service period"),
    "service_date": ("Leistungsdatum", "Date of supply"),
    "delivery_date": ("Liefertermin", "Delivery date"),
    "customer_number": ("Kundennummer", "Customer no."),
    "supplier_number": ("Lieferantennummer", "Supplier no."),
    "buyer_reference": ("Ihre Referenz", "Your reference"),
    "order_reference": ("Ihre Bestellung", "Your order"),
    "contract_reference": ("Ihr Vertrag", "Your contract"),
    "despatch_advice": ("Lieferschein", "Delivery note"),
    "receiving_advice": ("Wareneingang", "Goods receipt"),
    "project": ("Projekt", "Project"),
    "due_date": ("Fällig am", "Due date"),
    "valid_until": ("Gültig bis", "Valid until"),
    "customer_vat_id": ("Ihre USt-IdNr.", "Your VAT ID"),
    "original": ("Zu Rechnung", "Refers to invoice"),
    "contact": ("Ansprechpartner", "Contact"),
    "phone": ("Telefon", "Phone"),
    "email": ("E-Mail", "Email"),
    "shipping": ("Versandart", "Shipped by"),
    "parcels": ("Packstücke", "Parcels"),
    "weight": ("Gewicht", "Weight"),
    "delivery_address": ("Lieferanschrift", "Deliver to"),
    "invoice_address": ("Rechnungsanschrift", "Invoice to"),
    # position table
    "position": ("Pos.", "Item"),
    "description": ("Bezeichnung", "Description"),
    "quantity": ("Menge", "Quantity"),
    "unit_price": ("Einzelpreis", "Unit price"),
    "vat": ("USt", "VAT"),
    "amount": ("Betrag", "Amount"),
    "article": ("Artikelnr.", "Article no."),
    "ordered": ("bestellt", "ordered"),
    "delivered": ("geliefert", "delivered"),
    "carried": ("Übertrag", "Carried forward"),
    "optional": ("optional", "optional"),
    "discount_line": (
        "abzüglich {percent} Rabatt ({amount})",
        "less {percent} discount ({amount})",
    ),
    "carries_on": (
        "Zwischensumme, weiter auf der nächsten Seite",
        "Subtotal, continued on the next page",
    ),
    # totals
    "line_total": ("Summe der Positionen", "Total of items"),
    "net": ("Nettobetrag", "Net amount"),
    "plus_vat": ("zzgl. {rate} {vat} auf {base}", "plus {rate} {vat} on {base}"),
    "incl_vat": ("darin {rate} {vat} auf {base} netto", "including {rate} {vat} on {base} net"),
    "gross": ("Gesamtbetrag", "Total"),
    "payable": ("Zahlbetrag", "Amount due"),
    "zero_vat": ("{vat} 0 % auf {base}", "{vat} 0% on {base}"),
    "estimate_total": ("Angebotssumme", "Estimate total"),
    # down payments
    "net_short": ("Netto", "Net"),
    "gross_short": ("Brutto", "Gross"),
    "performed": ("Gesamtleistung brutto", "Total performance, gross"),
    "deductions": ("Abzüglich bereits berechneter Abschläge", "Less invoiced down payments"),
    "down_payment": ("Abschlagsrechnung", "Partial invoice"),
    "deduction_total": ("Summe der Abschläge", "Total down payments"),
    "of_date": ("vom", "of"),
    # payment
    "giro": ("GiroCode für Ihre Banking-App", "GiroCode for your banking app"),
    "holder": ("Empfänger", "Payee"),
    "reference": ("Verwendungszweck", "Reference"),
    "due_line": (
        "Bitte überweisen Sie {amount} bis zum {date} ohne Abzug.",
        "Please transfer {amount} by {date} without deduction.",
    ),
    "skonto": (
        (
            "Bei Zahlungseingang bis {date} ziehen Sie {percent} Skonto ({discount}) ab und "
            "überweisen {amount}."
        ),
        "If payment arrives by {date}, deduct {percent} ({discount}) and transfer {amount}.",
    ),
    "paid": (
        "Der Betrag wurde am {date} bezahlt. Bitte nicht überweisen.",
        "This amount was paid on {date}. Please do not transfer.",
    ),
    # law
    "note_reverse_charge_13b": (
        (
            "*Steuerschuldnerschaft des Leistungsempfängers* (§ 13b UStG). Der Rechnungsbetrag "
            "enthält keine Umsatzsteuer."
        ),
        "*Reverse charge:* VAT is due from the recipient of the supply (§ 13b German VAT Act).",
    ),
    "note_reverse_charge_eu": (
        (
            "*Steuerschuldnerschaft des Leistungsempfängers / Reverse charge* (Art. 44, 196 "
            "MwStSystRL). USt-IdNr. des Leistungsempfängers: {buyer_vat_id}."
        ),
        (
            "*Reverse charge:* VAT is due from the recipient (Articles 44 and 196, Directive "
            "2006/112/EC). Recipient's VAT ID: {buyer_vat_id}."
        ),
    ),
    "note_intra_community": (
        (
            "*Steuerfreie innergemeinschaftliche Lieferung* (§ 4 Nr. 1 Buchst. b, § 6a UStG). "
            "Unsere USt-IdNr.: {seller_vat_id}, Ihre USt-IdNr.: {buyer_vat_id}."
        ),
        (
            "*VAT-exempt intra-Community supply* (Article 138, Directive 2006/112/EC; § 6a "
            "German VAT Act). Our VAT ID: {seller_vat_id}, your VAT ID: {buyer_vat_id}."
        ),
    ),
    "note_export": (
        "*Steuerfreie Ausfuhrlieferung* (§ 4 Nr. 1 Buchst. a, § 6 UStG).",
        "*VAT-exempt export* (§ 4 no. 1 a, § 6 German VAT Act).",
    ),
    "note_small_trader": (
        (
            "Für diesen Umsatz gilt die *Steuerbefreiung für Kleinunternehmer* (§ 19 UStG). Es "
            "wird keine Umsatzsteuer ausgewiesen."
        ),
        "*Exempt under the small-business scheme* (§ 19 German VAT Act). No VAT is charged.",
    ),
    "note_retention_private": (
        (
            "Als Privatperson bewahren Sie diese Rechnung bitte zwei Jahre auf (§ 14b Abs. 1 "
            "Satz 5 UStG)."
        ),
        "Private customers must keep this invoice for two years (§ 14b German VAT Act).",
    ),
    "note_retained_title": (
        "Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum.",
        "Goods remain our property until paid in full.",
    ),
    "note_supply_date": (
        "Das Leistungsdatum entspricht dem Rechnungsdatum.",
        "The date of supply is the invoice date.",
    ),
    # endings
    "attachments": ("Anlagen", "Enclosures"),
    "greeting": ("Mit freundlichen Grüßen", "Yours sincerely"),
    "received": (
        "Ware vollständig und unbeschädigt erhalten",
        "Goods received complete and undamaged",
    ),
    "place_date_signature": ("Ort, Datum, Unterschrift", "Place, date, signature"),
    "accepted": ("Auftrag erteilt", "Order placed"),
    "page": ("Seite {page} von {pages}", "Page {page} of {pages}"),
    "draft": ("ENTWURF", "DRAFT"),
    "test": ("TEST", "TEST"),
}
