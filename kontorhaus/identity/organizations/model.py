"""Values of organizations that are managed from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kontorhaus.identity.model import TaxNumber
from kontorhaus.kernel.ids import OrganizationId, TenantId, UserId


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of an organization; `country_code` is ISO 3166-1 alpha-2.

    `bill_to` is the organization that is billed in its stead, `metadata` the caller's own notes.
    """

    name: str
    display_name: str | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    economy_id: str | None = None
    address_line1: str = ""
    address_line2: str = ""
    zip: str = ""
    town: str = ""
    state: str = ""
    country_code: str = "DE"
    contact_person_id: UUID | None = None
    billing_address_id: UUID | None = None
    billing_gln: str | None = None
    withhold_billing: bool | None = None
    bill_to: UUID | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """The part of the profile that is made of details: lines of the address, numbers."""

    name: str
    display_name: str | None
    country_code: str
    lines: tuple[str, str, str]
    tax_numbers: tuple[TaxNumber, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization; `role` is the caller's in it, `tenants` its books by environment."""

    id: OrganizationId
    details: Details
    tenants: Mapping[str, TenantId]
    time_zone: str
    role: str
    managed_by: OrganizationId | None
    created_by: UserId | None

    @property
    def environments(self) -> list[str]:
        """TEST, LIVE or both."""
        return sorted(self.tenants, reverse=True)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which organizations a list shows, and in which order."""

    order_by: str = "name"
    is_descending: bool = False
    environment: str | None = None
    is_managed: bool | None = None
    managed_by: UUID | None = None
