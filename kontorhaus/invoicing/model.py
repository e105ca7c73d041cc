"""Documents of five types: what is entered, what it amounts to, and what is frozen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from kontorhaus.invoicing.agreement.model import Agreement
from kontorhaus.invoicing.purpose.model import NO_PURPOSE, Purpose
from kontorhaus.invoicing.stationery.model import Brand
from kontorhaus.kernel.ids import DocumentId, IntentId, InvoiceId
from kontorhaus.kernel.money import Money, total

DocumentType = Literal[
    "invoice", "estimate", "delivery-note", "purchase-order", "order-confirmation"
]
ServiceDateType = Literal["service-date", "delivery-date", "service-period"]
PriceLayout = Literal["net", "gross"]
VatRegulation = Literal["standard", "reverse-charge", "intra-community-supply"]
ExportType = Literal["pdf", "factur-x", "xrechnung"]
Language = Literal["de", "en"]
ArtefactKind = Literal["pdf", "xml", "preview", "cancellation-pdf", "cancellation-xml"]
# What an invoice is among invoices; only the house itself writes a cancellation.
Form = Literal["standard", "partial", "final", "correction", "credit-note", "cancellation"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line as entered: exactly one of `net_price` and `gross_price`; rates are percentages.

    `tax_case` says why a line at 0 % bears no tax (pv-zero, exempt, …); prices may be negative.
    `vat_rate` None asks for the usual one; `parent_line` is a position, from 1, in the parent.
    """

    title: str
    quantity: Decimal
    net_price: Decimal | None
    gross_price: Decimal | None
    vat_rate: Decimal | None
    title2: str | None = None
    product_id: str | None = None
    unit: str | None = None
    tax_case: str | None = None
    parent_line: int | None = None
    purpose: Purpose = NO_PURPOSE


@dataclass(frozen=True, slots=True)
class Client:
    """The recipient as the document keeps it, whatever becomes of the contact.

    `contact_id` is the public id of the contact it was taken from, `party_id` the same party.
    """

    name: str
    name2: str | None = None
    client_number: str | None = None
    address1: str | None = None
    address2: str | None = None
    address3: str | None = None
    country_code: str | None = None
    contact_person: str | None = None
    email: str | None = None
    phone: str | None = None
    tax_number: str | None = None
    buyer_reference: str | None = None
    contact_id: str | None = None
    party_id: UUID | None = None

    @property
    def address(self) -> tuple[str, ...]:
        """The address lines that are filled."""
        return tuple(line for line in (self.address1, self.address2, self.address3) if line)


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says; free to change until it is finalized. Rates are percentages."""

    document_date: date
    client: Client | None
    lines: tuple[Line, ...]
    language: Language = "de"
    service_date: date | None = None
    service_date_end: date | None = None
    service_date_type: ServiceDateType | None = None
    introduction: str | None = None
    notes: str | None = None
    price_layout: PriceLayout = "net"
    discount_rate: Decimal = Decimal(0)
    vat_regulation: VatRegulation = "standard"
    export_type: ExportType = "pdf"
    form: Form = "standard"
    agreement: Agreement = field(default_factory=Agreement)

    @property
    def is_credit(self) -> bool:
        """Whether it gives back what an invoice claimed; its amounts are positive all the same."""
        return self.form in ("credit-note", "cancellation")


@dataclass(frozen=True, slots=True)
class Preceding:
    """An invoice that another one takes back, corrects or settles (BT-25, BT-26)."""

    number: str
    document_date: date


@dataclass(frozen=True, slots=True)
class Seller:
    """The company as the document keeps it.

    `name` is the name in law, `shown_name` the letterhead's; `tax_numbers`: description, number.
    """

    name: str
    shown_name: str
    name2: str
    country_code: str
    address: tuple[str, ...]
    ceo: str
    legal_lines: tuple[str, ...]
    email: str
    phone: str
    contact_lines: tuple[str, ...]
    iban: str
    bic: str
    bank_name: str
    payment_lines: tuple[str, ...]
    tax_numbers: tuple[tuple[str, str], ...]
    currency: str
    small_trader: bool
    small_trader_text: str
    brand: Brand = field(default_factory=Brand)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its amounts: `net` is BT-131, `shown` what the document prints for it.

    `rate` is the percentage that counts, 0 where the tax case bears no tax; `tax_code` is None
    for a rate that no tax case knows. `unit_net` has at most six decimals.
    """

    line: Line
    tax_code: str | None
    rate: Decimal
    unit_net: Decimal
    unit_shown: Decimal
    net: Money
    shown: Money


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """All lines of one tax case and rate: BT-116 `net` is `lines` less `allowance`.

    `shown_lines` and `shown_allowance` are the same in the layout's prices (gross or net).
    """

    tax_code: str | None
    rate: Decimal
    lines: Money
    allowance: Money
    net: Money
    tax: Money
    shown_lines: Money
    shown_allowance: Money


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one tax group of a down payment takes off a final invoice (§ 14 (5) UStG)."""

    number: str
    document_date: date
    tax_code: str | None
    rate: Decimal
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Net and tax together."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document amounts to; `gross` is `net` plus `tax` exactly."""

    lines: tuple[PricedLine, ...]
    groups: tuple[TaxGroup, ...]
    net: Money
    tax: Money
    gross: Money
    deductions: tuple[Deduction, ...] = ()

    @property
    def deducted(self) -> Money:
        """The down payments that are taken off."""
        return total((each.gross for each in self.deductions), self.gross.currency)

    @property
    def payable(self) -> Money:
        """What is left to pay after the down payments (BT-115)."""
        return self.gross - self.deducted


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a document's PDF and XML are made from, and nothing else.

    `number` is a placeholder and `finalized` False while it is a draft; `is_test` marks the
    documents of a TEST tenant. `preceding` are the invoices that it refers to.
    """

    type: DocumentType
    number: str
    finalized: bool
    is_test: bool
    content: Content
    totals: Totals
    seller: Seller
    due_date: date
    preceding: tuple[Preceding, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """That something was done with a document: when, and a note about it."""

    day: date
    notes: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a finalized invoice stands in the books."""

    invoice_id: InvoiceId
    intent_id: IntentId
    account: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """That a final invoice was taken back by a document of its own number.

    `paid_on` is the day on which the invoice had been paid by then; `invoice_id` the credit note
    of the books, None where its booking had been reversed before.
    """

    number: str
    cancelled_at: datetime
    cancelled_date: date
    reason: str | None
    paid_on: date | None
    invoice_id: InvoiceId | None


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document of the chain, by its public id."""

    public_id: str
    type: DocumentType
    number: str
    document_date: date


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is now.

    `number` is None until it was given or drawn; `revision` counts the changes of its content.
    `paid` follows the open item once the document is a claim.
    """

    id: DocumentId
    public_id: str
    type: DocumentType
    number: str | None
    content: Content
    totals: Totals
    revision: int
    sent: Mark | None
    paid: Mark | None
    custom: Mark | None
    finalized_at: datetime | None
    finalized_date: date | None
    claim: Claim | None
    created_at: datetime
    cancellation: Cancellation | None = None
    parent: Reference | None = None
    successors: tuple[Reference, ...] = ()

    @property
    def shown_number(self) -> str:
        """The number, or what stands for it."""
        return shown_number(self.number, self.public_id)


def shown_number(number: str | None, public_id: str) -> str:
    """A document's number, or what stands for it while it is a draft without one."""
    return number or f"DRAFT-{public_id}"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a caller asks for; `client_id` names a contact whose details are copied.

    Texts and price layout that `said`, the fields named, lacks follow the letter paper.
    """

    type: DocumentType
    content: Content
    number: str | None = None
    client_id: str | None = None
    finalized: bool = False
    parent_id: str | None = None
    said: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MarkChange:
    """A change of one mark: None leaves what it is; `is_set` False takes the mark away."""

    is_set: bool | None = None
    day: date | None = None
    notes: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """What a PATCH asks for; `fields` are the names it used, for the tiers.

    `content` gives the new content for the old one; `client_id` names a contact to copy anew.
    """

    fields: frozenset[str]
    content: Callable[[Content], Content]
    client_id: str | None = None
    finalized: bool | None = None
    paid: MarkChange = MarkChange()
    sent: MarkChange = MarkChange()
    custom: MarkChange = MarkChange()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that the e-invoice breaks, the field that repairs it, what is wrong and what to do."""

    rule: str
    field: str | None
    message: str
    message_de: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the e-invoice rules say about a document, told before the transaction begins.

    `judged` is what they saw, so that the transaction can see that it is still the same; None if
    there was nothing to judge.
    """

    judged: Snapshot | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents are wanted; None means all. The days are inclusive."""

    type: DocumentType | None = None
    first_day: date | None = None
    last_day: date | None = None
    paid: bool | None = None
    sent: bool | None = None
    finalized: bool | None = None
    cancelled: bool | None = None
    client_id: str | None = None
    order: tuple[str, ...] = ("-created_at",)


@dataclass(frozen=True, slots=True)
class Artefact:
    """A stored file of a finalized document, named by its SHA-256 in hex."""

    kind: ArtefactKind
    sha256: str
    size: int
