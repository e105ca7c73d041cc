"""Arithmetic and pre-checks of an electronic invoice, before any XML is written (EN 16931-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kontorhaus.invoicing.einvoice import fields, model, remedies
from kontorhaus.kernel import postal
from kontorhaus.kernel.money import Money, total

_REASONED = frozenset({"E", "AE", "K", "G", "O"})
_UNREASONED = frozenset({"S", "Z"})
_BUYER_NEEDS_VAT_ID = frozenset({"AE", "K"})


def check(
    invoice: model.Invoice, *, xrechnung: bool, gross_prices: bool = False
) -> list[model.Finding]:
    """What is wrong with an invoice in itself; empty if nothing is.

    With `gross_prices` the tax per rate may differ by one minor unit from BR-CO-17.
    """
    findings = [*_missing(invoice), *_categories(invoice), *_sums(invoice)]
    findings += _breakdown(invoice, Money(1 if gross_prices else 0, invoice.currency))
    findings += _line_amounts(invoice)
    if xrechnung:
        findings += _xrechnung(invoice, gross_prices)
    return findings


def postal_address(lines: Sequence[str], country_code: str) -> model.Address:
    """An address from lines as people write them, with post code and town where they are told."""
    found = postal.postal_address(lines, country_code)
    first, second, *third = [*found.street, "", ""]
    rest = ", ".join(filter(None, third))
    return model.Address(country_code, first, second, rest, found.zip, found.city)


def _finding(rule: str, term: str, german: str, english: str) -> model.Finding:
    return _told(rule, fields.of_term(term), f"{german} ({term}).", f"{english} ({term}).")


def _told(rule: str, field: str | None, german: str, english: str) -> model.Finding:
    remedy = remedies.of(rule, field)
    return model.Finding(
        rule,
        "error",
        english,
        german,
        field=field,
        remedy=remedy.english,
        remedy_de=remedy.german,
    )


def _missing(invoice: model.Invoice) -> Iterator[model.Finding]:
    seller, buyer = invoice.seller, invoice.buyer
    wanted = (
        (seller.name, "BR-06", "BT-27", "Der Name des Verkäufers fehlt", "The seller has no name"),
        (
            seller.address.country_code,
            "BR-09",
            "BT-40",
            "Das Land des Verkäufers fehlt",
            "The seller has no country",
        ),
        (buyer.name, "BR-07", "BT-44", "Der Name des Käufers fehlt", "The buyer has no name"),
        (
            buyer.address.country_code,
            "BR-11",
            "BT-55",
            "Das Land des Käufers fehlt",
            "The buyer has no country",
        ),
        (
            seller.vat_id or seller.legal_id or seller.identifiers,
            "BR-CO-26",
            "BT-31",
            "Der Verkäufer hat weder USt-IdNr. noch Register- oder andere Kennung",
            "The seller has neither VAT id nor register number nor another id",
        ),
        (invoice.lines, "BR-16", "BG-25", "Die Rechnung hat keine Zeile", "There is no line"),
    )
    for value, rule, term, german, english in wanted:
        if not value:
            yield _finding(rule, term, german, english)


def _categories(invoice: model.Invoice) -> Iterator[model.Finding]:
    used = {vat.category for vat in invoice.vat}
    if "O" in used and len(used) > 1:
        yield _finding(
            "BR-O-11",
            "BG-23",
            "Nicht steuerbare Leistungen stehen allein auf einer Rechnung",
            "What is outside the scope of VAT stands alone on an invoice",
        )
    for category in sorted(used & _BUYER_NEEDS_VAT_ID):
        if not invoice.buyer.vat_id and not (category == "AE" and invoice.buyer.legal_id):
            rule = "BR-IC-02" if category == "K" else "BR-AE-02"
            yield _finding(
                rule,
                "BT-48",
                "Die USt-IdNr. des Käufers fehlt",
                "The buyer's VAT id is missing",
            )
    for vat in invoice.vat:
        reasoned = bool(vat.exemption_reason or vat.exemption_code)
        group = {"K": "IC"}.get(vat.category, vat.category)
        if vat.category in _REASONED and not reasoned:
            yield _finding(
                f"BR-{group}-10",
                "BT-120",
                "Der Grund der Steuerbefreiung fehlt",
                "The reason of the exemption is missing",
            )
        if vat.category in _UNREASONED and reasoned:
            yield _finding(
                f"BR-{group}-10",
                "BT-120",
                "Ein Grund der Steuerbefreiung steht neben einem Steuersatz",
                "A reason of exemption stands beside a rate",
            )


def _sums(invoice: model.Invoice) -> Iterator[model.Finding]:
    totals, currency = invoice.totals, invoice.currency
    zero = Money.zero(currency)
    allowances = total((a.amount for a in invoice.adjustments if not a.is_charge), currency)
    charges = total((a.amount for a in invoice.adjustments if a.is_charge), currency)
    wanted = (
        ("BR-CO-10", "BG-25", totals.lines, total((ln.net for ln in invoice.lines), currency)),
        ("BR-CO-11", "BG-20", totals.allowances or zero, allowances),
        ("BR-CO-12", "BG-20", totals.charges or zero, charges),
        ("BR-CO-13", "BG-23", totals.net, totals.lines - allowances + charges),
        ("BR-CO-14", "BG-23", totals.tax, total((vat.tax for vat in invoice.vat), currency)),
        ("BR-CO-15", "BG-23", totals.gross, totals.net + totals.tax),
        (
            "BR-CO-16",
            "BG-23",
            totals.payable,
            totals.gross - (totals.prepaid or zero) + (totals.rounding or zero),
        ),
    )
    for rule, term, stated, computed in wanted:
        if stated != computed:
            yield _differs(rule, term, stated, computed)


def _differs(rule: str, term: str, stated: Money, computed: Money) -> model.Finding:
    return _finding(
        rule,
        term,
        f"Die Rechnung nennt {stated}, ihre Teile ergeben {computed}",
        f"The invoice says {stated}, its parts make {computed}",
    )


def _breakdown(invoice: model.Invoice, slack: Money) -> Iterator[model.Finding]:
    groups = {(vat.category, vat.rate): vat for vat in invoice.vat}
    bases: dict[tuple[str, Decimal | None], Money] = {}
    for line in invoice.lines:
        key = (line.category, line.rate)
        bases[key] = bases.get(key, Money.zero(invoice.currency)) + line.net
    for adjustment in invoice.adjustments:
        key = (adjustment.category, adjustment.rate)
        amount = adjustment.amount if adjustment.is_charge else -adjustment.amount
        bases[key] = bases.get(key, Money.zero(invoice.currency)) + amount
    if set(groups) != set(bases) or len(groups) != len(invoice.vat):
        yield _finding(
            "BR-CO-18",
            "BG-23",
            "Die Steueraufschlüsselung nennt nicht genau die Sätze der Zeilen",
            "The VAT breakdown does not name exactly the rates of the lines",
        )
        return
    for key, vat in groups.items():
        group = {"K": "IC"}.get(vat.category, vat.category)
        if vat.base != bases[key]:
            yield _differs(f"BR-{group}-08", "BT-116", vat.base, bases[key])
        # BR-CO-17: rounded once per rate, never per line.
        tax = Money.rounded(vat.base.decimal * (vat.rate or 0) / 100, invoice.currency)
        if abs(vat.tax - tax) > slack:
            yield _differs("BR-CO-17", "BT-117", vat.tax, tax)


def _line_amounts(invoice: model.Invoice) -> Iterator[model.Finding]:
    for place, line in enumerate(invoice.lines):
        adjusted = total(
            (a.amount if a.is_charge else -a.amount for a in line.adjustments), invoice.currency
        )
        product = line.quantity * line.unit_price / (line.base_quantity or 1)
        computed = Money.rounded(product, invoice.currency) + adjusted
        if line.net != computed:
            yield _told(
                "PEPPOL-EN16931-R120",
                f"lines[{place}]",
                f"Zeile {line.id} nennt {line.net}, Menge mal Preis ergibt {computed}.",
                f"Line {line.id} says {line.net}, quantity times price makes {computed}.",
            )


def _xrechnung(invoice: model.Invoice, gross_prices: bool) -> Iterator[model.Finding]:
    if gross_prices:
        yield _told(
            "PEPPOL-EN16931-R120",
            "priceLayout",
            "Eine XRechnung hat Nettopreise.",
            "An XRechnung is made of net prices.",
        )
    wanted = (
        (
            invoice.buyer_reference,
            "BR-DE-15",
            "BT-10",
            "Die Käuferreferenz, etwa die Leitweg-ID, fehlt",
            "The buyer reference is missing",
        ),
        (
            invoice.buyer.electronic_address,
            "PEPPOL-EN16931-R010",
            "BT-49",
            "Die elektronische Adresse des Käufers fehlt",
            "The buyer's electronic address is missing",
        ),
        (
            invoice.buyer.address.post_code and invoice.buyer.address.city,
            "BR-DE-9",
            "BT-53",
            "Postleitzahl und Ort des Käufers fehlen",
            "The buyer's post code and town are missing",
        ),
    )
    for value, rule, term, german, english in wanted:
        if not value:
            yield _finding(rule, term, german, english)
