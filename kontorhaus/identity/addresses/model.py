"""Values of billing addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AddressDetails:
    """What a billing address says; `country_code` is ISO 3166-1 alpha-2."""

    recipient: str
    address_line1: str
    zip: str
    town: str
    country_code: str
    organization_id: UUID
    vat_id: str | None = None
    recipient_additions: str | None = None
    billing_contact_id: UUID | None = None
    address_line2: str | None = None
    state: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BillingAddress:
    """A billing address, and the environments of its organization."""

    id: UUID
    details: AddressDetails
    environments: tuple[str, ...]
