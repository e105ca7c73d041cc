"""The JSON shapes of contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.contacts.rules import INVOICE_COUNTRIES, shown_number, with_tax_number
from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.conventions import fields

VatRegulation = Literal["standard", "reverse-charge", "intra-community-supply"]


def _country(code: str) -> str:
    if code not in INVOICE_COUNTRIES:
        raise fields.refused("must be a country of the EU, CH or GB")
    return code


def absent() -> Any:
    """The default of a field that may be left out but, if it is sent, is no null."""
    return Field(default=None)


Country = Annotated[fields.CountryCode, AfterValidator(_country)]
Name = Annotated[str, fields.text(1, 200)]
Short = Annotated[str, fields.text(0, 200)]
Number = Annotated[str, fields.text(0, 50)]
Long = Annotated[str, fields.text(0, 2000)]
CustomFields = dict[str, Annotated[str, fields.text(0, 500)]]


class ContactFields(fields.CamelIn):
    """What a contact may say besides its name; null clears."""

    name2: Short | None = None
    client_number: Number | None = None
    creditor_number: Number | None = None
    debtor_number: Number | None = None
    address1: Short | None = None
    address2: Short | None = None
    address3: Short | None = None
    country_code: Country | None = None
    contact_person: Short | None = None
    email: fields.Email | None = None
    phone: Number | None = None
    tax_number: Number | None = None
    vat_regulation: VatRegulation | None = None
    notes: Long | None = None
    custom_fields: CustomFields | None = None


class ContactInput(ContactFields):
    """A new contact."""

    name: Name


class ContactChange(ContactFields):
    """A change of a contact; what is left out stays."""

    name: Name = absent()


class Contact(fields.CamelOut):
    """A contact with all it says."""

    id: str
    type: Literal["client"]
    name: str
    name2: str | None
    client_number: str | None
    creditor_number: str | None
    debtor_number: str | None
    address1: str | None
    address2: str | None
    address3: str | None
    country_code: str | None
    contact_person: str | None
    email: str | None
    phone: str | None
    tax_number: str | None
    vat_regulation: str | None
    notes: str | None
    custom_fields: dict[str, str]
    created_at: datetime
    updated_at: datetime


class ContactRow(fields.CamelOut):
    """A contact as the list shows it."""

    id: str
    type: Literal["client"]
    name: str
    name2: str | None
    client_number: str | None
    country_code: str | None
    email: str | None
    created_at: datetime


class Contacts(fields.CamelOut):
    """A page of contacts."""

    results: list[ContactRow]
    total: int
    limit: int
    skip: int
    has_more: bool


class Page(fields.CamelQuery):
    """Which part of a list is wanted."""

    limit: Annotated[int, fields.whole(1, 100)] = 20
    skip: Annotated[int, fields.whole(0, None)] = 0


def details(body: ContactInput) -> PartyDetails:
    """The party that a body describes."""
    return _with(PartyDetails(name=body.name), fields.sent(body))


def change(body: ContactChange) -> Callable[[PartyDetails], PartyDetails]:
    """What a body makes of the details that were there; Invalid if it names nothing."""
    given = fields.sent(body)
    if not given:
        raise Invalid("no_changes", "Name at least one field to change.", field="")
    return lambda before: _with(before, given)


def _with(before: PartyDetails, given: dict[str, Any]) -> PartyDetails:
    values: dict[str, Any] = {name: None if value == "" else value for name, value in given.items()}
    if values.get("custom_fields", before) is None:
        values["custom_fields"] = {}
    has_tax_number = "tax_number" in values
    tax_number = values.pop("tax_number", None)
    after = replace(before, **values)
    return with_tax_number(after, tax_number) if has_tax_number else after


def contact(party: Party) -> Contact:
    """A party as this API shows it."""
    said = party.details
    return Contact(
        id=party.public_id,
        type="client",
        name=said.name,
        name2=said.name2,
        client_number=said.client_number,
        creditor_number=shown_number(said.creditor_number, party.vendor_account),
        debtor_number=shown_number(said.debtor_number, party.customer_account),
        address1=said.address1,
        address2=said.address2,
        address3=said.address3,
        country_code=said.country_code,
        contact_person=said.contact_person,
        email=said.email,
        phone=said.phone,
        tax_number=said.tax_number,
        vat_regulation=said.vat_regulation,
        notes=said.notes,
        custom_fields=dict(said.custom_fields),
        created_at=party.created_at,
        updated_at=party.updated_at,
    )


def contacts(found: tuple[list[Party], int], page: Page) -> Contacts:
    """A page of parties as this API lists them."""
    parties, total = found
    return Contacts(
        results=[_row(party) for party in parties],
        total=total,
        limit=page.limit,
        skip=page.skip,
        has_more=page.skip + len(parties) < total,
    )


def _row(party: Party) -> ContactRow:
    said = party.details
    return ContactRow(
        id=party.public_id,
        type="client",
        name=said.name,
        name2=said.name2,
        client_number=said.client_number,
        country_code=said.country_code,
        email=said.email,
        created_at=party.created_at,
    )
