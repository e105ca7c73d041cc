"""A party: whom we sell to, buy from, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from kontorhaus.kernel.ids import PartyId

Role = Literal["customer", "vendor"]


@dataclass(frozen=True, slots=True)
class PartyDetails:
    """What a user says about a party.

    `client_number` is the user's own and unique among the contacts; `debtor_number` and
    `creditor_number` are wishes for the personal accounts; `country_code` is ISO 3166-1 alpha-2;
    `vat_regulation` is standard|reverse-charge|intra-community-supply or None;
    `revenue_account` and `expense_account` are proposed for its invoices as customer and vendor.
    `zip` and `city` are kept where they were given apart from the address lines, one of which
    then holds both.
    """

    name: str
    name2: str | None = None
    client_number: str | None = None
    debtor_number: str | None = None
    creditor_number: str | None = None
    address1: str | None = None
    address2: str | None = None
    address3: str | None = None
    country_code: str | None = None
    contact_person: str | None = None
    email: str | None = None
    phone: str | None = None
    vat_id: str | None = None
    tax_id: str | None = None
    iban: str | None = None
    bic: str | None = None
    revenue_account: str | None = None
    expense_account: str | None = None
    zip: str | None = None
    city: str | None = None
    vat_regulation: str | None = None
    notes: str | None = None
    custom_fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, ...]:
        """The address lines that are filled."""
        return tuple(line for line in (self.address1, self.address2, self.address3) if line)

    def default_account(self, role: Role) -> str | None:
        """The account that is proposed for its invoices in a role."""
        return self.revenue_account if role == "customer" else self.expense_account

    @property
    def tax_number(self) -> str | None:
        """The one number that stands for the party's taxes: the VAT id before the tax number."""
        return self.vat_id or self.tax_id


@dataclass(frozen=True, slots=True)
class Party:
    """A party with its ids and its personal accounts (None: it has not that role).

    `is_listed` parties are the contacts that a user keeps; the others live on in the books.
    Each role may be given up for itself.
    """

    id: PartyId
    public_id: str
    details: PartyDetails
    customer_account: str | None
    vendor_account: str | None
    is_listed: bool
    customer_is_active: bool
    vendor_is_active: bool
    created_at: datetime
    updated_at: datetime

    def account(self, role: Role) -> str | None:
        """Its personal account in a role."""
        return self.customer_account if role == "customer" else self.vendor_account

    def is_active(self, role: Role) -> bool:
        """Whether it is in business with us in a role that it has."""
        return self.customer_is_active if role == "customer" else self.vendor_is_active
