"""The semantic model of an electronic invoice (EN 16931-1); BT and BG numbers are the standard's.

Amounts are Money of the invoice's currency; rates, quantities and unit prices are Decimal. An
empty string means "not given". Credit notes (type 381) carry positive amounts, as EN 16931 wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kontorhaus.kernel.money import Money

COMMERCIAL_INVOICE = "380"
PARTIAL_INVOICE = "326"
CREDIT_NOTE = "381"
CORRECTED_INVOICE = "384"
SELF_BILLED_INVOICE = "389"
CREDIT_NOTE_CODES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}
)

EN16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    `rule` is the official id (BR-CO-26, BR-DE-15, "XSD", "XML"); `message` is English and
    `message_de` German where there is a German text, else the same; `path` is an XPath of the
    document or empty; `field` names the field of the request that repairs it, where one does;
    `remedy` and `remedy_de` say what to do.
    """

    rule: str
    severity: Severity
    message: str
    message_de: str
    path: str = ""
    field: str | None = None
    remedy: str = ""
    remedy_de: str = ""

    @property
    def advice(self) -> str:
        """What is wrong and what to do, in English."""
        return f"{self.message} {self.remedy}".strip()

    @property
    def advice_de(self) -> str:
        """What is wrong and what to do, in German as far as there is German text."""
        return f"{self.message_de} {self.remedy_de}".strip()


@dataclass(frozen=True, slots=True)
class Identifier:
    """An id with its scheme: ISO 6523 ICD, or EAS ("EM" for mail, "0204" for a Leitweg-ID)."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address (BG-5, BG-8, BG-12, BG-15); the country is ISO 3166-1 alpha-2."""

    country_code: str
    line1: str = ""
    line2: str = ""
    line3: str = ""
    post_code: str = ""
    city: str = ""
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact point: person or department, phone, mail (BG-6, BG-9)."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7).

    name BT-27/44, trading_name BT-28/45, identifiers BT-29/46, legal_id BT-30/47, vat_id
    BT-31/48, tax_number BT-32, legal_information BT-33, electronic_address BT-34/49.
    """

    name: str
    address: Address
    trading_name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    legal_id: Identifier | None = None
    vat_id: str = ""
    tax_number: str = ""
    legal_information: str = ""
    electronic_address: Identifier | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid if it is not the seller: BT-59, BT-60, BT-61 (BG-10)."""

    name: str
    identifier: Identifier | None = None
    legal_id: Identifier | None = None


@dataclass(frozen=True, slots=True)
class TaxRepresentative:
    """The seller's tax representative: BT-62, BT-63 and BG-12 (BG-11)."""

    name: str
    vat_id: str
    address: Address


@dataclass(frozen=True, slots=True)
class Span:
    """Days from start to end, both included (BG-14, BG-26)."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where and when it was supplied: BT-70, BT-71, BT-72 and BG-15 (BG-13)."""

    day: date | None = None
    address: Address | None = None
    name: str = ""
    location: Identifier | None = None


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """The account to pay to: BT-84, BT-85, BT-86 (BG-17)."""

    iban: str
    account_name: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A payment card: last digits BT-87, holder BT-88 (BG-18)."""

    number: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class DirectDebit:
    """A SEPA mandate: BT-89, creditor id BT-90, debited account BT-91 (BG-19)."""

    mandate: str
    creditor_id: str
    iban: str


@dataclass(frozen=True, slots=True)
class PaymentInstructions:
    """How to pay (BG-16): code of UNTDID 4461 BT-81, its words BT-82, remittance text BT-83.

    58 SEPA credit transfer, 59 SEPA direct debit, 30 credit transfer, 48 card, 10 cash, ZZZ other.
    """

    code: str
    text: str = ""
    reference: str = ""
    credit_transfers: tuple[CreditTransfer, ...] = ()
    card: Card | None = None
    direct_debit: DirectDebit | None = None


@dataclass(frozen=True, slots=True)
class CashDiscount:
    """Skonto: percent of the payable amount (or of `base`) within `days` of the invoice date."""

    days: int
    percent: Decimal
    base: Money | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance or a charge, on the document (BG-20, BG-21) or a line (BG-27, BG-28).

    `amount` >= 0 BT-92/99/136/141, `base` BT-93, `percent` BT-94, `category` BT-95, `rate` BT-96,
    `reason` BT-97, `reason_code` BT-98 (UNTDID 5189 allowance, 7161 charge). Percent and base come
    together or not at all. Lines have no category and rate of their own.
    """

    amount: Money
    reason: str = ""
    reason_code: str = ""
    percent: Decimal | None = None
    base: Money | None = None
    is_charge: bool = False
    category: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """One category and rate (BG-23).

    base BT-116, tax BT-117, category BT-118 (UNCL 5305), rate BT-119 in percent (None for O),
    exemption_reason BT-120, exemption_code BT-121 (VATEX).
    """

    category: str
    rate: Decimal | None
    base: Money
    tax: Money
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Document totals (BG-22).

    lines BT-106, allowances BT-107, charges BT-108, net BT-109, tax BT-110, tax_in_tax_currency
    BT-111, gross BT-112, prepaid BT-113, rounding BT-114, payable BT-115.
    """

    lines: Money
    net: Money
    tax: Money
    gross: Money
    payable: Money
    allowances: Money | None = None
    charges: Money | None = None
    prepaid: Money | None = None
    rounding: Money | None = None
    tax_in_tax_currency: Money | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A supporting document (BG-24): BT-122 reference, BT-123, BT-124 url, BT-125 content."""

    reference: str
    description: str = ""
    url: str = ""
    content: bytes = b""
    mime_type: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """The invoice that is corrected or settled: BT-25, BT-26 (BG-3)."""

    number: str
    issue_date: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A free text BT-22 with an optional subject code BT-21 of UNTDID 4451 (BG-1)."""

    text: str
    subject_code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line (BG-25).

    id BT-126, note BT-127, object_id BT-128, quantity BT-129, unit_code BT-130 (UN/ECE Rec 20),
    net BT-131, order_line BT-132, accounting_reference BT-133, period BG-26, adjustments
    BG-27/28, unit_price BT-146, base_quantity BT-149, category BT-151, rate BT-152 (percent, None
    for O), name BT-153, description BT-154, seller_item_id BT-155, buyer_item_id BT-156,
    standard_item_id BT-157, origin_country BT-159, attributes BG-32.
    """

    id: str
    name: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    net: Money
    category: str
    rate: Decimal | None
    description: str = ""
    note: str = ""
    base_quantity: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    period: Span | None = None
    order_line: str = ""
    object_id: Identifier | None = None
    accounting_reference: str = ""
    seller_item_id: str = ""
    buyer_item_id: str = ""
    standard_item_id: Identifier | None = None
    origin_country: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """Documents of others that the invoice points to.

    project BT-11, contract BT-12, order BT-13, sales_order BT-14, receiving_advice BT-15,
    despatch_advice BT-16, tender BT-17, object_id BT-18, accounting BT-19.
    """

    project: str = ""
    contract: str = ""
    order: str = ""
    sales_order: str = ""
    receiving_advice: str = ""
    despatch_advice: str = ""
    tender: str = ""
    object_id: Identifier | None = None
    accounting: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """A whole invoice or credit note.

    number BT-1, issue_date BT-2, type_code BT-3, currency BT-5, tax_currency BT-6,
    tax_point_date BT-7, due_date BT-9, buyer_reference BT-10, payment_terms BT-20 (text, to which
    the discounts are added in the form XRechnung defines). BT-23 and BT-24 come from the writer.
    """

    number: str
    issue_date: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    vat: tuple[VatBreakdown, ...]
    totals: Totals
    type_code: str = COMMERCIAL_INVOICE
    currency: str = "EUR"
    tax_currency: str = ""
    tax_point_date: date | None = None
    due_date: date | None = None
    buyer_reference: str = ""
    payment_terms: str = ""
    discounts: tuple[CashDiscount, ...] = ()
    payment: PaymentInstructions | None = None
    delivery: Delivery | None = None
    period: Span | None = None
    adjustments: tuple[Adjustment, ...] = ()
    notes: tuple[Note, ...] = ()
    references: References = References()
    preceding: tuple[PrecedingInvoice, ...] = ()
    payee: Payee | None = None
    tax_representative: TaxRepresentative | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def is_credit_note(self) -> bool:
        """Whether the document takes back instead of charging."""
        return self.type_code in CREDIT_NOTE_CODES


def positive_price(quantity: Decimal, price: Decimal) -> tuple[Decimal, Decimal]:
    """Quantity and unit price of the same product with a price >= 0 (BR-27)."""
    return (-quantity, -price) if price < 0 else (quantity, price)


def terms_text(invoice: Invoice) -> str:
    """BT-20: the text, then one line per discount as XRechnung defines it (BR-DE-18)."""
    parts = [invoice.payment_terms] if invoice.payment_terms else []
    for discount in invoice.discounts:
        base = f"BASISBETRAG={discount.base.decimal}#" if discount.base else ""
        percent = discount.percent.quantize(Decimal("0.01"))
        parts.append(f"#SKONTO#TAGE={discount.days}#PROZENT={percent}#{base}")
    return "\n".join(parts) + ("\n" if invoice.discounts else "")
