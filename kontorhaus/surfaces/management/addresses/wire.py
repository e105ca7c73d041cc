"""The JSON shapes of billing addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from kontorhaus.identity.addresses import rules
from kontorhaus.identity.addresses.model import AddressDetails, BillingAddress
from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.conventions import countries, fields
from kontorhaus.surfaces.management.wire import (
    Country,
    Filled,
    Metadata,
    Text,
    Thing,
    absent,
    filled,
)

_NEEDED = ("recipient", "address_line1", "zip", "town", "country_code")


class Address(Thing):
    """Where bills go; `vat_id_valid` tells form and check digits."""

    type: Literal["BILLING_ADDRESS"] = Field(alias="_type")
    vat_id_valid: bool
    vat_id: str = absent()
    recipient: str
    recipient_additions: str = absent()
    billing_contact_id: UUID = absent()
    address_line1: str
    address_line2: str = absent()
    zip: str
    town: str
    state: str = absent()
    country_code: str
    organization_id: UUID
    metadata: dict[str, str]


class AddressList(fields.Out):
    """All billing addresses; `count` is how many there are."""

    data: list[Address]
    count: int
    type: Literal["BILLING_ADDRESS_LIST"] = Field(alias="_type")


class AddressChange(fields.LaxIn):
    """A change; what is left out stays, null clears what may be empty."""

    vat_id: Text | None = None
    recipient: Filled = absent()
    recipient_additions: Text | None = None
    billing_contact_id: fields.Id | None = None
    address_line1: Filled = absent()
    address_line2: Text | None = None
    zip: Filled = absent()
    town: Filled = absent()
    state: Text | None = None
    country_code: Country = absent()
    organization_id: fields.Id = absent()
    metadata: Metadata = absent()


class AddressInput(AddressChange):
    """A new billing address; some clients send its fields in the query string."""

    model_config = ConfigDict(json_schema_extra={"required": list(_NEEDED)})


class AddressQuery(fields.Query):
    """The fields of a new address in the query string."""

    vat_id: Text | None = None
    recipient: Filled | None = None
    recipient_additions: Text | None = None
    billing_contact_id: fields.Id | None = None
    address_line1: Filled | None = None
    address_line2: Text | None = None
    zip: Filled | None = None
    town: Filled | None = None
    state: Text | None = None
    country_code: Country | None = None
    organization_id: fields.Id | None = None


def details(body: AddressInput | None, query: AddressQuery, own: UUID) -> AddressDetails:
    """The address that is described; the body goes before the query string.

    Without an organization it is that of the caller. Invalid names the field that is missing.
    """
    given = {**fields.sent(query), **(fields.sent(body) if body else {})}
    for name in _NEEDED:
        if given.get(name) is None:
            raise Invalid("invalid_input", "is missing", field=name)
    return AddressDetails(**{"organization_id": own, **_values(given)})


def change(body: AddressChange) -> Callable[[AddressDetails], AddressDetails]:
    """What a body makes of the details that were there."""
    values = _values(fields.sent(body))
    return lambda before: replace(before, **values)


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: None if value == "" else value for name, value in given.items()}
    if "country_code" in values:
        values["country_code"] = countries.alpha2(str(values["country_code"]))
    return values


def address(found: BillingAddress) -> dict[str, object]:
    """A billing address as this API shows it."""
    said = found.details
    told = filled({name: getattr(said, name) for name in AddressDetails.__dataclass_fields__})
    return {
        "_id": found.id,
        "_type": "BILLING_ADDRESS",
        "_envs": list(found.environments),
        **told,
        "vat_id_valid": rules.has_valid_vat_id(said),
        "country_code": countries.alpha3(said.country_code),
    }


def addresses(found: list[BillingAddress]) -> dict[str, object]:
    """All billing addresses as this API lists them."""
    rows = [address(row) for row in found]
    return {"data": rows, "count": len(rows), "_type": "BILLING_ADDRESS_LIST"}
