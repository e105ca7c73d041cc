"""What the demo plans: customers, invoices, bookings and bank lines of one company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.identity.model import Profile, TenantSettings
from kontorhaus.invoicing.model import (
    Content,
    DocumentType,
    ExportType,
    Form,
    Language,
    VatRegulation,
)
from kontorhaus.invoicing.stationery.model import Stationery
from kontorhaus.kernel.money import Money
from kontorhaus.ledger.model import Line
from kontorhaus.products.model import ProductDetails


@dataclass(frozen=True, slots=True)
class Customer:
    """Who gets invoices, and how money comes from there.

    `habit` is prompt, term, late, debit (we collect) or fails (one day pays no more); `contract`
    the products of a contract with their quantities; `months` those it is billed in, counted
    from the first; `discount` a percentage.
    """

    details: PartyDetails
    iban: str
    habit: str
    language: Language
    export_type: ExportType
    discount: Decimal
    contract: tuple[tuple[str, Decimal], ...] = ()
    months: tuple[int, ...] = ()
    is_yearly: bool = False

    @property
    def number(self) -> str:
        """The customer number, unique within the company."""
        assert self.details.client_number is not None
        return self.details.client_number

    @property
    def vat_regulation(self) -> VatRegulation:
        """Customers abroad are companies, which owe the tax themselves (§ 13b UStG)."""
        return "standard" if self.details.country_code == "DE" else "reverse-charge"


@dataclass(frozen=True, slots=True)
class PlannedInvoice:
    """An invoice that will be written; its number is known when it is final.

    One that is cancelled on a later day of its month is never paid.
    """

    key: str
    customer: str
    content: Content
    gross: Money
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A document of an order that follows on an earlier step, `after`; the first on none.

    A partial invoice asks for `percent`; `gross` is what an invoice comes to before deductions.
    """

    key: str
    day: date
    type: DocumentType
    after: str | None = None
    form: Form = "standard"
    percent: Decimal | None = None
    gross: Money | None = None
    is_mailed: bool = False


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order from its estimate to its last invoice; `export_type` is that of its invoices."""

    customer: str
    content: Content
    export_type: ExportType
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """Letter paper, the file of its logo, and the products, in the order in which they stand."""

    paper: Stationery
    logo: str
    products: tuple[ProductDetails, ...]


@dataclass(frozen=True, slots=True)
class PlannedBooking:
    """A booking that will be entered by hand; `reference` names the receipt."""

    key: str
    day: date
    text: str
    lines: tuple[Line, ...]
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class BankLine:
    """A movement on the bank account; money in is positive.

    `purpose` is a template: {0}, {1} … are the numbers of the invoices that it `settles` (keys),
    {typo} the first of them mistyped. `booking` is the key of a booking that is the same
    movement. Lines with one `batch` on one day were booked by the bank as one sum. `code` is the
    ISO 20022 domain code, `return_reason` the reason of a returned direct debit, `reference` the
    bank's own and unique.
    """

    day: date
    amount: Money
    name: str
    iban: str
    purpose: str
    code: str
    settles: tuple[str, ...] = ()
    booking: str | None = None
    batch: str | None = None
    return_reason: str | None = None
    is_matched: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where a company books what it pays, in its own chart."""

    bank: str
    wages: str
    social: str
    wages_payable: str
    tax_payable: str
    social_payable: str
    vat_prepayments: str


@dataclass(frozen=True, slots=True)
class Person:
    """The owner of the demo's organization."""

    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Company:
    """One company of the demo with everything that happened in its twelve months.

    `key` names it in the access file; `opening` is the bank balance before the first day;
    `portal_customer` the number of the customer whose portal may be visited, `managed_customer`
    that of one who tries the program out, and whose books it manages.
    """

    key: str
    profile: Profile
    settings: TenantSettings
    owner: Person
    office: Office
    bank_name: str
    bank_account: str
    opening: Money
    months: tuple[date, ...]
    customers: tuple[Customer, ...]
    portal_customer: str
    managed_customer: str | None
    invoices: tuple[PlannedInvoice, ...]
    order: PlannedOrder
    bookings: tuple[PlannedBooking, ...]
    bank_lines: tuple[BankLine, ...]
