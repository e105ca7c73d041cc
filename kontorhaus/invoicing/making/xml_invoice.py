"""A document's snapshot as an electronic invoice of EN 16931."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kontorhaus.contacts import rules as party_rules
from kontorhaus.invoicing import rules, supply
from kontorhaus.invoicing.agreement.model import Agreement, Attachment
from kontorhaus.invoicing.einvoice import model, units
from kontorhaus.invoicing.einvoice import rules as einvoice
from kontorhaus.invoicing.making import wording
from kontorhaus.invoicing.model import Client, Content, Form, PricedLine, Seller, Snapshot, TaxGroup
from kontorhaus.kernel.money import Money, total
from kontorhaus.tax import cases

_SEPA_TRANSFER = "58"
_SEPA_DIRECT_DEBIT = "59"
_DISCOUNT = "95"  # UNTDID 5189
_DISCOUNT_WORD = {"de": "Rabatt", "en": "Discount"}
# So many digits behind the point are enough for any quantity.
_MAX_PRICE_DIGITS = 20
_NO_CLIENT = Client(name="")
_NOTHING: Mapping[str, bytes] = {}
# UNTDID 1001: those that XRechnung allows (BR-DE-17)
_TYPE_CODES: Mapping[Form, str] = {
    "standard": model.COMMERCIAL_INVOICE,
    "partial": model.PARTIAL_INVOICE,
    "final": model.COMMERCIAL_INVOICE,
    "correction": model.CORRECTED_INVOICE,
    "credit-note": model.CREDIT_NOTE,
    "cancellation": model.CREDIT_NOTE,
}
_CREDITED = {"de": "Der Betrag wird gutgeschrieben.", "en": "The amount will be credited."}


def invoice(snapshot: Snapshot, enclosed: Mapping[str, bytes] = _NOTHING) -> model.Invoice:
    """The semantic model of an invoice; what is missing in it is found by the rules.

    `enclosed` are the files that go along, by their SHA-256.
    """
    content, sums = snapshot.content, snapshot.totals
    client = content.client or _NO_CLIENT
    has_period = content.service_date_end is not None
    breakdown = _breakdown(snapshot)
    seller, buyer = _seller(snapshot.seller), _buyer(client)
    if any(vat.category == "O" for vat in breakdown):
        seller, buyer = _outside_scope(seller), replace(buyer, vat_id="")
    return model.Invoice(
        number=snapshot.number,
        issue_date=content.document_date,
        type_code=_TYPE_CODES[content.form],
        seller=seller,
        buyer=buyer,
        lines=tuple(_line(position, line) for position, line in enumerate(sums.lines, start=1)),
        vat=breakdown,
        totals=_totals(snapshot),
        currency=sums.gross.currency,
        due_date=None if content.is_credit else snapshot.due_date,
        # BR-CO-25: what is given back is not due, so that words say what becomes of it
        payment_terms=_CREDITED[content.language] if content.is_credit else "",
        discounts=() if content.is_credit else _discounts(content.agreement),
        buyer_reference=_buyer_reference(content.agreement, client),
        references=_references(content.agreement),
        attachments=_attachments(content, enclosed),
        payment=_payment(snapshot),
        delivery=_delivery(snapshot, breakdown, buyer),
        period=model.Span(content.service_date, content.service_date_end) if has_period else None,
        adjustments=tuple(_allowance(group, snapshot) for group in sums.groups if group.allowance),
        preceding=tuple(
            model.PrecedingInvoice(each.number, each.document_date) for each in snapshot.preceding
        ),
        notes=tuple(
            model.Note(text)
            for text in (
                wording.introduction(snapshot),
                wording.closing(snapshot),
                # § 14 (5) UStG wants net and tax of each down payment, BT-113 is but one sum
                *(wording.deduction(each, content.language) for each in sums.deductions),
            )
            if text
        ),
    )


def _discounts(agreement: Agreement) -> tuple[model.CashDiscount, ...]:
    return tuple(model.CashDiscount(each.days, each.percent) for each in agreement.discounts)


def _references(agreement: Agreement) -> model.References:
    return model.References(
        project=agreement.project,
        contract=agreement.contract,
        order=agreement.order,
        receiving_advice=agreement.receiving_advice,
        despatch_advice=agreement.despatch_advice,
    )


def attached(content: Content) -> tuple[Attachment, ...]:
    """The files that go along: those of a cancelled invoice went with it."""
    return () if content.form == "cancellation" else content.agreement.attachments


def _attachments(content: Content, enclosed: Mapping[str, bytes]) -> tuple[model.Attachment, ...]:
    """Inside an XRechnung; beside the XML of a Factur-X, which says so by its URI.

    CII-SR-475: CII describes one file at most.
    """
    files = attached(content)
    is_inside = content.export_type == "xrechnung"
    is_described = len(files) == 1 or (is_inside and content.agreement.syntax == "ubl")
    return tuple(
        model.Attachment(
            reference=each.name,
            description=each.description if is_described else "",
            url="" if is_inside else f"#ef={each.name}",
            content=enclosed[each.sha256] if is_inside else b"",
            mime_type=each.media_type if is_inside else "",
            file_name=each.name if is_inside else "",
        )
        for each in files
    )


def _buyer_reference(agreement: Agreement, client: Client) -> str:
    return agreement.buyer_reference or client.buyer_reference or client.client_number or ""


def _delivery(
    snapshot: Snapshot, breakdown: Sequence[model.VatBreakdown], buyer: model.Party
) -> model.Delivery:
    """When and where it was supplied.

    BR-IC-12: an intra-community supply tells to which country it went; a down payment knows no day
    yet, and CII wants a delivery that says something.
    """
    content = snapshot.content
    day = None if content.service_date_end else _supply_day(snapshot)
    told = content.agreement.delivery
    if told:
        place = einvoice.postal_address(told.lines, told.country_code)
        return model.Delivery(day=day, name=told.name, address=place)
    is_needed = content.form == "partial" or any(vat.category == "K" for vat in breakdown)
    return model.Delivery(day=day, address=buyer.address if is_needed else None)


def _supply_day(snapshot: Snapshot) -> date | None:
    is_own = supply.is_supplied_on_its_day(snapshot)
    return snapshot.content.document_date if is_own else snapshot.content.service_date


def category(tax_code: str | None) -> str:
    """The VAT category (UNCL 5305) of a tax code; a rate without a tax case is a plain rate."""
    return cases.by_code(tax_code).category if tax_code else "S"


def _rate(code: str, rate: Decimal) -> Decimal | None:
    return None if code == "O" else rate


def _seller(seller: Seller) -> model.Party:
    return model.Party(
        name=seller.name,
        trading_name=seller.shown_name if seller.shown_name != seller.name else "",
        address=einvoice.postal_address(seller.address, seller.country_code),
        vat_id=rules.vat_id_of(seller) or "",
        tax_number=rules.tax_number_of(seller) or "",
        legal_information=", ".join(seller.legal_lines),
        electronic_address=model.Identifier(seller.email, "EM") if seller.email else None,
        contact=model.Contact(
            name=seller.ceo or seller.shown_name, phone=seller.phone, email=seller.email
        ),
    )


def _outside_scope(seller: model.Party) -> model.Party:
    """BR-O-02 forbids VAT ids, BR-CO-26 asks for an id: another number of the seller's is it."""
    number = seller.tax_number or seller.vat_id
    return replace(seller, vat_id="", identifiers=(model.Identifier(number),) if number else ())


def _buyer(client: Client) -> model.Party:
    return model.Party(
        name=client.name,
        trading_name=client.name2 or "",
        address=einvoice.postal_address(client.address, client.country_code or ""),
        identifiers=(model.Identifier(client.client_number),) if client.client_number else (),
        vat_id=party_rules.vat_id(client.tax_number) or "",
        electronic_address=model.Identifier(client.email, "EM") if client.email else None,
        contact=model.Contact(
            name=client.contact_person or "", phone=client.phone or "", email=client.email or ""
        ),
    )


def _line(position: int, priced: PricedLine) -> model.Line:
    code = category(priced.tax_code)
    return model.Line(
        id=str(position),
        name=priced.line.title,
        description=priced.line.title2 or "",
        quantity=priced.line.quantity,
        unit_code=units.code(priced.line.unit or ""),
        unit_price=_unit_price(priced),
        net=priced.net,
        category=code,
        rate=_rate(code, priced.rate),
    )


def _unit_price(priced: PricedLine) -> Decimal:
    """BT-146: times the quantity it makes the line, whose net may be a share of gross prices.

    Then it has as many digits as that takes; EN 16931 sets no limit.
    """
    quantity, net = priced.line.quantity, priced.net

    def makes_line(price: Decimal) -> bool:
        return Money.rounded(quantity * price, net.currency) == net

    if makes_line(priced.unit_net):
        return priced.unit_net
    exact = net.decimal / quantity
    rounded = (round(exact, places) for places in range(2, _MAX_PRICE_DIGITS))
    return next((price for price in rounded if makes_line(price)), exact)


def _breakdown(snapshot: Snapshot) -> tuple[model.VatBreakdown, ...]:
    """One row per category and rate: two tax cases may share both, then their reasons join."""
    rows: dict[tuple[str, Decimal | None], model.VatBreakdown] = {}
    for group in snapshot.totals.groups:
        row = _tax_row(group, snapshot)
        known = rows.get((row.category, row.rate))
        rows[row.category, row.rate] = _joined(known, row) if known else row
    return tuple(rows.values())


def _tax_row(group: TaxGroup, snapshot: Snapshot) -> model.VatBreakdown:
    code = category(group.tax_code)
    case = cases.by_code(group.tax_code) if group.tax_code else None
    reason = (
        (case.exemption_de if snapshot.content.language == "de" else case.exemption_en)
        if case
        else None
    )
    if snapshot.seller.small_trader:
        reason = snapshot.seller.small_trader_text or reason
    return model.VatBreakdown(
        category=code,
        rate=_rate(code, group.rate),
        base=group.net,
        tax=group.tax,
        exemption_reason=reason or "",
        exemption_code=(case.vatex if case else None) or "",
    )


def _joined(first: model.VatBreakdown, second: model.VatBreakdown) -> model.VatBreakdown:
    reasons = dict.fromkeys((first.exemption_reason, second.exemption_reason))
    return model.VatBreakdown(
        category=first.category,
        rate=first.rate,
        base=first.base + second.base,
        tax=first.tax + second.tax,
        exemption_reason="; ".join(reason for reason in reasons if reason),
        exemption_code=first.exemption_code or second.exemption_code,
    )


def _totals(snapshot: Snapshot) -> model.Totals:
    sums = snapshot.totals
    currency = sums.gross.currency
    taken_off = [group.allowance for group in sums.groups]
    allowances = total((amount for amount in taken_off if amount.minor > 0), currency)
    charges = total((-amount for amount in taken_off if amount.minor < 0), currency)
    return model.Totals(
        lines=total((group.lines for group in sums.groups), currency),
        allowances=allowances or None,
        charges=charges or None,
        net=sums.net,
        tax=sums.tax,
        gross=sums.gross,
        prepaid=sums.deducted or None,
        payable=sums.payable,
    )


def _allowance(group: TaxGroup, snapshot: Snapshot) -> model.Adjustment:
    """The discount of one rate; where deductions made the rate negative it gives back, a charge.

    Percent and base stand where they make the amount: what is taken off gross prices may miss it
    by a cent.
    """
    code = category(group.tax_code)
    is_charge = group.allowance.minor < 0
    percent = snapshot.content.discount_rate
    base = Money(abs(group.lines.minor), group.lines.currency)
    is_exact = Money.rounded(base.decimal * percent / 100, base.currency) == abs(group.allowance)
    return model.Adjustment(
        amount=abs(group.allowance),
        reason=_DISCOUNT_WORD[snapshot.content.language],
        reason_code="" if is_charge else _DISCOUNT,
        percent=percent if is_exact else None,
        base=base if is_exact else None,
        is_charge=is_charge,
        category=code,
        rate=_rate(code, group.rate),
    )


def _payment(snapshot: Snapshot) -> model.PaymentInstructions | None:
    seller = snapshot.seller
    debit = snapshot.content.agreement.direct_debit
    if debit and not snapshot.content.is_credit:
        mandate = model.DirectDebit(debit.mandate, debit.creditor_id, debit.iban)
        return model.PaymentInstructions(
            code=_SEPA_DIRECT_DEBIT, reference=snapshot.number, direct_debit=mandate
        )
    if not seller.iban:
        return None
    account = model.CreditTransfer(iban=seller.iban, account_name=seller.name, bic=seller.bic)
    return model.PaymentInstructions(
        code=_SEPA_TRANSFER, reference=snapshot.number, credit_transfers=(account,)
    )
