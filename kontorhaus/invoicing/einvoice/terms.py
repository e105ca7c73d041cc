"""Where the business terms of EN 16931 stand in UBL and in CII: one view of both syntaxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from lxml import etree

Kind = Literal["ubl", "cii"]

_NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}

# CII: the long ways, cut short.
_CII = {
    "CTX": "rsm:ExchangedDocumentContext",
    "DOC": "rsm:ExchangedDocument",
    "AGR": "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement",
    "DEL": "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery",
    "SET": "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement",
    "LIN": "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem",
    "MEANS": "ram:SpecifiedTradeSettlementPaymentMeans",
    "PRICE": "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice",
    "CHARGES": "ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator",
}
_UBL = {
    "SELLER": "cac:AccountingSupplierParty/cac:Party",
    "BUYER": "cac:AccountingCustomerParty/cac:Party",
    "PLACE": "cac:Delivery/cac:DeliveryLocation/cac:Address",
    "MEANS": "cac:PaymentMeans",
    "SUB": "cac:TaxTotal/cac:TaxSubtotal",
    "FILE": "cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject",
}

# Term -> (UBL, CII), from the root of the document.
_DOCUMENT = {
    "BT-3": ("cbc:InvoiceTypeCode|cbc:CreditNoteTypeCode", "{DOC}/ram:TypeCode"),
    "BT-10": ("cbc:BuyerReference", "{AGR}/ram:BuyerReference"),
    "BT-20": ("cac:PaymentTerms/cbc:Note", "{SET}/ram:SpecifiedTradePaymentTerms/ram:Description"),
    "BT-23": (
        "cbc:ProfileID",
        "{CTX}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID",
    ),
    "BT-24": (
        "cbc:CustomizationID",
        "{CTX}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
    ),
    "BG-3": (
        "cac:BillingReference/cac:InvoiceDocumentReference",
        "{SET}/ram:InvoiceReferencedDocument",
    ),
    "BT-31": (
        "{SELLER}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID",
        "{AGR}/ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
    ),
    "BT-32": (
        "{SELLER}/cac:PartyTaxScheme[not(cac:TaxScheme/cbc:ID='VAT')]/cbc:CompanyID",
        "{AGR}/ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='FC']",
    ),
    "BT-34": (
        "{SELLER}/cbc:EndpointID",
        "{AGR}/ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID",
    ),
    "BT-37": (
        "{SELLER}/cac:PostalAddress/cbc:CityName",
        "{AGR}/ram:SellerTradeParty/ram:PostalTradeAddress/ram:CityName",
    ),
    "BT-38": (
        "{SELLER}/cac:PostalAddress/cbc:PostalZone",
        "{AGR}/ram:SellerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode",
    ),
    "BG-6": ("{SELLER}/cac:Contact", "{AGR}/ram:SellerTradeParty/ram:DefinedTradeContact"),
    "BT-41": (
        "{SELLER}/cac:Contact/cbc:Name",
        "{AGR}/ram:SellerTradeParty/ram:DefinedTradeContact/"
        "*[self::ram:PersonName or self::ram:DepartmentName]",
    ),
    "BT-42": (
        "{SELLER}/cac:Contact/cbc:Telephone",
        "{AGR}/ram:SellerTradeParty/ram:DefinedTradeContact/"
        "ram:TelephoneUniversalCommunication/ram:CompleteNumber",
    ),
    "BT-43": (
        "{SELLER}/cac:Contact/cbc:ElectronicMail",
        "{AGR}/ram:SellerTradeParty/ram:DefinedTradeContact/"
        "ram:EmailURIUniversalCommunication/ram:URIID",
    ),
    "BT-49": (
        "{BUYER}/cbc:EndpointID",
        "{AGR}/ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID",
    ),
    "BT-52": (
        "{BUYER}/cac:PostalAddress/cbc:CityName",
        "{AGR}/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CityName",
    ),
    "BT-53": (
        "{BUYER}/cac:PostalAddress/cbc:PostalZone",
        "{AGR}/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode",
    ),
    "BG-11": ("cac:TaxRepresentativeParty", "{AGR}/ram:SellerTaxRepresentativeTradeParty"),
    "BT-72": (
        "cac:Delivery/cbc:ActualDeliveryDate",
        "{DEL}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime",
    ),
    "BG-14": ("cac:InvoicePeriod", "{SET}/ram:BillingSpecifiedPeriod"),
    "BG-15": ("{PLACE}", "{DEL}/ram:ShipToTradeParty/ram:PostalTradeAddress"),
    "BT-77": ("{PLACE}/cbc:CityName", "{DEL}/ram:ShipToTradeParty//ram:CityName"),
    "BT-78": ("{PLACE}/cbc:PostalZone", "{DEL}/ram:ShipToTradeParty//ram:PostcodeCode"),
    "BG-16": ("{MEANS}", "{SET}/{MEANS}"),
    "BT-81": ("{MEANS}/cbc:PaymentMeansCode", "{SET}/{MEANS}/ram:TypeCode"),
    "BG-17": (
        "{MEANS}/cac:PayeeFinancialAccount",
        "{SET}/{MEANS}/ram:PayeePartyCreditorFinancialAccount",
    ),
    "BT-84": (
        "{MEANS}/cac:PayeeFinancialAccount/cbc:ID",
        "{SET}/{MEANS}/ram:PayeePartyCreditorFinancialAccount/*"
        "[self::ram:IBANID or self::ram:ProprietaryID]",
    ),
    "BG-18": (
        "{MEANS}/cac:CardAccount",
        "{SET}/{MEANS}/ram:ApplicableTradeSettlementFinancialCard",
    ),
    "BG-19": (
        "{MEANS}/cac:PaymentMandate",
        "{SET}/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID",
    ),
    "BT-89": (
        "{MEANS}/cac:PaymentMandate/cbc:ID",
        "{SET}/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID",
    ),
    "BT-90": (
        "{SELLER}/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']|"
        "cac:PayeeParty/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']",
        "{SET}/ram:CreditorReferenceID",
    ),
    "BT-91": (
        "{MEANS}/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID",
        "{SET}/{MEANS}/ram:PayerPartyDebtorFinancialAccount/ram:IBANID",
    ),
    "BG-20": ("cac:AllowanceCharge", "{SET}/ram:SpecifiedTradeAllowanceCharge"),
    "BG-23": ("{SUB}", "{SET}/ram:ApplicableTradeTax"),
    "BT-118": ("{SUB}/cac:TaxCategory/cbc:ID", "{SET}/ram:ApplicableTradeTax/ram:CategoryCode"),
    "BT-119": (
        "{SUB}/cac:TaxCategory/cbc:Percent",
        "{SET}/ram:ApplicableTradeTax/ram:RateApplicablePercent",
    ),
    "BT-125": ("{FILE}/@filename", "{AGR}//ram:AttachmentBinaryObject/@filename"),
    "BG-25": ("cac:InvoiceLine|cac:CreditNoteLine", "{LIN}"),
    # Not a term but what PEPPOL-EN16931-R008 forbids; CII cannot do without the delivery group.
    "EMPTY": (
        "//*[not(*) and not(normalize-space())]",
        "//*[not(*) and not(normalize-space())][not(self::ram:ApplicableHeaderTradeDelivery)]",
    ),
}
# Terms of one line (BG-25) or one allowance or charge (BG-20), from that group.
_GROUP = {
    "BG-26": (
        "cac:InvoicePeriod",
        "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod",
    ),
    "BG-27": (
        "cac:AllowanceCharge",
        "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge",
    ),
    "BT-129": (
        "cbc:InvoicedQuantity|cbc:CreditedQuantity",
        "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
    ),
    "BT-131": (
        "cbc:LineExtensionAmount",
        "ram:SpecifiedLineTradeSettlement/"
        "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
    ),
    "BT-136": (
        "cac:AllowanceCharge[cbc:ChargeIndicator='false']/cbc:Amount",
        "ram:SpecifiedLineTradeSettlement/{CHARGES}='false']/ram:ActualAmount",
    ),
    "BT-141": (
        "cac:AllowanceCharge[cbc:ChargeIndicator='true']/cbc:Amount",
        "ram:SpecifiedLineTradeSettlement/{CHARGES}='true']/ram:ActualAmount",
    ),
    "BT-146": ("cac:Price/cbc:PriceAmount", "{PRICE}/ram:ChargeAmount"),
    "BT-149": ("cac:Price/cbc:BaseQuantity", "{PRICE}/ram:BasisQuantity"),
    "BT-92": ("cbc:Amount", "ram:ActualAmount"),
    "BT-93": ("cbc:BaseAmount", "ram:BasisAmount"),
    "BT-94": ("cbc:MultiplierFactorNumeric", "ram:CalculationPercent"),
}


def _compiled(place: int, short: Mapping[str, str]) -> dict[str, etree.XPath]:
    return {
        term: etree.XPath(paths[place].format(**short), namespaces=_NAMESPACES)
        for term, paths in (_DOCUMENT | _GROUP).items()
    }


_PATHS: Mapping[Kind, Mapping[str, etree.XPath]] = {
    "ubl": _compiled(0, _UBL),
    "cii": _compiled(1, _CII),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms below an element: of the whole document, or of one group of it."""

    root: etree._Element
    kind: Kind

    def values(self, term: str) -> list[str]:
        """The texts of a term, blanks normalized, in order; empty ones are left out."""
        texts = (" ".join(text.split()) for text in self.raw(term))
        return [text for text in texts if text]

    def raw(self, term: str) -> list[str]:
        """The texts of a term as they stand there."""
        return [
            found if isinstance(found, str) else "".join(map(str, found.itertext(None)))
            for found in self._found(term)
        ]

    def value(self, term: str) -> str:
        """The first text of a term, or an empty one."""
        return next(iter(self.values(term)), "")

    def has(self, term: str) -> bool:
        """Whether the element of a term or group is there."""
        return bool(self._found(term))

    def groups(self, term: str) -> list[Terms]:
        """The groups of this name, in order."""
        return [Terms(found, self.kind) for found in self._found(term)]

    def _found(self, term: str) -> list[etree._Element]:
        return cast(list[etree._Element], _PATHS[self.kind][term](self.root))
