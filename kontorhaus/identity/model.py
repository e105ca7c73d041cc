"""Values of identity: the profile of an organization, its settings, people and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from kontorhaus.kernel.ids import ApiKeyId, OrganizationId, PartyId, TenantId, UserId

ENVIRONMENTS = ("TEST", "LIVE")
ROLES = ("owner", "admin", "member", "adviser", "adviser_read", "auditor")
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A number of the seller on its documents, such as "USt-IdNr." and "DE123456789"."""

    description: str
    number: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organization says of itself; one per organization, shared by TEST and LIVE.

    Rates are percent. `small_trader` is § 19 UStG. `name` is the name in law, `display_name`
    the one that documents show, when it differs.
    """

    name: str
    name2: str | None = None
    display_name: str | None = None
    country_code: str = "DE"
    line1: str = ""
    line2: str = ""
    line3: str = ""
    ceo: str = ""
    legal_line1: str = ""
    legal_line2: str = ""
    email: str = ""
    phone: str = ""
    contact_line1: str = ""
    contact_line2: str = ""
    iban: str = ""
    bic: str = ""
    bank_name: str = ""
    payment_line1: str = ""
    payment_line2: str = ""
    tax_numbers: tuple[TaxNumber, ...] = ()
    currency: str = "EUR"
    vat_name: str = "USt."
    vat_rates: tuple[Decimal, ...] = (Decimal(19), Decimal(7), Decimal(0))
    vat_default: Decimal = Decimal(19)
    small_trader: bool = False
    small_trader_text: str = "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet."
    time_zone: str = "Europe/Berlin"
    language: str = "de"

    @property
    def shown_name(self) -> str:
        """The name that documents show."""
        return self.display_name or self.name


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """How one tenant keeps its books.

    `vat_method` soll (§ 16 UStG) or ist (§ 20 UStG) holds from `vat_method_from` on, and
    `vat_methods_before` are those that held before, oldest first, each with its first day;
    `number_formats` maps a series to its format; `payment_days` is the usual term;
    `portal_link_days` is how long a customer's link holds.
    """

    chart: str = "SKR04"
    fiscal_year_start_month: int = 1
    vat_method: str = "soll"
    vat_method_from: date | None = None
    datev_adviser_number: int = 1001
    datev_client_number: int = 1
    sepa_version: str = "09"
    payment_run_four_eyes: bool = False
    number_formats: Mapping[str, str] = field(default_factory=dict)
    payment_days: int = 14
    portal_link_days: int = 30
    vat_methods_before: tuple[tuple[str, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Founded:
    """A new organization; its tenants by environment."""

    organization_id: OrganizationId
    tenants: Mapping[str, TenantId]


@dataclass(frozen=True, slots=True)
class NewOwner:
    """Whoever sets an organization up, and how the person signs in."""

    email: str
    password: str = field(repr=False)
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class TenantRow:
    """One tenant as a list shows it."""

    tenant_id: TenantId
    organization_id: OrganizationId
    organization_name: str
    environment: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class User:
    """A person with its role in the organization at hand."""

    id: UserId
    email: str
    first_name: str
    last_name: str
    role: str

    @property
    def label(self) -> str:
        """How the person is shown: by name, else by address."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored credential of a program; its token is not among the values.

    It ends at `expires_at`, if it does; `party_id` is the customer of a portal token.
    """

    id: ApiKeyId
    surface: str
    name: str
    prefix: str
    public_id: str | None
    scopes: frozenset[str]
    is_enabled: bool
    party_id: PartyId | None
    created_by: UserId
    created_at: datetime
    last_used_date: date | None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key and, this once, its token; `public_id` is the open half of a management pair."""

    key: ApiKey
    token: str = field(repr=False)

    @property
    def public_id(self) -> str | None:
        """The half that may be seen, where the surface asks for a pair."""
        return self.key.public_id
