"""The CII D16B writer (EN 16931-3-3): Factur-X in EN 16931 or EXTENDED, or XRechnung in CII."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from kontorhaus.invoicing.einvoice import cii_party, cii_payment, model, profiles
from kontorhaus.invoicing.einvoice.cii_values import amount, day
from kontorhaus.invoicing.einvoice.markup import NOTHING, Markup, document, leaf, many, node, number

_UNECE = "urn:un:unece:uncefact:data:standard"
_NAMESPACES = {
    "rsm": f"{_UNECE}:CrossIndustryInvoice:100",
    "ram": f"{_UNECE}:ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_UNECE}:QualifiedDataType:100",
    "udt": f"{_UNECE}:UnqualifiedDataType:100",
}
# Why a category and rate bears no tax: EXTENDED tells it of each line and allowance, too.
_Reasons = Mapping[tuple[str, Decimal | None], model.VatBreakdown]


def write(invoice: model.Invoice, *, profile: str = model.EN16931) -> bytes:
    """The invoice as CII in UTF-8; `profile` is its specification identifier (BT-24)."""
    is_extended = profile == profiles.EXTENDED
    reasons = {(vat.category, vat.rate): vat for vat in invoice.vat if is_extended}
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
            day("ram:IssueDateTime", invoice.issue_date),
            *(_note(each) for each in invoice.notes),
        ),
        node(
            "rsm:SupplyChainTradeTransaction",
            many([_line(line, reasons) for line in invoice.lines]),
            _agreement(invoice),
            _delivery(invoice),
            _settlement(invoice, reasons, is_extended),
        ),
    )


def _note(note: model.Note) -> Markup:
    content = leaf("ram:Content", note.text)
    return node("ram:IncludedNote", content, leaf("ram:SubjectCode", note.subject_code))


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


def _day_of_supply(supplied: date | None) -> Markup:
    return node("ram:ActualDeliverySupplyChainEvent", day("ram:OccurrenceDateTime", supplied))


def _settlement(invoice: model.Invoice, reasons: _Reasons, is_extended: bool) -> Markup:
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
        cii_payment.means(payment),
        many([_breakdown(each, invoice.tax_point_date) for each in invoice.vat]),
        _span(invoice.period),
        many([_adjustment(each, reasons) for each in invoice.adjustments]),
        cii_payment.terms(invoice, has_discounts=is_extended),
        _totals(invoice),
        *(_preceding(each) for each in invoice.preceding),
        node(
            "ram:ReceivableSpecifiedTradeAccountingAccount",
            leaf("ram:ID", invoice.references.accounting),
        ),
    )


def _breakdown(vat: model.VatBreakdown, tax_point_date: date | None) -> Markup:
    return node(
        "ram:ApplicableTradeTax",
        amount("ram:CalculatedAmount", vat.tax),
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:ExemptionReason", vat.exemption_reason),
        amount("ram:BasisAmount", vat.base),
        leaf("ram:CategoryCode", vat.category),
        leaf("ram:ExemptionReasonCode", vat.exemption_code),
        day("ram:TaxPointDate", tax_point_date, "udt:DateString"),
        # BR-DE-14 wants a rate even where nothing is taxable (O).
        leaf("ram:RateApplicablePercent", "0" if vat.rate is None else number(vat.rate)),
    )


def _span(span: model.Span | None) -> Markup:
    if span is None:
        return NOTHING
    return node(
        "ram:BillingSpecifiedPeriod",
        day("ram:StartDateTime", span.start),
        day("ram:EndDateTime", span.end),
    )


def _adjustment(adjustment: model.Adjustment, reasons: _Reasons) -> Markup:
    percent = "" if adjustment.percent is None else number(adjustment.percent)
    return node(
        "ram:SpecifiedTradeAllowanceCharge",
        node(
            "ram:ChargeIndicator",
            leaf("udt:Indicator", "true" if adjustment.is_charge else "false"),
        ),
        leaf("ram:CalculationPercent", percent),
        amount("ram:BasisAmount", adjustment.base),
        amount("ram:ActualAmount", adjustment.amount),
        leaf("ram:ReasonCode", adjustment.reason_code),
        leaf("ram:Reason", adjustment.reason),
        _category("ram:CategoryTradeTax", adjustment, reasons),
    )


def _category(tag: str, priced: model.Adjustment | model.Line, reasons: _Reasons) -> Markup:
    if not priced.category:
        return NOTHING
    told = reasons.get((priced.category, priced.rate))
    return node(
        tag,
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:ExemptionReason", told.exemption_reason if told else ""),
        leaf("ram:CategoryCode", priced.category),
        leaf("ram:ExemptionReasonCode", told.exemption_code if told else ""),
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
        amount("ram:LineTotalAmount", totals.lines),
        amount("ram:ChargeTotalAmount", totals.charges),
        amount("ram:AllowanceTotalAmount", totals.allowances),
        amount("ram:TaxBasisTotalAmount", totals.net),
        *taxes,
        amount("ram:RoundingAmount", totals.rounding),
        amount("ram:GrandTotalAmount", totals.gross),
        amount("ram:TotalPrepaidAmount", totals.prepaid),
        amount("ram:DuePayableAmount", totals.payable),
    )


def _preceding(preceding: model.PrecedingInvoice) -> Markup:
    return node(
        "ram:InvoiceReferencedDocument",
        leaf("ram:IssuerAssignedID", preceding.number),
        day("ram:FormattedIssueDateTime", preceding.issue_date, "qdt:DateTimeString"),
    )


def _line(line: model.Line, reasons: _Reasons) -> Markup:
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
            _category("ram:ApplicableTradeTax", line, reasons),
            _span(line.period),
            many([_adjustment(each, reasons) for each in line.adjustments]),
            node(
                "ram:SpecifiedTradeSettlementLineMonetarySummation",
                amount("ram:LineTotalAmount", line.net),
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
