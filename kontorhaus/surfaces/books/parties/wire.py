"""The JSON shapes of customers and vendors, the two roles of a party."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from kontorhaus.contacts import rules
from kontorhaus.contacts.model import Party, PartyDetails, Role
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.postal import PostalAddress
from kontorhaus.surfaces.conventions import countries, fields

_HOME = "DE"


def _country(code: str) -> str:
    if code not in countries.ALPHA2:
        raise fields.refused("is no country of ISO 3166-1")
    return code


Name = Annotated[str, fields.text(1, 255)]
Number = Annotated[str, fields.text(0, 20)]
Iban = Annotated[str, fields.text(0, 34)]
Bic = Annotated[str, fields.text(0, 11)]
Account = Annotated[str, fields.text(0, 9)]
Notes = Annotated[str, fields.text(0, 2000)]
Line = Annotated[str, fields.text(0, 200)]
Country = Annotated[fields.CountryCode, AfterValidator(_country)]


class AddressInput(fields.In):
    """A postal address; what is left out is empty."""

    street: Line = ""
    city: Line = ""
    zip: Annotated[str, fields.text(0, 20)] = ""
    country: Country = _HOME


class PartyFields(fields.In):
    """What a customer or vendor may say besides its name; null clears."""

    tax_id: Number | None = None
    vat_id: Number | None = None
    iban: Iban | None = None
    bic: Bic | None = None
    address: AddressInput | None = None
    default_account: Account | None = None
    notes: Notes | None = None


class PartyInput(PartyFields):
    """A new customer or vendor."""

    name: Name


class PartyChange(PartyFields):
    """A change of a customer or vendor; what is left out stays."""

    name: Name = Field(default=None)  # type: ignore[assignment]


class PartyQuery(fields.Query):
    """Which customers or vendors; `search` looks into name and VAT id."""

    search: Annotated[str, fields.text(0, 200)] | None = None
    is_active: bool | None = None
    limit: Annotated[int, fields.whole(1, 500)] = 50
    offset: Annotated[int, fields.whole(0, None)] = 0


class Address(fields.Out):
    """A postal address."""

    street: str
    city: str
    zip: str
    country: str


class PartyRow(fields.Out):
    """A customer or vendor in a list."""

    id: UUID
    name: str
    vat_id: str | None
    iban: str | None
    default_account: str | None
    is_active: bool
    open_amount: fields.Money
    account_number: str


class PartyOut(fields.Out):
    """A customer or vendor with everything that is known of it."""

    id: UUID
    name: str
    tax_id: str | None
    vat_id: str | None
    iban: str | None
    bic: str | None
    address: Address | None
    default_account: str | None
    notes: str | None
    is_active: bool
    open_amount: fields.Money
    account_number: str


def details(body: PartyInput, role: Role) -> PartyDetails:
    """The party that a body describes."""
    said = _said(body, role)
    address = said.pop("address", None)
    return rules.with_address(PartyDetails(**said), address)


def changes(body: PartyChange, role: Role) -> dict[str, Any]:
    """What a body changes, by the names of a party's details."""
    return _said(body, role)


def _said(body: PartyFields, role: Role) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: None if value == "" else value for name, value in fields.sent(body).items()
    }
    if "name" in values:
        values["name"] = values["name"].strip()
    if "default_account" in values:
        account = "revenue_account" if role == "customer" else "expense_account"
        values[account] = values.pop("default_account")
    if values.get("address"):
        values["address"] = _postal(values["address"])
    return values


def _postal(given: AddressInput) -> PostalAddress:
    street = given.street.strip()
    lines = (street,) if street else ()
    return PostalAddress(lines, given.zip.strip(), given.city.strip(), given.country)


def party_row(found: Party, owed: Money, role: Role) -> PartyRow:
    """A customer or vendor in a list as the API shows it."""
    said = found.details
    return PartyRow(
        id=found.id,
        name=said.name,
        vat_id=said.vat_id,
        iban=said.iban,
        default_account=said.default_account(role),
        is_active=found.is_active(role),
        open_amount=owed,
        account_number=found.account(role) or "",
    )


def party(found: Party, owed: Money, role: Role) -> PartyOut:
    """A customer or vendor as the API shows it."""
    said = found.details
    return PartyOut(
        id=found.id,
        name=said.name,
        tax_id=said.tax_id,
        vat_id=said.vat_id,
        iban=said.iban,
        bic=said.bic,
        address=_address(found),
        default_account=said.default_account(role),
        notes=said.notes,
        is_active=found.is_active(role),
        open_amount=owed,
        account_number=found.account(role) or "",
    )


def _address(found: Party) -> Address | None:
    known = rules.address_of(found.details)
    if known is None:
        return None
    return Address(
        street=", ".join(known.street),
        city=known.city,
        zip=known.zip,
        country=known.country or _HOME,
    )
