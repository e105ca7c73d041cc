"""For each rule of XRechnung how to break it, from valid samples, in all syntaxes at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from kontorhaus.invoicing.einvoice.bindings import NAMESPACES
from kontorhaus.invoicing.einvoice.terms import Terms
from kontorhaus.invoicing.einvoice.xrechnung.rule import EXTENSION, VEHICLES

SAMPLES = Path(__file__).parent.parent / "samples" / "einvoice"
DOCUMENTS = ("invoice", "credit note", "cii")
UBL_INVOICE_ONLY = ("invoice",)

Edit = Callable[[Terms], None]


@dataclass(frozen=True)
class Case:
    """A rule, what the sample needs to fall under it, and what breaks it."""

    rule: str
    breaking: tuple[Edit, ...]
    prepared: tuple[Edit, ...] = ()
    documents: tuple[str, ...] = field(default=DOCUMENTS)


def sample(document: str) -> Terms:
    """A valid document; there is no credit note among the samples, so the invoice is made one."""
    if document == "cii":
        return Terms(_root("01.02a-INVOICE_uncefact.xml"), "cii")
    root = _root("01.02a-INVOICE_ubl.xml")
    if document == "credit note":
        text = etree.tostring(root, encoding="unicode").replace(":Invoice-2", ":CreditNote-2")
        for old, new in (
            ("ubl:Invoice", "ubl:CreditNote"),
            ("cac:InvoiceLine", "cac:CreditNoteLine"),
            ("cbc:InvoicedQuantity", "cbc:CreditedQuantity"),
            ("cbc:InvoiceTypeCode>380", "cbc:CreditNoteTypeCode>381"),
            ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"),
        ):
            text = text.replace(old, new)
        root = etree.fromstring(text)
    return Terms(root, "ubl")


def _root(name: str) -> etree._Element:
    parser = etree.XMLParser(remove_comments=True, remove_blank_text=True)
    return etree.parse(str(SAMPLES / name), parser).getroot()


def edited(document: Terms, *edits: Edit) -> Terms:
    """The document after the edits."""
    for edit in edits:
        edit(document)
    return document


def written(root: etree._Element) -> bytes:
    """The document as a file."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def in_order(root: etree._Element) -> etree._Element:
    """An invoice in UBL whose added elements stand where the schema wants them."""
    for name, after in (
        ("AdditionalDocumentReference", "OrderReference"),
        ("PrepaidPayment", "PaymentTerms"),
    ):
        place = next(root.iter(f"{{*}}{after}"))
        for element in root.findall(f"{{*}}{name}"):
            place.addnext(element)
    return root


def drop(term: str) -> Edit:
    """Take out every element of a term."""

    def edit(document: Terms) -> None:
        for found in _found(document, term):
            found.root.getparent().remove(found.root)  # type: ignore[union-attr]

    return edit


def put(term: str, text: str, in_cii: str | None = None) -> Edit:
    """Write another text into every element of a term."""

    def edit(document: Terms) -> None:
        for found in _found(document, term):
            found.root.text = text if document.kind == "ubl" or in_cii is None else in_cii

    return edit


def mark(term: str, name: str, value: str) -> Edit:
    """Set an attribute of every element of a term."""

    def edit(document: Terms) -> None:
        for found in _found(document, term):
            found.root.set(name, value)

    return edit


def add(term: str, ubl: str, cii: str = "", within: str = "") -> Edit:
    """Put elements at the end of a term's first element ("" = the document).

    `within` names an element of CII, where it wants another place than UBL does.
    """

    def edit(document: Terms) -> None:
        parent = _found(document, term)[0].root if term else document.root
        if within and document.kind == "cii":
            parent = next(parent.iter(f"{{*}}{within}"))
        text = ubl if document.kind == "ubl" else cii
        names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
        parent.extend(etree.fromstring(f"<x {names}>{text}</x>"))

    return edit


def _found(document: Terms, term: str) -> list[Terms]:
    found = document.groups(term)
    assert found, f"the sample has no {term}"
    return found


_SETTLEMENT = "ApplicableHeaderTradeSettlement"
_AGREEMENT = "ApplicableHeaderTradeAgreement"
_IBAN = "DE02120300000000202051"

CARD = (
    "<cac:CardAccount><cbc:PrimaryAccountNumberID>1234</cbc:PrimaryAccountNumberID>"
    "<cbc:NetworkID>VISA</cbc:NetworkID></cac:CardAccount>",
    "<ram:ApplicableTradeSettlementFinancialCard><ram:ID>1234</ram:ID>"
    "</ram:ApplicableTradeSettlementFinancialCard>",
)
BIC = (
    "<cac:PayeeFinancialAccount><cac:FinancialInstitutionBranch><cbc:ID>GENODEF1XXX</cbc:ID>"
    "</cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount>",
    "<ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>GENODEF1XXX</ram:BICID>"
    "</ram:PayeeSpecifiedCreditorFinancialInstitution>",
)
MANDATE = (
    f"<cac:PaymentMandate><cbc:ID>M1</cbc:ID><cac:PayerFinancialAccount><cbc:ID>{_IBAN}</cbc:ID>"
    "</cac:PayerFinancialAccount></cac:PaymentMandate>",
    f"<ram:PayerPartyDebtorFinancialAccount><ram:IBANID>{_IBAN}</ram:IBANID>"
    "</ram:PayerPartyDebtorFinancialAccount>",
)
CARD_PAYMENT = (drop("BG-17"), put("BT-81", "48"), add("BG-16", *CARD))
DEBIT = (
    drop("BG-17"),
    put("BT-81", "59"),
    add("BG-16", *MANDATE),
    add(
        "BG-4",
        "<cac:PartyIdentification><cbc:ID schemeID='SEPA'>DE98ZZZ09999999999</cbc:ID>"
        "</cac:PartyIdentification>",
    ),
    add(
        "",
        "",
        "<ram:CreditorReferenceID>DE98ZZZ09999999999</ram:CreditorReferenceID>"
        "<ram:SpecifiedTradePaymentTerms><ram:DirectDebitMandateID>M1</ram:DirectDebitMandateID>"
        "</ram:SpecifiedTradePaymentTerms>",
        within=_SETTLEMENT,
    ),
)
_SKONTO = (
    "Zahlbar sofort.\n#SKONTO#TAGE=14#PROZENT=2.00#\n"
    "#SKONTO#TAGE=20#PROZENT=1.00#BASISBETRAG=9.00#\n"
)
TERMS = put("BT-20", _SKONTO)


def deliver() -> Edit:
    """Deliver to an address."""
    return add(
        "",
        "<cac:Delivery><cac:DeliveryLocation><cac:Address><cbc:CityName>Bonn</cbc:CityName>"
        "<cbc:PostalZone>53113</cbc:PostalZone></cac:Address></cac:DeliveryLocation>"
        "</cac:Delivery>",
        "<ram:ShipToTradeParty><ram:PostalTradeAddress><ram:PostcodeCode>53113</ram:PostcodeCode>"
        "<ram:CityName>Bonn</ram:CityName></ram:PostalTradeAddress></ram:ShipToTradeParty>",
        within="ApplicableHeaderTradeDelivery",
    )


def attach(kind: str = "pdf") -> Edit:
    """Attach a file and a link to it."""
    file = f"mimeCode='application/{kind}' filename='a.{kind}'"
    return add(
        "",
        "<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment>"
        f"<cbc:EmbeddedDocumentBinaryObject {file}>QQ==</cbc:EmbeddedDocumentBinaryObject>"
        "<cac:ExternalReference><cbc:URI>https://example.org/a</cbc:URI></cac:ExternalReference>"
        "</cac:Attachment></cac:AdditionalDocumentReference>",
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>A</ram:IssuerAssignedID>"
        "<ram:URIID>https://example.org/a</ram:URIID><ram:TypeCode>916</ram:TypeCode>"
        f"<ram:AttachmentBinaryObject {file}>QQ==</ram:AttachmentBinaryObject>"
        "</ram:AdditionalReferencedDocument>",
        within=_AGREEMENT,
    )


def adjustment(amount: str = "0.10") -> Edit:
    """An allowance of 10 % on 1.00."""
    return add(
        "",
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        "<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>"
        f"<cbc:Amount currencyID='EUR'>{amount}</cbc:Amount>"
        "<cbc:BaseAmount currencyID='EUR'>1.00</cbc:BaseAmount></cac:AllowanceCharge>",
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false"
        "</udt:Indicator></ram:ChargeIndicator><ram:CalculationPercent>10</ram:CalculationPercent>"
        f"<ram:BasisAmount>1.00</ram:BasisAmount><ram:ActualAmount>{amount}</ram:ActualAmount>"
        "</ram:SpecifiedTradeAllowanceCharge>",
        within=_SETTLEMENT,
    )


def gross_price(net_base: str = "1") -> Edit:
    """A gross price for one piece with a discount; CII tells the base of the net price, too."""
    return add(
        "BG-29",
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        "<cbc:Amount currencyID='EUR'>1.00</cbc:Amount><cbc:BaseAmount currencyID='EUR'>12.78"
        "</cbc:BaseAmount></cac:AllowanceCharge>",
        "<ram:GrossPriceProductTradePrice><ram:ChargeAmount>12.78</ram:ChargeAmount>"
        "<ram:BasisQuantity>1</ram:BasisQuantity><ram:AppliedTradeAllowanceCharge>"
        "<ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>"
        "<ram:ActualAmount>1.00</ram:ActualAmount></ram:AppliedTradeAllowanceCharge>"
        "</ram:GrossPriceProductTradePrice><ram:NetPriceProductTradePrice>"
        f"<ram:BasisQuantity>{net_base}</ram:BasisQuantity></ram:NetPriceProductTradePrice>",
    )


def base_quantity() -> Edit:
    """A price for one piece."""
    return add(
        "BG-29",
        "<cbc:BaseQuantity unitCode='XPP'>1</cbc:BaseQuantity>",
        "<ram:BasisQuantity unitCode='XPP'>1</ram:BasisQuantity>",
        within="NetPriceProductTradePrice",
    )


def period(term: str = "") -> Edit:
    """June 2016, of the document or of a line."""
    return add(
        term,
        "<cac:InvoicePeriod><cbc:StartDate>2016-06-01</cbc:StartDate>"
        "<cbc:EndDate>2016-06-30</cbc:EndDate></cac:InvoicePeriod>",
        "<ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString format='102'>20160601"
        "</udt:DateTimeString></ram:StartDateTime><ram:EndDateTime>"
        "<udt:DateTimeString format='102'>20160630</udt:DateTimeString></ram:EndDateTime>"
        "</ram:BillingSpecifiedPeriod>",
        within="SpecifiedLineTradeSettlement" if term else _SETTLEMENT,
    )


def tax_currency() -> tuple[Edit, ...]:
    """Tax in dollars, too."""
    return (
        add(
            "",
            "<cbc:TaxCurrencyCode>USD</cbc:TaxCurrencyCode><cac:TaxTotal>"
            "<cbc:TaxAmount currencyID='USD'>0.90</cbc:TaxAmount></cac:TaxTotal>",
            "<ram:TaxCurrencyCode>USD</ram:TaxCurrencyCode>",
            within=_SETTLEMENT,
        ),
        add("BG-22", "", "<ram:TaxTotalAmount currencyID='USD'>0.90</ram:TaxTotalAmount>"),
    )


def second_tax_total(document: Terms) -> None:
    """The sum of the tax once more."""
    for found in _found(document, "BT-110"):
        element = found.root if document.kind == "cii" else found.root.getparent()
        assert element is not None
        element.addnext(etree.fromstring(etree.tostring(element)))


LINE_DOCUMENT = add(
    "BG-25",
    "<cac:DocumentReference><cbc:ID>O</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>"
    "</cac:DocumentReference>",
    "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>O</ram:IssuerAssignedID>"
    "<ram:TypeCode>130</ram:TypeCode></ram:AdditionalReferencedDocument>",
    within="SpecifiedLineTradeSettlement",
)
AS_EXTENSION = put("BT-24", EXTENSION)
PARENT_LINE = add(
    "BG-25",
    "",
    "<ram:ParentLineID>0</ram:ParentLineID>",
    within="AssociatedDocumentLineDocument",
)
SUB_LINES = (
    AS_EXTENSION,
    add(
        "BG-25",
        "<cac:SubInvoiceLine><cbc:ID>1.1</cbc:ID><cbc:LineExtensionAmount currencyID='EUR'>11.78"
        "</cbc:LineExtensionAmount><cac:Item><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>"
        "</cac:ClassifiedTaxCategory></cac:Item></cac:SubInvoiceLine>",
    ),
)
THIRD_PARTY = (
    AS_EXTENSION,
    add(
        "",
        "<cac:PrepaidPayment><cbc:ID>1</cbc:ID><cbc:PaidAmount currencyID='EUR'>2.00"
        "</cbc:PaidAmount><cbc:InstructionID>toll</cbc:InstructionID></cac:PrepaidPayment>",
    ),
    put("BT-115", "14.60"),
)
SCHEMES = (
    AS_EXTENSION,
    deliver(),
    add(
        "BG-7",
        "<cac:PartyIdentification><cbc:ID schemeID='XR01'>1</cbc:ID></cac:PartyIdentification>"
        "<cac:PartyLegalEntity><cbc:CompanyID schemeID='0204'>2</cbc:CompanyID>"
        "</cac:PartyLegalEntity>",
        "<ram:GlobalID schemeID='XR01'>1</ram:GlobalID><ram:SpecifiedLegalOrganization>"
        "<ram:ID schemeID='0204'>2</ram:ID></ram:SpecifiedLegalOrganization>",
    ),
    add(
        "BG-31",
        "<cac:StandardItemIdentification><cbc:ID schemeID='0160'>3</cbc:ID>"
        "</cac:StandardItemIdentification>",
        "<ram:GlobalID schemeID='0160'>3</ram:GlobalID>",
    ),
    add(
        "",
        "<cac:Delivery><cac:DeliveryLocation><cbc:ID schemeID='0088'>4</cbc:ID>"
        "</cac:DeliveryLocation></cac:Delivery>",
        "<ram:GlobalID schemeID='0088'>4</ram:GlobalID>",
        within="ShipToTradeParty",
    ),
)
VEHICLE = (
    put("BT-24", VEHICLES),
    add(
        "",
        "<cac:OriginatorDocumentReference><cbc:ID>T1</cbc:ID></cac:OriginatorDocumentReference>"
        "<cac:ContractDocumentReference><cbc:ID>C1</cbc:ID></cac:ContractDocumentReference>",
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>T1</ram:IssuerAssignedID>"
        "<ram:TypeCode>50</ram:TypeCode></ram:AdditionalReferencedDocument>"
        "<ram:ContractReferencedDocument><ram:IssuerAssignedID>C1</ram:IssuerAssignedID>"
        "</ram:ContractReferencedDocument>",
        within=_AGREEMENT,
    ),
    add(
        "BG-31",
        "<cac:CommodityClassification><cbc:ItemClassificationCode listID='CVD'>M1"
        "</cbc:ItemClassificationCode></cac:CommodityClassification>"
        "<cac:AdditionalItemProperty><cbc:Name>cva</cbc:Name><cbc:Value>clean</cbc:Value>"
        "</cac:AdditionalItemProperty>",
        "<ram:ApplicableProductCharacteristic><ram:Description>cva</ram:Description>"
        "<ram:Value>clean</ram:Value></ram:ApplicableProductCharacteristic>"
        "<ram:DesignatedProductClassification><ram:ClassCode listID='CVD'>M1</ram:ClassCode>"
        "</ram:DesignatedProductClassification>",
    ),
)
