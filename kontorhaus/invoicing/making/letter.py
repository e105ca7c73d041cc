"""A document's snapshot as a letter: what its PDF shows (§ 14 (4) UStG)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from babel import Locale

from kontorhaus.contacts import rules as party_rules
from kontorhaus.invoicing import rules, supply
from kontorhaus.invoicing.agreement import rules as agreed
from kontorhaus.invoicing.agreement.model import CashDiscount, DeliveryAddress
from kontorhaus.invoicing.einvoice.model import positive_price
from kontorhaus.invoicing.making import wording
from kontorhaus.invoicing.making.xml_invoice import attached, category
from kontorhaus.invoicing.model import Client, Form, Preceding, PricedLine, Seller, Snapshot, Totals
from kontorhaus.invoicing.pdf import letter
from kontorhaus.invoicing.stationery.model import Brand
from kontorhaus.kernel.money import total
from kontorhaus.tax import cases

_KINDS: Mapping[str, letter.Kind] = {
    "invoice": "invoice",
    "estimate": "estimate",
    "delivery-note": "delivery_note",
    "purchase-order": "purchase_order",
    "order-confirmation": "order_confirmation",
}
_NOTES: Mapping[str, letter.LegalNote] = {
    "UST-13B": "reverse_charge_13b",
    "UST-EUDL": "reverse_charge_eu",
    "UST-IGL": "intra_community",
    "UST-EXP": "export",
}
_TITLES: Mapping[Form, letter.TitleKey] = {
    "partial": "partial_invoice",
    "final": "final_invoice",
    "correction": "corrected_invoice",
    "cancellation": "cancellation",
}
_DISCOUNT = {"de": "Rabatt", "en": "Discount"}
_REPRESENTED = {"de": "Vertreten durch", "en": "Represented by"}
_NO_CLIENT = Client(name="")


def compose(snapshot: Snapshot) -> letter.Letter:
    """The letter of a document; a draft and a document of a TEST tenant say so across the page.

    What gives back is shown with amounts below zero.
    """
    content = snapshot.content
    if content.is_credit:
        snapshot = replace(snapshot, totals=_negated(snapshot.totals))
    kind = "credit_note" if content.is_credit else _KINDS[snapshot.type]
    has_prices = kind != "delivery_note"
    is_taxed = any(line.rate for line in snapshot.totals.lines)
    own_address = (snapshot.seller.shown_name, *snapshot.seller.address)
    return letter.Letter(
        kind=kind,
        number=snapshot.number,
        issue_date=content.document_date,
        sender=_sender(snapshot),
        recipient=_recipient(snapshot),
        lines=tuple(
            _line(position, line, has_prices)
            for position, line in enumerate(snapshot.totals.lines, start=1)
        ),
        totals=_totals(snapshot) if has_prices else None,
        language="en" if content.language == "en" else "de",
        currency=snapshot.totals.gross.currency,
        prices="gross" if content.price_layout == "gross" else "net",
        has_vat_column=is_taxed,
        title_key=_TITLES.get(content.form, ""),
        brand=_brand(snapshot.seller.brand),
        watermark=_watermark(snapshot),
        facts=tuple(_facts(snapshot)),
        intro=_paragraphs(wording.introduction(snapshot)),
        closing=_paragraphs(wording.closing(snapshot)),
        notes=_legal_notes(snapshot),
        note_texts=_exemptions(snapshot) if has_prices else (),
        terms=_terms(snapshot),
        payment=_payment(snapshot),
        attachments=tuple(each.description or each.name for each in attached(content)),
        delivery_address=_delivery_address(snapshot),
        invoice_address=own_address if kind == "purchase_order" else (),
    )


def _negated(sums: Totals) -> Totals:
    """The same figures below zero."""
    lines = tuple(
        replace(
            each,
            line=replace(each.line, quantity=-each.line.quantity),
            net=-each.net,
            shown=-each.shown,
        )
        for each in sums.lines
    )
    groups = tuple(
        replace(
            each,
            lines=-each.lines,
            allowance=-each.allowance,
            net=-each.net,
            tax=-each.tax,
            shown_lines=-each.shown_lines,
            shown_allowance=-each.shown_allowance,
        )
        for each in sums.groups
    )
    return Totals(lines, groups, -sums.net, -sums.tax, -sums.gross)


def _watermark(snapshot: Snapshot) -> Literal["draft", "test"] | None:
    if not snapshot.finalized:
        return "draft"
    return "test" if snapshot.is_test else None


def _brand(brand: Brand) -> letter.Brand:
    logo = letter.Logo(brand.logo.format, brand.logo.content) if brand.logo else None
    return letter.Brand(brand.theme, brand.accent, brand.tagline, logo)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("\n\n") if part.strip())


def _sender(snapshot: Snapshot) -> letter.Sender:
    seller = snapshot.seller
    language = snapshot.content.language
    represented = (f"{_REPRESENTED[language]} {seller.ceo}",) if seller.ceo else ()
    numbers = tuple(f"{label} {number}".strip() for label, number in seller.tax_numbers)
    return letter.Sender(
        name=seller.shown_name,
        address=tuple(line for line in (seller.name2, *seller.address) if line),
        contact=tuple(line for line in (seller.phone, seller.email, *seller.contact_lines) if line),
        legal=(*seller.legal_lines, *represented, *numbers),
        vat_id=rules.vat_id_of(seller) or "",
        bank=_bank(seller),
    )


def _bank(seller: Seller) -> letter.Bank | None:
    if not seller.iban:
        return None
    return letter.Bank(iban=seller.iban, bic=seller.bic, name=seller.bank_name, holder=seller.name)


def _recipient(snapshot: Snapshot) -> letter.Recipient:
    client = snapshot.content.client or _NO_CLIENT
    lines = [client.name, client.name2, client.contact_person, *client.address]
    if client.country_code and client.country_code != snapshot.seller.country_code:
        lines.append(_country(client.country_code, snapshot.content.language))
    return letter.Recipient(
        lines=tuple(line for line in lines if line),
        vat_id=party_rules.vat_id(client.tax_number) or "",
    )


def _country(code: str, language: str) -> str:
    names: Mapping[str, str] = Locale(language).territories
    return names.get(code, code).upper()


def _delivery_address(snapshot: Snapshot) -> tuple[str, ...]:
    """Where the goods go; those of a purchase order to its author unless told otherwise."""
    seller, delivery = snapshot.seller, snapshot.content.agreement.delivery
    if delivery is None:
        is_order = snapshot.type == "purchase-order"
        return (seller.shown_name, *seller.address) if is_order else ()
    return tuple(line for line in (delivery.name, *_lines_abroad(delivery, snapshot)) if line)


def _lines_abroad(delivery: DeliveryAddress, snapshot: Snapshot) -> tuple[str, ...]:
    if delivery.country_code == snapshot.seller.country_code:
        return delivery.lines
    return (*delivery.lines, _country(delivery.country_code, snapshot.content.language))


def _facts(snapshot: Snapshot) -> list[letter.Fact]:
    content = snapshot.content
    client = content.client or _NO_CLIENT
    facts = [letter.Fact("issue_date", content.document_date)]
    facts += [
        letter.Fact("original", wording.named(each, snapshot)) for each in _originals(snapshot)
    ]
    if content.service_date and content.service_date_end:
        period = (content.service_date, content.service_date_end)
        facts.append(letter.Fact("service_period", period))
    elif content.service_date:
        is_delivery = content.service_date_type == "delivery-date"
        label = "delivery_date" if is_delivery else "service_date"
        facts.append(letter.Fact(label, content.service_date))
    if client.client_number:
        facts.append(letter.Fact("customer_number", client.client_number))
    facts += _references(content.agreement.buyer_reference or client.buyer_reference, snapshot)
    if client.tax_number and party_rules.vat_id(client.tax_number):
        facts.append(letter.Fact("customer_vat_id", client.tax_number))
    return facts


def _references(buyer_reference: str | None, snapshot: Snapshot) -> Iterator[letter.Fact]:
    agreement = snapshot.content.agreement
    references: tuple[tuple[letter.FactLabel, str | None], ...] = (
        ("buyer_reference", buyer_reference),
        ("order_reference", agreement.order),
        ("contract_reference", agreement.contract),
        ("project", agreement.project),
        ("despatch_advice", agreement.despatch_advice),
        ("receiving_advice", agreement.receiving_advice),
    )
    for label, value in references:
        if value:
            yield letter.Fact(label, value)


def _originals(snapshot: Snapshot) -> tuple[Preceding, ...]:
    """The invoices that this one takes back or corrects."""
    return () if snapshot.content.form == "final" else snapshot.preceding


def _line(position: int, priced: PricedLine, has_prices: bool) -> letter.LetterLine:
    quantity, price = positive_price(priced.line.quantity, priced.unit_shown)
    return letter.LetterLine(
        position=str(position),
        name=priced.line.title,
        quantity=quantity,
        unit=priced.line.unit or "",
        unit_price=price if has_prices else None,
        vat_rate=priced.rate if has_prices else None,
        amount=priced.shown if has_prices else None,
        description=priced.line.title2 or "",
    )


def _totals(snapshot: Snapshot) -> letter.LetterTotals:
    sums, content = snapshot.totals, snapshot.content
    currency = sums.gross.currency
    discount = total((group.shown_allowance for group in sums.groups), currency)
    adjustment = letter.Adjustment(_DISCOUNT[content.language], -discount, content.discount_rate)
    taxes = tuple(
        letter.Tax(group.rate, group.net, group.tax, category(group.tax_code))
        for group in sums.groups
    )
    return letter.LetterTotals(
        lines=total((group.shown_lines for group in sums.groups), currency),
        net=sums.net,
        gross=sums.gross,
        payable=sums.payable,
        vat=() if snapshot.seller.small_trader else taxes,
        adjustments=(adjustment,) if discount else (),
        deductions=tuple(
            letter.Deduction(each.number, each.document_date, each.net, each.rate, each.tax)
            for each in sums.deductions
        ),
        remaining=tuple(_remaining(sums)) if sums.deductions else (),
    )


def _remaining(sums: Totals) -> Iterator[letter.Tax]:
    """The tax of each rate in what is left to pay."""
    currency = sums.gross.currency
    for group in sums.groups:
        taken = [each for each in sums.deductions if each.tax_code == group.tax_code]
        if group.tax:
            yield letter.Tax(
                group.rate,
                group.net - total((each.net for each in taken), currency),
                group.tax - total((each.tax for each in taken), currency),
            )


def _legal_notes(snapshot: Snapshot) -> tuple[letter.LegalNote, ...]:
    codes = dict.fromkeys(group.tax_code for group in snapshot.totals.groups if group.tax_code)
    notes = [_NOTES[code] for code in codes if code in _NOTES]
    if "UST-KU" in codes and not snapshot.seller.small_trader_text:
        notes.append("small_trader")
    # § 14 (4) Nr. 6 UStG: the day of supply is named, even where it is the invoice date
    if supply.is_supplied_on_its_day(snapshot):
        notes.append("supply_date")
    return tuple(notes)


def _exemptions(snapshot: Snapshot) -> tuple[str, ...]:
    """The reasons for bearing no tax that the templates do not word themselves."""
    codes = dict.fromkeys(group.tax_code for group in snapshot.totals.groups if group.tax_code)
    texts = []
    for code in codes:
        case = cases.by_code(code)
        reason = case.exemption_en if snapshot.content.language == "en" else case.exemption_de
        if code == "UST-KU":
            reason = snapshot.seller.small_trader_text
        if reason and code not in _NOTES:
            texts.append(reason)
    return tuple(texts)


def _terms(snapshot: Snapshot) -> letter.Terms | None:
    if not _asks_for_payment(snapshot):
        return None
    debit = snapshot.content.agreement.direct_debit
    own = (wording.debited(debit, snapshot),) if debit else ()
    return letter.Terms(
        due_date=None if debit else snapshot.due_date,
        skonto=tuple(_skonto(each, snapshot) for each in snapshot.content.agreement.discounts),
        texts=(*own, *snapshot.seller.payment_lines),
    )


def _skonto(discount: CashDiscount, snapshot: Snapshot) -> letter.Skonto:
    payable = snapshot.totals.payable
    off = agreed.taken_off(discount, payable)
    day = agreed.until(discount, snapshot.content.document_date)
    return letter.Skonto(day, discount.percent, off, payable - off)


def _asks_for_payment(snapshot: Snapshot) -> bool:
    is_claim = snapshot.type == "invoice" and not snapshot.content.is_credit
    return is_claim and bool(snapshot.totals.payable)


def _payment(snapshot: Snapshot) -> letter.Payment | None:
    is_collected = snapshot.content.agreement.direct_debit is not None
    if not _asks_for_payment(snapshot) or is_collected or not snapshot.seller.iban:
        return None
    return letter.Payment(
        reference=snapshot.number,
        amount=snapshot.totals.payable,
        has_giro_code=snapshot.finalized and not snapshot.is_test,
    )
