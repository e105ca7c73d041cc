"""The CII D16B writer (EN 16931-3-3): Factur-X in profile EN 16931, or XRechnung in CII."""

from __future__ import annotations

import base64
from datetime import date

from kontorhaus.invoicing.einvoice import cii_party, model, profiles
from kontorhaus.invoicing.einvoice.markup import NOTHING, Markup, document, leaf, many, node, number
from kontorhaus.kernel.money import Money

_UNECE = "urn:un:unece:uncefact:data:standard"
_NAMESPACES = {
    "rsm": f"{_UNECE}:CrossIndustryInvoice:100",
    "ram": f"{_UNECE}:ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_UNECE}:QualifiedDataType:100",
    "udt": f"{_UNECE}:UnqualifiedDataType:100",
}


def write(invoice: model.Invoice, *, profile: str = model.EN16931) -> bytes:
    """The invoice as CII in UTF-8; `profile` is its specification identifier (BT-24)."""
    process = model.PEPPOL_BILLING if profile == model.XRECHNUNG else ""
    return document(
        "rsm:CrossIndustryInvoice",
        _NAMESPACES,
        node(
            "rsm:ExchangedDocumentContext",
            node(
                "ram:BusinessProcessSpecifiedDocumentContextParameter",
                leaf("ram:ID", process),
            ),
            node("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", profile)),
        ),
        node(
            "rsm:ExchangedDocument",
            leaf("ram:ID", invoice.number),
            leaf("ram:TypeCode", invoice.type_code),
            _day("ram:IssueDateTime", invoice.issue_date),
            *(_note(each) for each in invoice.notes),
        ),
        node(
            "rsm:SupplyChainTradeTransaction",
            many([_line(line) for line in invoice.lines]),
            _agreement(invoice),
            _delivery(invoice),
            _settlement(invoice, profile),
        ),
    )


def _day(tag: str, value: date | None, kind: str = "udt:DateTimeString") -> Markup:
    # Format 102 of UNTDID 2379: CCYYMMDD.
    return node(tag, leaf(kind, f"{value:%Y%m%d}", format="102")) if value else NOTHING


def _note(note: model.Note) -> Markup:
    content = leaf("ram:Content", note.text)
    return node("ram:IncludedNote", content, leaf("ram:SubjectCode", note.subject_code))


def _money(tag: str, amount: Money | None) -> Markup:
    return NOTHING if amount is None else leaf(tag, str(amount.decimal))


def _agreement(invoice: model.Invoice) -> Markup:
    refer = invoice.references
    representative = invoice.tax_representative
    project = leaf("ram:ID", refer.project)
    return node(
        "ram:ApplicableHeaderTradeAgreement",
        leaf("ram:BuyerReference", invoice.buyer_reference),
        cii_party.party("ram:SellerTradeParty", invoice.seller),
        cii_party.party("ram:BuyerTradeParty", invoice.buyer),
        node(
            "ram:SellerTaxRepresentativeTradeParty",
            leaf("ram:Name", representative.name),
            cii_party.address(representative.address),
            cii_party.registration(representative.vat_id, "VA"),
        )
        if representative
        else NOTHING,
        _reference("ram:SellerOrderReferencedDocument", refer.sales_order),
        _reference("ram:BuyerOrderReferencedDocument", refer.order),
        _reference("ram:ContractReferencedDocument", refer.contract),
        many([_attachment(each) for each in invoice.attachments]),
        _typed_reference(refer.tender, "50"),
        _object(refer.object_id),
        # CII demands a name for a project; EN 16931 knows only its reference.
        node("ram:SpecifiedProcuringProject", project, leaf("ram:Name", "Project Reference"))
        if project
        else NOTHING,
    )


def _reference(tag: str, value: str) -> Markup:
    return node(tag, leaf("ram:IssuerAssignedID", value))


def _typed_reference(value: str, code: str, scheme: str = "") -> Markup:
    if not value:
        return NOTHING
    return node(
        "ram:AdditionalReferencedDocument",
        leaf("ram:IssuerAssignedID", value),
        leaf("ram:TypeCode", code),
        leaf("ram:ReferenceTypeCode", scheme),
    )


def _object(identifier: model.Identifier | None) -> Markup:
    if identifier is None:
        return NOTHING
    return _typed_reference(identifier.value, "130", identifier.scheme)


def _attachment(attachment: model.Attachment) -> Markup:
    return node(
        "ram:AdditionalReferencedDocument",
        leaf("ram:IssuerAssignedID", attachment.reference),
        leaf("ram:URIID", attachment.url),
        leaf("ram:TypeCode", "916"),
        leaf("ram:Name", attachment.description),
        leaf(
            "ram:AttachmentBinaryObject",
            base64.b64encode(attachment.content).decode(),
            mimeCode=attachment.mime_type,
            filename=attachment.file_name,
        ),
    )


def _delivery(invoice: model.Invoice) -> Markup:
    delivery = invoice.delivery or model.Delivery()
    refer = invoice.references
    # CII demands this group, which must not be empty: the end of the period completes the supply.
    done = delivery.day or (invoice.period.end if invoice.period else None)
    location = delivery.location
    place = "ram:GlobalID" if location and location.scheme else "ram:ID"
    inside = [
        node(
            "ram:ShipToTradeParty",
            cii_party.identified(place, location),
            leaf("ram:Name", delivery.name),
            cii_party.address(delivery.address),
        ),
        _day_of_supply(done),
        _reference("ram:DespatchAdviceReferencedDocument", refer.despatch_advice),
        _reference("ram:ReceivingAdviceReferencedDocument", refer.receiving_advice),
    ]
    tag = "ram:ApplicableHeaderTradeDelivery"
    return node(tag, *inside) or Markup(f"<{tag}/>")


def _day_of_supply(day: date | None) -> Markup:
    return node("ram:ActualDeliverySupplyChainEvent", _day("ram:OccurrenceDateTime", day))


def _settlement(invoice: model.Invoice, profile: str) -> Markup:
    payment = invoice.payment or model.PaymentInstructions("")
    debit = payment.direct_debit
    payee = invoice.payee
    return node(
        "ram:ApplicableHeaderTradeSettlement",
        leaf("ram:CreditorReferenceID", debit.creditor_id if debit else ""),
        leaf("ram:PaymentReference", payment.reference),
        leaf("ram:TaxCurrencyCode", invoice.tax_currency),
        leaf("ram:InvoiceCurrencyCode", invoice.currency),
        cii_party.payee(payee),
        _payment(payment),
        many([_breakdown(each, invoice.tax_point_date) for each in invoice.vat]),
        _span(invoice.period),
        many([_adjustment(each) for each in invoice.adjustments]),
        _terms(invoice, has_discounts=profile == profiles.EXTENDED),
        _totals(invoice),
        *(_preceding(each) for each in invoice.preceding),
        node(
            "ram:ReceivableSpecifiedTradeAccountingAccount",
            leaf("ram:ID", invoice.references.accounting),
        ),
    )


def _terms(invoice: model.Invoice, *, has_discounts: bool) -> Markup:
    """BT-20, BT-9 and BT-89; EXTENDED alone knows cash discounts, one group for each."""
    debit = invoice.payment.direct_debit if invoice.payment else None
    text = invoice.payment_terms if has_discounts else model.terms_text(invoice)
    usual = node(
        "ram:SpecifiedTradePaymentTerms",
        leaf("ram:Description", text),
        _day("ram:DueDateDateTime", invoice.due_date),
        leaf("ram:DirectDebitMandateID", debit.mandate if debit else ""),
    )
    offered = [_discount(each, invoice) for each in invoice.discounts if has_discounts]
    return many([usual, *offered])


def _discount(discount: model.CashDiscount, invoice: model.Invoice) -> Markup:
    base = discount.base or invoice.totals.payable
    off = Money.rounded(base.decimal * discount.percent / 100, base.currency)
    return node(
        "ram:SpecifiedTradePaymentTerms",
        node(
            "ram:ApplicableTradePaymentDiscountTerms",
            _day("ram:BasisDateTime", invoice.issue_date),
            leaf("ram:BasisPeriodMeasure", str(discount.days), unitCode="DAY"),
            _money("ram:BasisAmount", base),
            leaf("ram:CalculationPercent", number(discount.percent)),
            _money("ram:ActualDiscountAmount", off),
        ),
    )


def _payment(payment: model.PaymentInstructions) -> Markup:
    if not payment.code:
        return NOTHING
    card, debit = payment.card, payment.direct_debit
    transfers = payment.credit_transfers or (model.CreditTransfer(""),)
    return many(
        [
            node(
                "ram:SpecifiedTradeSettlementPaymentMeans",
                leaf("ram:TypeCode", payment.code),
                leaf("ram:Information", payment.text),
                node(
                    "ram:ApplicableTradeSettlementFinancialCard",
                    leaf("ram:ID", card.number if card else ""),
                    leaf("ram:CardholderName", card.holder if card else ""),
                ),
                node(
                    "ram:PayerPartyDebtorFinancialAccount",
                    leaf("ram:IBANID", debit.iban if debit else ""),
                ),
                node(
                    "ram:PayeePartyCreditorFinancialAccount",
                    leaf("ram:IBANID", transfer.iban),
                    leaf("ram:AccountName", transfer.account_name),
                ),
                node(
                    "ram:PayeeSpecifiedCreditorFinancialInstitution",
                    leaf("ram:BICID", transfer.bic),
                ),
            )
            for transfer in transfers
        ]
    )


def _breakdown(vat: model.VatBreakdown, tax_point_date: date | None) -> Markup:
    return node(
        "ram:ApplicableTradeTax",
        _money("ram:CalculatedAmount", vat.tax),
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:ExemptionReason", vat.exemption_reason),
        _money("ram:BasisAmount", vat.base),
        leaf("ram:CategoryCode", vat.category),
        leaf("ram:ExemptionReasonCode", vat.exemption_code),
        _day("ram:TaxPointDate", tax_point_date, "udt:DateString"),
        # BR-DE-14 wants a rate even where nothing is taxable (O).
        leaf("ram:RateApplicablePercent", "0" if vat.rate is None else number(vat.rate)),
    )


def _span(span: model.Span | None) -> Markup:
    if span is None:
        return NOTHING
    return node(
        "ram:BillingSpecifiedPeriod",
        _day("ram:StartDateTime", span.start),
        _day("ram:EndDateTime", span.end),
    )


def _adjustment(adjustment: model.Adjustment) -> Markup:
    percent = "" if adjustment.percent is None else number(adjustment.percent)
    return node(
        "ram:SpecifiedTradeAllowanceCharge",
        node(
            "ram:ChargeIndicator",
            leaf("udt:Indicator", "true" if adjustment.is_charge else "false"),
        ),
        leaf("ram:CalculationPercent", percent),
        _money("ram:BasisAmount", adjustment.base),
        _money("ram:ActualAmount", adjustment.amount),
        leaf("ram:ReasonCode", adjustment.reason_code),
        leaf("ram:Reason", adjustment.reason),
        _category("ram:CategoryTradeTax", adjustment),
    )


def _category(tag: str, priced: model.Adjustment | model.Line) -> Markup:
    if not priced.category:
        return NOTHING
    return node(
        tag,
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:CategoryCode", priced.category),
        leaf("ram:RateApplicablePercent", "" if priced.rate is None else number(priced.rate)),
    )


def _totals(invoice: model.Invoice) -> Markup:
    totals = invoice.totals
    taxes = [
        leaf("ram:TaxTotalAmount", str(tax.decimal), currencyID=tax.currency)
        for tax in (totals.tax, totals.tax_in_tax_currency)
        if tax is not None
    ]
    return node(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        _money("ram:LineTotalAmount", totals.lines),
        _money("ram:ChargeTotalAmount", totals.charges),
        _money("ram:AllowanceTotalAmount", totals.allowances),
        _money("ram:TaxBasisTotalAmount", totals.net),
        *taxes,
        _money("ram:RoundingAmount", totals.rounding),
        _money("ram:GrandTotalAmount", totals.gross),
        _money("ram:TotalPrepaidAmount", totals.prepaid),
        _money("ram:DuePayableAmount", totals.payable),
    )


def _preceding(preceding: model.PrecedingInvoice) -> Markup:
    return node(
        "ram:InvoiceReferencedDocument",
        leaf("ram:IssuerAssignedID", preceding.number),
        _day("ram:FormattedIssueDateTime", preceding.issue_date, "qdt:DateTimeString"),
    )


def _line(line: model.Line) -> Markup:
    return node(
        "ram:IncludedSupplyChainTradeLineItem",
        node(
            "ram:AssociatedDocumentLineDocument",
            leaf("ram:LineID", line.id),
            node("ram:IncludedNote", leaf("ram:Content", line.note)),
        ),
        node(
            "ram:SpecifiedTradeProduct",
            cii_party.identified("ram:GlobalID", line.standard_item_id),
            leaf("ram:SellerAssignedID", line.seller_item_id),
            leaf("ram:BuyerAssignedID", line.buyer_item_id),
            leaf("ram:Name", line.name),
            leaf("ram:Description", line.description),
            *(
                node(
                    "ram:ApplicableProductCharacteristic",
                    leaf("ram:Description", name),
                    leaf("ram:Value", value),
                )
                for name, value in line.attributes
            ),
            node("ram:OriginTradeCountry", leaf("ram:ID", line.origin_country)),
        ),
        _line_price(line),
        node(
            "ram:SpecifiedLineTradeSettlement",
            _category("ram:ApplicableTradeTax", line),
            _span(line.period),
            many([_adjustment(each) for each in line.adjustments]),
            node(
                "ram:SpecifiedTradeSettlementLineMonetarySummation",
                _money("ram:LineTotalAmount", line.net),
            ),
            _object(line.object_id),
            node(
                "ram:ReceivableSpecifiedTradeAccountingAccount",
                leaf("ram:ID", line.accounting_reference),
            ),
        ),
    )


def _line_price(line: model.Line) -> Markup:
    quantity, price = model.positive_price(line.quantity, line.unit_price)
    base = line.base_quantity
    return many(
        [
            node(
                "ram:SpecifiedLineTradeAgreement",
                node(
                    "ram:BuyerOrderReferencedDocument",
                    leaf("ram:LineID", line.order_line),
                ),
                node(
                    "ram:NetPriceProductTradePrice",
                    leaf("ram:ChargeAmount", number(price)),
                    leaf("ram:BasisQuantity", number(base), unitCode=line.unit_code)
                    if base
                    else NOTHING,
                ),
            ),
            node(
                "ram:SpecifiedLineTradeDelivery",
                leaf("ram:BilledQuantity", number(quantity), unitCode=line.unit_code),
            ),
        ]
    )
