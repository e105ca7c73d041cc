"""Where each business term of EN 16931 stands in UBL and in CII (EN 16931-3-2, EN 16931-3-3).

A row is a term or group, the group it belongs to ("" = the document), and its XPath from there in
both syntaxes; None where a syntax does not know it. BT-DEX and BG-DEX are XRechnung's extension.
"""

from __future__ import annotations

from typing import NamedTuple

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}


class Binding(NamedTuple):
    """A term's place: the group it belongs to, and its XPath from that group."""

    home: str
    ubl: str | None
    cii: str | None


_CTX = "rsm:ExchangedDocumentContext"
_DOC = "rsm:ExchangedDocument"
_DEAL = "rsm:SupplyChainTradeTransaction"
_AGR = f"{_DEAL}/ram:ApplicableHeaderTradeAgreement"
_DEL = f"{_DEAL}/ram:ApplicableHeaderTradeDelivery"
_SET = f"{_DEAL}/ram:ApplicableHeaderTradeSettlement"
_SUM = "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE = f"{_DEAL}/ram:IncludedSupplyChainTradeLineItem"
_LINE_SET = "ram:SpecifiedLineTradeSettlement"
_NET, _GROSS = "ram:NetPriceProductTradePrice", "ram:GrossPriceProductTradePrice"
_OFF = f"{_GROSS}/ram:AppliedTradeAllowanceCharge"
_TERMS = "ram:SpecifiedTradePaymentTerms"
_FROM, _TO = "ram:StartDateTime/udt:DateTimeString", "ram:EndDateTime/udt:DateTimeString"
_UBL_LINE = "cac:InvoiceLine|cac:CreditNoteLine"

_DOCUMENT = {
    "BT-1": Binding("", "cbc:ID", f"{_DOC}/ram:ID"),
    "BT-2": Binding("", "cbc:IssueDate", f"{_DOC}/ram:IssueDateTime/udt:DateTimeString"),
    "BT-3": Binding("", "cbc:InvoiceTypeCode|cbc:CreditNoteTypeCode", f"{_DOC}/ram:TypeCode"),
    "BT-5": Binding("", "cbc:DocumentCurrencyCode", f"{_SET}/ram:InvoiceCurrencyCode"),
    "BT-6": Binding("", "cbc:TaxCurrencyCode", f"{_SET}/ram:TaxCurrencyCode"),
    "BT-10": Binding("", "cbc:BuyerReference", f"{_AGR}/ram:BuyerReference"),
    "BT-12": Binding(
        "",
        "cac:ContractDocumentReference/cbc:ID",
        f"{_AGR}/ram:ContractReferencedDocument/ram:IssuerAssignedID",
    ),
    "BT-17": Binding(
        "",
        "cac:OriginatorDocumentReference/cbc:ID",
        f"{_AGR}/ram:AdditionalReferencedDocument[ram:TypeCode='50']/ram:IssuerAssignedID",
    ),
    "BT-20": Binding("", "cac:PaymentTerms/cbc:Note", f"{_SET}/{_TERMS}/ram:Description"),
    "BT-23": Binding(
        "", "cbc:ProfileID", f"{_CTX}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    ),
    "BT-24": Binding(
        "", "cbc:CustomizationID", f"{_CTX}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    ),
    "BG-3": Binding(
        "",
        "cac:BillingReference/cac:InvoiceDocumentReference",
        f"{_SET}/ram:InvoiceReferencedDocument",
    ),
    "BT-72": Binding(
        "",
        "cac:Delivery/cbc:ActualDeliveryDate",
        f"{_DEL}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime",
    ),
    "BG-14": Binding("", "cac:InvoicePeriod", f"{_SET}/ram:BillingSpecifiedPeriod"),
    "BT-73": Binding("BG-14", "cbc:StartDate", _FROM),
    "BT-74": Binding("BG-14", "cbc:EndDate", _TO),
    # Empty elements; CII cannot do without the delivery group.
    "EMPTY": Binding(
        "",
        "//*[not(*) and not(normalize-space())]",
        "//*[not(*) and not(normalize-space())][not(self::ram:ApplicableHeaderTradeDelivery)]",
    ),
}

_PARTIES = {
    "BG-4": Binding("", "cac:AccountingSupplierParty/cac:Party", f"{_AGR}/ram:SellerTradeParty"),
    "BT-27": Binding("BG-4", "cac:PartyLegalEntity/cbc:RegistrationName", "ram:Name"),
    "BT-31": Binding(
        "BG-4",
        "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID",
        "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
    ),
    "BT-32": Binding(
        "BG-4",
        "cac:PartyTaxScheme[not(cac:TaxScheme/cbc:ID='VAT')]/cbc:CompanyID",
        "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='FC']",
    ),
    "BT-34": Binding("BG-4", "cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID"),
    "BG-5": Binding("BG-4", "cac:PostalAddress", "ram:PostalTradeAddress"),
    "BT-37": Binding("BG-5", "cbc:CityName", "ram:CityName"),
    "BT-38": Binding("BG-5", "cbc:PostalZone", "ram:PostcodeCode"),
    "BG-6": Binding("BG-4", "cac:Contact", "ram:DefinedTradeContact"),
    "BT-41": Binding("BG-6", "cbc:Name", "ram:PersonName|ram:DepartmentName"),
    "BT-42": Binding(
        "BG-6", "cbc:Telephone", "ram:TelephoneUniversalCommunication/ram:CompleteNumber"
    ),
    "BT-43": Binding("BG-6", "cbc:ElectronicMail", "ram:EmailURIUniversalCommunication/ram:URIID"),
    "BG-7": Binding("", "cac:AccountingCustomerParty/cac:Party", f"{_AGR}/ram:BuyerTradeParty"),
    "BT-44": Binding("BG-7", "cac:PartyLegalEntity/cbc:RegistrationName", "ram:Name"),
    "BT-48": Binding(
        "BG-7",
        "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID",
        "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
    ),
    "BT-49": Binding("BG-7", "cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID"),
    "BG-8": Binding("BG-7", "cac:PostalAddress", "ram:PostalTradeAddress"),
    "BT-52": Binding("BG-8", "cbc:CityName", "ram:CityName"),
    "BT-53": Binding("BG-8", "cbc:PostalZone", "ram:PostcodeCode"),
    "BG-11": Binding(
        "", "cac:TaxRepresentativeParty", f"{_AGR}/ram:SellerTaxRepresentativeTradeParty"
    ),
    "BG-15": Binding(
        "",
        "cac:Delivery/cac:DeliveryLocation/cac:Address",
        f"{_DEL}/ram:ShipToTradeParty/ram:PostalTradeAddress",
    ),
    "BT-77": Binding("BG-15", "cbc:CityName", "ram:CityName"),
    "BT-78": Binding("BG-15", "cbc:PostalZone", "ram:PostcodeCode"),
}

_PAYMENT = {
    "BG-16": Binding("", "cac:PaymentMeans", f"{_SET}/ram:SpecifiedTradeSettlementPaymentMeans"),
    "BT-81": Binding("BG-16", "cbc:PaymentMeansCode", "ram:TypeCode"),
    "BG-17": Binding(
        "BG-16", "cac:PayeeFinancialAccount", "ram:PayeePartyCreditorFinancialAccount"
    ),
    "BT-84": Binding("BG-17", "cbc:ID", "ram:IBANID|ram:ProprietaryID"),
    "BT-86": Binding(
        "BG-16",
        "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch",
        "ram:PayeeSpecifiedCreditorFinancialInstitution",
    ),
    "BG-18": Binding("BG-16", "cac:CardAccount", "ram:ApplicableTradeSettlementFinancialCard"),
    # CII has no element for direct debit: each of its three terms tells that it is meant.
    "BG-19": Binding(
        "BG-16",
        "cac:PaymentMandate",
        f"../{_TERMS}/ram:DirectDebitMandateID|../ram:CreditorReferenceID"
        "|ram:PayerPartyDebtorFinancialAccount/ram:IBANID",
    ),
    "BT-89": Binding("BG-16", "cac:PaymentMandate/cbc:ID", f"../{_TERMS}/ram:DirectDebitMandateID"),
    "BT-90": Binding(
        "",
        "cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']"
        "|cac:PayeeParty/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']",
        f"{_SET}/ram:CreditorReferenceID",
    ),
    "BT-91": Binding(
        "BG-16",
        "cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID",
        "ram:PayerPartyDebtorFinancialAccount/ram:IBANID",
    ),
}

_SUMS = {
    # Allowances and charges of the document (BG-20, BG-21) and of its lines (BG-27, BG-28).
    "BG-20": Binding(
        "",
        "cac:AllowanceCharge|cac:InvoiceLine/cac:AllowanceCharge"
        "|cac:CreditNoteLine/cac:AllowanceCharge",
        f"{_SET}/ram:SpecifiedTradeAllowanceCharge"
        f"|{_LINE}/{_LINE_SET}/ram:SpecifiedTradeAllowanceCharge",
    ),
    "BT-92": Binding("BG-20", "cbc:Amount", "ram:ActualAmount"),
    "BT-93": Binding("BG-20", "cbc:BaseAmount", "ram:BasisAmount"),
    "BT-94": Binding("BG-20", "cbc:MultiplierFactorNumeric", "ram:CalculationPercent"),
    "INDICATOR": Binding("BG-20", "cbc:ChargeIndicator", "ram:ChargeIndicator/udt:Indicator"),
    "BT-95": Binding(
        "",
        "cac:AllowanceCharge/cac:TaxCategory/cbc:ID",
        f"{_SET}/ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax/ram:CategoryCode",
    ),
    "BT-110": Binding(
        "",
        "cac:TaxTotal[cac:TaxSubtotal]/cbc:TaxAmount",
        f"{_SET}/{_SUM}/ram:TaxTotalAmount[@currencyID=../../ram:InvoiceCurrencyCode]",
    ),
    "BT-111": Binding(
        "",
        "cac:TaxTotal[not(cac:TaxSubtotal)]/cbc:TaxAmount",
        f"{_SET}/{_SUM}/ram:TaxTotalAmount[@currencyID!=../../ram:InvoiceCurrencyCode]",
    ),
    "BG-22": Binding("", "cac:LegalMonetaryTotal", f"{_SET}/{_SUM}"),
    "BT-106": Binding("BG-22", "cbc:LineExtensionAmount", "ram:LineTotalAmount"),
    "BT-107": Binding("BG-22", "cbc:AllowanceTotalAmount", "ram:AllowanceTotalAmount"),
    "BT-108": Binding("BG-22", "cbc:ChargeTotalAmount", "ram:ChargeTotalAmount"),
    "BT-109": Binding("BG-22", "cbc:TaxExclusiveAmount", "ram:TaxBasisTotalAmount"),
    "BT-112": Binding("BG-22", "cbc:TaxInclusiveAmount", "ram:GrandTotalAmount"),
    "BT-113": Binding("BG-22", "cbc:PrepaidAmount", "ram:TotalPrepaidAmount"),
    "BT-114": Binding("BG-22", "cbc:PayableRoundingAmount", "ram:RoundingAmount"),
    "BT-115": Binding("BG-22", "cbc:PayableAmount", "ram:DuePayableAmount"),
    "BG-23": Binding("", "cac:TaxTotal/cac:TaxSubtotal", f"{_SET}/ram:ApplicableTradeTax"),
    "BT-116": Binding("BG-23", "cbc:TaxableAmount", "ram:BasisAmount"),
    "BT-117": Binding("BG-23", "cbc:TaxAmount", "ram:CalculatedAmount"),
    "BT-118": Binding("BG-23", "cac:TaxCategory/cbc:ID", "ram:CategoryCode"),
    "BT-119": Binding("BG-23", "cac:TaxCategory/cbc:Percent", "ram:RateApplicablePercent"),
    "BG-24": Binding(
        "", "cac:AdditionalDocumentReference", f"{_AGR}/ram:AdditionalReferencedDocument"
    ),
    "LINK": Binding("BG-24", "cac:Attachment/cac:ExternalReference", "ram:URIID"),
    "BT-124": Binding("BG-24", "cac:Attachment/cac:ExternalReference/cbc:URI", "ram:URIID"),
    "BT-125": Binding(
        "BG-24", "cac:Attachment/cbc:EmbeddedDocumentBinaryObject", "ram:AttachmentBinaryObject"
    ),
}

_LINES = {
    "BG-25": Binding("", _UBL_LINE, _LINE),
    "BG-26": Binding("BG-25", "cac:InvoicePeriod", f"{_LINE_SET}/ram:BillingSpecifiedPeriod"),
    "BT-134": Binding("BG-26", "cbc:StartDate", _FROM),
    "BT-135": Binding("BG-26", "cbc:EndDate", _TO),
    "BT-126": Binding("BG-25", "cbc:ID", "ram:AssociatedDocumentLineDocument/ram:LineID"),
    "BT-128": Binding(
        "BG-25", "cac:DocumentReference", f"{_LINE_SET}/ram:AdditionalReferencedDocument"
    ),
    "BT-128-TYPE": Binding("BT-128", "cbc:DocumentTypeCode", "ram:TypeCode"),
    "BT-129": Binding(
        "BG-25",
        "cbc:InvoicedQuantity|cbc:CreditedQuantity",
        "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
    ),
    "BT-131": Binding(
        "BG-25",
        "cbc:LineExtensionAmount",
        f"{_LINE_SET}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
    ),
    "BT-136": Binding(
        "BG-25",
        "cac:AllowanceCharge[normalize-space(cbc:ChargeIndicator)='false']/cbc:Amount",
        f"{_LINE_SET}/ram:SpecifiedTradeAllowanceCharge"
        "[normalize-space(ram:ChargeIndicator)='false']/ram:ActualAmount",
    ),
    "BT-141": Binding(
        "BG-25",
        "cac:AllowanceCharge[normalize-space(cbc:ChargeIndicator)='true']/cbc:Amount",
        f"{_LINE_SET}/ram:SpecifiedTradeAllowanceCharge"
        "[normalize-space(ram:ChargeIndicator)='true']/ram:ActualAmount",
    ),
    "BT-151": Binding(
        "BG-25",
        "cac:Item/cac:ClassifiedTaxCategory/cbc:ID",
        f"{_LINE_SET}/ram:ApplicableTradeTax/ram:CategoryCode",
    ),
    "BT-152": Binding(
        "BG-25",
        "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
        f"{_LINE_SET}/ram:ApplicableTradeTax/ram:RateApplicablePercent",
    ),
    "BT-153": Binding("BG-25", "cac:Item/cbc:Name", "ram:SpecifiedTradeProduct/ram:Name"),
    "BG-29": Binding("BG-25", "cac:Price", "ram:SpecifiedLineTradeAgreement"),
    "BT-146": Binding("BG-29", "cbc:PriceAmount", f"{_NET}/ram:ChargeAmount"),
    "BT-147": Binding("BG-29", "cac:AllowanceCharge/cbc:Amount", f"{_OFF}/ram:ActualAmount"),
    "BT-148": Binding("BG-29", "cac:AllowanceCharge/cbc:BaseAmount", f"{_GROSS}/ram:ChargeAmount"),
    "BT-149": Binding(
        "BG-29", "cbc:BaseQuantity", f"{_NET}/ram:BasisQuantity|{_GROSS}/ram:BasisQuantity"
    ),
    "BT-147-INDICATOR": Binding(
        "BG-29",
        "cac:AllowanceCharge/cbc:ChargeIndicator",
        f"{_OFF}/ram:ChargeIndicator/udt:Indicator",
    ),
    "BG-31": Binding("BG-25", "cac:Item", "ram:SpecifiedTradeProduct"),
    "BT-158": Binding(
        "BG-31",
        "cac:CommodityClassification/cbc:ItemClassificationCode",
        "ram:DesignatedProductClassification/ram:ClassCode",
    ),
    "BG-32": Binding("BG-31", "cac:AdditionalItemProperty", "ram:ApplicableProductCharacteristic"),
    "BT-160": Binding("BG-32", "cbc:Name", "ram:Description"),
    "BT-161": Binding("BG-32", "cbc:Value", "ram:Value"),
}

_EXTENSION = {
    "BG-DEX-01": Binding("", "//cac:SubInvoiceLine", f"{_LINE}[*/ram:ParentLineID]"),
    "BG-DEX-06": Binding("BG-DEX-01", "cac:Item/cac:ClassifiedTaxCategory", None),
    "SUB-LINES": Binding("", "//*[cac:SubInvoiceLine]", None),
    "SUB-LINE-NET": Binding("SUB-LINES", "cac:SubInvoiceLine/cbc:LineExtensionAmount", None),
    "SUB-LINES-NET": Binding("SUB-LINES", "cbc:LineExtensionAmount", None),
    "BG-DEX-09": Binding("", "cac:PrepaidPayment", None),
    "BT-DEX-001": Binding("BG-DEX-09", "cbc:ID", None),
    "BT-DEX-002": Binding("BG-DEX-09", "cbc:PaidAmount", None),
    "BT-DEX-003": Binding("BG-DEX-09", "cbc:InstructionID", None),
    # Identifiers that tell their scheme, wherever they stand.
    "PARTY-IDS": Binding(
        "",
        "//cac:PartyIdentification/cbc:ID[@schemeID]",
        "//ram:GlobalID[@schemeID][not(ancestor::ram:SpecifiedTradeProduct)]"
        "[not(ancestor::ram:ShipToTradeParty)]",
    ),
    "REGISTRATION-IDS": Binding(
        "",
        "//cac:PartyLegalEntity/cbc:CompanyID[@schemeID]",
        "//ram:SpecifiedLegalOrganization/ram:ID[@schemeID]",
    ),
    "ITEM-IDS": Binding(
        "",
        "//cac:StandardItemIdentification/cbc:ID[@schemeID]",
        "//ram:SpecifiedTradeProduct/ram:GlobalID[@schemeID]",
    ),
    "ELECTRONIC-ADDRESSES": Binding(
        "",
        "//cbc:EndpointID[@schemeID]",
        "//ram:URIUniversalCommunication/ram:URIID[@schemeID]",
    ),
    "PLACE-IDS": Binding(
        "",
        "//cac:DeliveryLocation/cbc:ID[@schemeID]",
        f"{_DEL}/ram:ShipToTradeParty/ram:GlobalID[@schemeID]",
    ),
}

BINDINGS = _DOCUMENT | _PARTIES | _PAYMENT | _SUMS | _LINES | _EXTENSION
