"""What a change of the company may say, and which fields of its profile that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from kontorhaus.identity.model import Profile, TaxNumber
from kontorhaus.kernel import iban
from kontorhaus.surfaces.billing.contacts.wire import Country, Name, absent
from kontorhaus.surfaces.conventions import fields

Line = Annotated[str, fields.text(0, 200, pattern=fields.ONE_LINE)]


class AddressChange(fields.CamelIn):
    """The address lines of the company."""

    line1: Line | None = None
    line2: Line | None = None
    line3: Line | None = None


class LegalChange(fields.CamelIn):
    """Who stands for the company, and two lines for the register."""

    ceo: Line | None = None
    custom_line1: Line | None = None
    custom_line2: Line | None = None


class ContactInfoChange(fields.CamelIn):
    """How the company is reached."""

    email: Line | None = None
    phone: Line | None = None
    custom_line1: Line | None = None
    custom_line2: Line | None = None


class PaymentChange(fields.CamelIn):
    """Where the company is paid."""

    iban: Line | None = None
    bic: Line | None = None
    bank_name: Line | None = None
    custom_line1: Line | None = None
    custom_line2: Line | None = None


class TaxNumberInput(fields.CamelIn):
    """A number of the company at a tax office."""

    description: Annotated[str, fields.text(1, 50)]
    number: Annotated[str, fields.text(1, 50)]


class VatChange(fields.CamelIn):
    """How the company taxes; the default is one of the rates."""

    name: Annotated[str, fields.text(1, 20)] = absent()
    rates: Annotated[list[fields.Percent], Field(min_length=1, max_length=10)] = absent()
    default: fields.Percent = absent()
    small_trader: bool = absent()
    small_trader_description: Annotated[str, fields.text(0, 500)] = absent()


class CompanyChange(fields.CamelIn):
    """A change of the company; a field left out stays, null clears it."""

    name: Name = absent()
    name2: Line | None = None
    country_code: Country = absent()
    address: AddressChange | None = None
    legal_info: LegalChange | None = None
    contact_info: ContactInfoChange | None = None
    payment_info: PaymentChange | None = None
    tax_numbers: Annotated[list[TaxNumberInput], Field(max_length=10)] | None = None
    vat: VatChange = absent()


# Fields of the nested objects → fields of the profile.
_PLACES: Mapping[str, Mapping[str, str]] = {
    "address": {"line1": "line1", "line2": "line2", "line3": "line3"},
    "legal_info": {
        "ceo": "ceo",
        "custom_line1": "legal_line1",
        "custom_line2": "legal_line2",
    },
    "contact_info": {
        "email": "email",
        "phone": "phone",
        "custom_line1": "contact_line1",
        "custom_line2": "contact_line2",
    },
    "payment_info": {
        "iban": "iban",
        "bic": "bic",
        "bank_name": "bank_name",
        "custom_line1": "payment_line1",
        "custom_line2": "payment_line2",
    },
    "vat": {
        "name": "vat_name",
        "rates": "vat_rates",
        "default": "vat_default",
        "small_trader": "small_trader",
        "small_trader_description": "small_trader_text",
    },
}


def changes(body: CompanyChange, before: Profile) -> dict[str, Any]:
    """The fields of the profile that a body changes, with their new values."""
    found: dict[str, Any] = {}
    for name, value in fields.sent(body).items():
        if name == "name":
            # documents show the display name where there is one
            found["display_name" if before.display_name else "name"] = value
        elif name == "tax_numbers":
            found[name] = tuple(TaxNumber(one.description, one.number) for one in value or ())
        elif name in _PLACES:
            found |= dict(_nested(value, _PLACES[name]))
        else:
            found[name] = value
    return found


def _nested(value: BaseModel | None, places: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    given = dict.fromkeys(places) if value is None else fields.sent(value)
    for name, one in given.items():
        place = places[name]
        if place == "iban":
            yield place, iban.compact(one or "")
        else:
            yield place, tuple(one) if isinstance(one, list) else "" if one is None else one
