"""The UBL 2.1 writer: Invoice, or CreditNote for the type codes of one (EN 16931-3-2)."""

from __future__ import annotations

import base64

from kontorhaus.invoicing.einvoice import model, ubl_party
from kontorhaus.invoicing.einvoice.markup import (
    NOTHING,
    Markup,
    day,
    document,
    leaf,
    many,
    node,
    number,
)
from kontorhaus.kernel.money import Money

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
_COMMON = {
    "cac": f"{_OASIS}:CommonAggregateComponents-2",
    "cbc": f"{_OASIS}:CommonBasicComponents-2",
}


def write(invoice: model.Invoice, *, profile: str = model.XRECHNUNG) -> bytes:
    """The invoice as UBL in UTF-8; `profile` is its specification identifier (BT-24)."""
    kind = "CreditNote" if invoice.is_credit_note else "Invoice"
    return document(
        f"ubl:{kind}",
        {"ubl": f"{_OASIS}:{kind}-2", **_COMMON},
        _head(invoice, kind, profile),
        _references(invoice, kind),
        node("cac:AccountingSupplierParty", ubl_party.party(invoice.seller, _creditor(invoice))),
        node("cac:AccountingCustomerParty", ubl_party.party(invoice.buyer, "")),
        ubl_party.payee(invoice.payee),
        ubl_party.tax_representative(invoice.tax_representative),
        _delivery(invoice.delivery),
        _payment(invoice, kind),
        node("cac:PaymentTerms", leaf("cbc:Note", model.terms_text(invoice))),
        many([_adjustment(each) for each in invoice.adjustments]),
        _taxes(invoice),
        _totals(invoice.totals),
        many([_line(invoice, line, kind) for line in invoice.lines]),
    )


def _head(invoice: model.Invoice, kind: str, profile: str) -> Markup:
    notes = [
        leaf("cbc:Note", f"#{note.subject_code}#{note.text}" if note.subject_code else note.text)
        for note in invoice.notes
    ]
    is_invoice = kind == "Invoice"
    type_code = leaf(f"cbc:{kind}TypeCode", invoice.type_code)
    tax_point = leaf("cbc:TaxPointDate", day(invoice.tax_point_date))
    return many(
        [
            leaf("cbc:CustomizationID", profile),
            leaf("cbc:ProfileID", model.PEPPOL_BILLING),
            leaf("cbc:ID", invoice.number),
            leaf("cbc:IssueDate", day(invoice.issue_date)),
            leaf("cbc:DueDate", day(invoice.due_date)) if is_invoice else tax_point,
            type_code,
            *notes,
            tax_point if is_invoice else NOTHING,
            leaf("cbc:DocumentCurrencyCode", invoice.currency),
            leaf("cbc:TaxCurrencyCode", invoice.tax_currency),
            leaf("cbc:AccountingCost", invoice.references.accounting),
            leaf("cbc:BuyerReference", invoice.buyer_reference),
            _span(invoice.period),
        ]
    )


def _references(invoice: model.Invoice, kind: str) -> Markup:
    refer = invoice.references
    # UBL demands an order id where only the seller's order is known.
    order = refer.order or ("NA" if refer.sales_order else "")
    tender = node("cac:OriginatorDocumentReference", leaf("cbc:ID", refer.tender))
    contract = node("cac:ContractDocumentReference", leaf("cbc:ID", refer.contract))
    further = many([_object(refer.object_id), *(_attachment(a) for a in invoice.attachments)])
    is_invoice = kind == "Invoice"
    # A credit note has no ProjectReference: the project is a document of type 50 there.
    project = (
        node("cac:ProjectReference", leaf("cbc:ID", refer.project))
        if is_invoice
        else _typed_reference("cac:AdditionalDocumentReference", refer.project, "50")
    )
    return many(
        [
            node(
                "cac:OrderReference",
                leaf("cbc:ID", order),
                leaf("cbc:SalesOrderID", refer.sales_order),
            ),
            *(_preceding(each) for each in invoice.preceding),
            node("cac:DespatchDocumentReference", leaf("cbc:ID", refer.despatch_advice)),
            node("cac:ReceiptDocumentReference", leaf("cbc:ID", refer.receiving_advice)),
            *((tender, contract, further, project) if is_invoice else ()),
            *(() if is_invoice else (contract, project, further, tender)),
        ]
    )


def _preceding(preceding: model.PrecedingInvoice) -> Markup:
    return node(
        "cac:BillingReference",
        node(
            "cac:InvoiceDocumentReference",
            leaf("cbc:ID", preceding.number),
            leaf("cbc:IssueDate", day(preceding.issue_date)),
        ),
    )


def _typed_reference(tag: str, value: str, code: str, scheme: str = "") -> Markup:
    if not value:
        return NOTHING
    return node(tag, leaf("cbc:ID", value, schemeID=scheme), leaf("cbc:DocumentTypeCode", code))


def _object(identifier: model.Identifier | None) -> Markup:
    if identifier is None:
        return NOTHING
    tag = "cac:AdditionalDocumentReference"
    return _typed_reference(tag, identifier.value, "130", identifier.scheme)


def _attachment(attachment: model.Attachment) -> Markup:
    content = leaf(
        "cbc:EmbeddedDocumentBinaryObject",
        base64.b64encode(attachment.content).decode(),
        mimeCode=attachment.mime_type,
        filename=attachment.file_name,
    )
    return node(
        "cac:AdditionalDocumentReference",
        leaf("cbc:ID", attachment.reference),
        leaf("cbc:DocumentDescription", attachment.description),
        node(
            "cac:Attachment",
            content,
            node("cac:ExternalReference", leaf("cbc:URI", attachment.url)),
        ),
    )


def _span(span: model.Span | None) -> Markup:
    if span is None:
        return NOTHING
    return node(
        "cac:InvoicePeriod",
        leaf("cbc:StartDate", day(span.start)),
        leaf("cbc:EndDate", day(span.end)),
    )


def _delivery(delivery: model.Delivery | None) -> Markup:
    if delivery is None:
        return NOTHING
    return node(
        "cac:Delivery",
        leaf("cbc:ActualDeliveryDate", day(delivery.day)),
        node(
            "cac:DeliveryLocation",
            ubl_party.identified("cbc:ID", delivery.location),
            ubl_party.address("cac:Address", delivery.address),
        ),
        node("cac:DeliveryParty", node("cac:PartyName", leaf("cbc:Name", delivery.name))),
    )


def _creditor(invoice: model.Invoice) -> str:
    """BT-90 stands among the seller's ids, with the scheme SEPA."""
    payment = invoice.payment
    return payment.direct_debit.creditor_id if payment and payment.direct_debit else ""


def _payment(invoice: model.Invoice, kind: str) -> Markup:
    payment = invoice.payment
    if payment is None:
        return NOTHING
    due = leaf("cbc:PaymentDueDate", day(invoice.due_date)) if kind == "CreditNote" else NOTHING
    # UBL names one account per PaymentMeans: several accounts repeat the group.
    accounts = [_account(transfer) for transfer in payment.credit_transfers] or [NOTHING]
    return many(
        [
            node(
                "cac:PaymentMeans",
                leaf("cbc:PaymentMeansCode", payment.code, name=payment.text),
                due,
                leaf("cbc:PaymentID", payment.reference),
                _card(payment.card),
                account,
                _mandate(payment.direct_debit),
            )
            for account in accounts
        ]
    )


def _account(transfer: model.CreditTransfer) -> Markup:
    return node(
        "cac:PayeeFinancialAccount",
        leaf("cbc:ID", transfer.iban),
        leaf("cbc:Name", transfer.account_name),
        node("cac:FinancialInstitutionBranch", leaf("cbc:ID", transfer.bic)),
    )


def _card(card: model.Card | None) -> Markup:
    if card is None:
        return NOTHING
    return node(
        "cac:CardAccount",
        leaf("cbc:PrimaryAccountNumberID", card.number),
        # UBL demands a network; EN 16931 knows none.
        leaf("cbc:NetworkID", "NA"),
        leaf("cbc:HolderName", card.holder),
    )


def _mandate(debit: model.DirectDebit | None) -> Markup:
    if debit is None:
        return NOTHING
    account = node("cac:PayerFinancialAccount", leaf("cbc:ID", debit.iban))
    return node("cac:PaymentMandate", leaf("cbc:ID", debit.mandate), account)


def _money(tag: str, amount: Money | None) -> Markup:
    if amount is None:
        return NOTHING
    return leaf(tag, str(amount.decimal), currencyID=amount.currency)


def _adjustment(adjustment: model.Adjustment) -> Markup:
    percent = "" if adjustment.percent is None else number(adjustment.percent)
    return node(
        "cac:AllowanceCharge",
        leaf("cbc:ChargeIndicator", "true" if adjustment.is_charge else "false"),
        leaf("cbc:AllowanceChargeReasonCode", adjustment.reason_code),
        leaf("cbc:AllowanceChargeReason", adjustment.reason),
        leaf("cbc:MultiplierFactorNumeric", percent),
        _money("cbc:Amount", adjustment.amount),
        _money("cbc:BaseAmount", adjustment.base),
        _category("cac:TaxCategory", adjustment),
    )


def _category(tag: str, priced: model.Adjustment | model.Line) -> Markup:
    if not priced.category:
        return NOTHING
    rate = "" if priced.rate is None else number(priced.rate)
    return node(tag, leaf("cbc:ID", priced.category), leaf("cbc:Percent", rate), ubl_party.scheme())


def _taxes(invoice: model.Invoice) -> Markup:
    return many(
        [
            node(
                "cac:TaxTotal",
                _money("cbc:TaxAmount", invoice.totals.tax),
                *(_breakdown(each) for each in invoice.vat),
            ),
            node("cac:TaxTotal", _money("cbc:TaxAmount", invoice.totals.tax_in_tax_currency)),
        ]
    )


def _breakdown(vat: model.VatBreakdown) -> Markup:
    return node(
        "cac:TaxSubtotal",
        _money("cbc:TaxableAmount", vat.base),
        _money("cbc:TaxAmount", vat.tax),
        node(
            "cac:TaxCategory",
            leaf("cbc:ID", vat.category),
            # BR-DE-14 wants a rate even where nothing is taxable (O).
            leaf("cbc:Percent", "0" if vat.rate is None else number(vat.rate)),
            leaf("cbc:TaxExemptionReasonCode", vat.exemption_code),
            leaf("cbc:TaxExemptionReason", vat.exemption_reason),
            ubl_party.scheme(),
        ),
    )


def _totals(totals: model.Totals) -> Markup:
    return node(
        "cac:LegalMonetaryTotal",
        _money("cbc:LineExtensionAmount", totals.lines),
        _money("cbc:TaxExclusiveAmount", totals.net),
        _money("cbc:TaxInclusiveAmount", totals.gross),
        _money("cbc:AllowanceTotalAmount", totals.allowances),
        _money("cbc:ChargeTotalAmount", totals.charges),
        _money("cbc:PrepaidAmount", totals.prepaid),
        _money("cbc:PayableRoundingAmount", totals.rounding),
        _money("cbc:PayableAmount", totals.payable),
    )


def _line(invoice: model.Invoice, line: model.Line, kind: str) -> Markup:
    quantity, price = model.positive_price(line.quantity, line.unit_price)
    tag = "cbc:CreditedQuantity" if kind == "CreditNote" else "cbc:InvoicedQuantity"
    base = line.base_quantity
    return node(
        f"cac:{kind}Line",
        leaf("cbc:ID", line.id),
        leaf("cbc:Note", line.note),
        leaf(tag, number(quantity), unitCode=line.unit_code),
        _money("cbc:LineExtensionAmount", line.net),
        leaf("cbc:AccountingCost", line.accounting_reference),
        _span(line.period),
        node("cac:OrderLineReference", leaf("cbc:LineID", line.order_line)),
        _line_object(line.object_id),
        many([_adjustment(each) for each in line.adjustments]),
        _item(line),
        node(
            "cac:Price",
            leaf("cbc:PriceAmount", number(price), currencyID=invoice.currency),
            leaf("cbc:BaseQuantity", number(base), unitCode=line.unit_code) if base else NOTHING,
        ),
    )


def _line_object(identifier: model.Identifier | None) -> Markup:
    if identifier is None:
        return NOTHING
    tag = "cac:DocumentReference"
    return _typed_reference(tag, identifier.value, "130", identifier.scheme)


def _item(line: model.Line) -> Markup:
    return node(
        "cac:Item",
        leaf("cbc:Description", line.description),
        leaf("cbc:Name", line.name),
        node("cac:BuyersItemIdentification", leaf("cbc:ID", line.buyer_item_id)),
        node("cac:SellersItemIdentification", leaf("cbc:ID", line.seller_item_id)),
        node(
            "cac:StandardItemIdentification", ubl_party.identified("cbc:ID", line.standard_item_id)
        ),
        node("cac:OriginCountry", leaf("cbc:IdentificationCode", line.origin_country)),
        _category("cac:ClassifiedTaxCategory", line),
        many(
            [
                node("cac:AdditionalItemProperty", leaf("cbc:Name", name), leaf("cbc:Value", value))
                for name, value in line.attributes
            ]
        ),
    )
