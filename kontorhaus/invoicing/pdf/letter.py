"""What a commercial document shows, as values: every amount is decided before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money

Kind = Literal[
    "invoice",
    "credit_note",
    "estimate",
    "order_confirmation",
    "delivery_note",
    "purchase_order",
]
Language = Literal["de", "en"]
LegalNote = Literal[
    "reverse_charge_13b",
    "reverse_charge_eu",
    "intra_community",
    "export",
    "small_trader",
    "supply_date",
]
TitleKey = Literal["", "cancellation", "partial_invoice", "final_invoice", "corrected_invoice"]
SmallPrint = Literal["retained_title", "retention_private"]
# The facts the templates know in both languages; any other label is printed as it is.
FactLabel = Literal[
    "issue_date",
    "service_period",
    "service_date",
    "delivery_date",
    "customer_number",
    "supplier_number",
    "buyer_reference",
    "order_reference",
    "contract_reference",
    "despatch_advice",
    "receiving_advice",
    "project",
    "due_date",
    "valid_until",
    "customer_vat_id",
    "original",
    "contact",
    "phone",
    "email",
    "shipping",
    "parcels",
    "weight",
]

MAX_LOGO_BYTES = 200_000
_ACCENT = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
# What an SVG may not hold: text needs a font, an image or a script brings foreign content.
_FOREIGN = re.compile(rb"<\s*(?:\w+:)?(?:image|text|script|foreignObject|use)\b|<!", re.I)


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo; Invalid("logo") for one that is too large or an SVG with text, image or script."""

    format: Literal["svg", "png"]
    content: bytes
    height_mm: int = 13

    def __post_init__(self) -> None:
        if len(self.content) > MAX_LOGO_BYTES:
            raise Invalid("logo", f"A logo has at most {MAX_LOGO_BYTES} bytes.", field="logo")
        if self.format == "svg" and _FOREIGN.search(self.content):
            raise Invalid("logo", "An SVG logo holds neither text nor images.", field="logo")


@dataclass(frozen=True, slots=True)
class Brand:
    """How the documents of an organization look; `accent` is a colour as #rrggbb."""

    theme: Literal["modern", "classic"] = "modern"
    accent: str = "#0f5c6e"
    tagline: str = ""
    logo: Logo | None = None

    def __post_init__(self) -> None:
        if not _ACCENT.fullmatch(self.accent):
            raise Invalid("accent", "A colour is written as #rrggbb.", field="accent")


@dataclass(frozen=True, slots=True)
class Bank:
    """The account to pay to; the holder is the sender where none is named."""

    iban: str
    bic: str = ""
    name: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: address, contact and legal lines stand in the footer as they are."""

    name: str
    address: tuple[str, ...]
    country: str = ""
    contact: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    vat_id: str = ""
    bank: Bank | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """The lines of the window (at most six fit); `notes` are remarks above them."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()
    vat_id: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the information block: a text, a day, or two days as a period."""

    label: FactLabel | str
    value: str | date | tuple[date, date]


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount of a line, already taken off its amount; both figures are positive."""

    percent: Decimal
    amount: Money


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One position. On a delivery note price, rate and amount stay None."""

    position: str
    name: str
    quantity: Decimal
    unit: str = ""
    unit_price: Decimal | None = None
    vat_rate: Decimal | None = None
    amount: Money | None = None
    description: str = ""
    discount: Discount | None = None
    is_optional: bool = False
    article_number: str = ""
    ordered: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A title above some of the lines."""

    name: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A text between the lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount (amount < 0) or charge on the whole document."""

    label: str
    amount: Money
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of one rate on its net base; any category but S is shown as 0 %."""

    rate: Decimal
    base: Money
    amount: Money
    category: str = "S"


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one rate of a down payment takes off a final invoice (§ 14 (5) UStG)."""

    number: str
    issue_date: date
    net: Money
    rate: Decimal
    tax: Money

    @property
    def gross(self) -> Money:
        """Net and tax together."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class LetterTotals:
    """The sums; `lines` is the sum of the positions before adjustments.

    `remaining` is the tax of what is left to pay after the `deductions`.
    """

    lines: Money
    net: Money
    gross: Money
    payable: Money
    vat: tuple[Tax, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    remaining: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True)
class Skonto:
    """Percent off if the payment arrives until a day: the discount, and what remains to pay."""

    until: date
    percent: Decimal
    discount: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Terms:
    """When to pay; `paid_on` says instead that it has been."""

    due_date: date | None = None
    skonto: tuple[Skonto, ...] = ()
    paid_on: date | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment panel, with a GiroCode where one is possible and wanted."""

    reference: str
    amount: Money
    bank: Bank | None = None
    has_giro_code: bool = True


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole document.

    `title_key` gives an invoice or a credit note its own title (Stornorechnung, …). `intro` and
    `closing` are paragraphs of the user; `notes` and `small_print` name sentences of the law,
    `note_texts` are further ones. `prices` says whether the lines' prices hold the tax. `vat_name`
    is what the organization calls it. The invoice address
    stands on orders only.
    """

    kind: Kind
    number: str
    issue_date: date
    sender: Sender
    recipient: Recipient
    lines: tuple[LetterLine | Heading | Remark, ...]
    totals: LetterTotals | None = None
    language: Language = "de"
    currency: str = "EUR"
    prices: Literal["net", "gross"] = "net"
    has_vat_column: bool = True
    vat_name: str = ""
    title_key: TitleKey = ""
    brand: Brand = Brand()
    watermark: Literal["draft", "test"] | None = None
    facts: tuple[Fact, ...] = ()
    intro: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    notes: tuple[LegalNote, ...] = ()
    note_texts: tuple[str, ...] = ()
    small_print: tuple[SmallPrint, ...] = ()
    terms: Terms | None = None
    payment: Payment | None = None
    attachments: tuple[str, ...] = ()
    signed_by: str = ""
    has_acceptance: bool = False
    delivery_address: tuple[str, ...] = ()
    invoice_address: tuple[str, ...] = ()
