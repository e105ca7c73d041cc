"""The JSON shapes of organizations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from kontorhaus.identity.organizations.model import Details, Filter, Organization
from kontorhaus.surfaces.conventions import countries, fields
from kontorhaus.surfaces.management.wire import (
    Country,
    Environment,
    Filled,
    Metadata,
    Offset,
    Order,
    Text,
    Thing,
    absent,
    filled,
)

Kind = Literal["ORGANIZATION", "MANAGED_ORGANIZATION"]
Name = Annotated[str, fields.text(3, 200)]


class BillingOptions(fields.Out):
    """Who is billed for an organization."""

    gln: str = absent()
    withhold_billing: bool = absent()
    bill_to_organization: UUID = absent()


class Configuration(fields.Out):
    """What `billing_options.withhold_billing` says, under its older name."""

    withhold_billing: bool = absent()


class OrganizationAnswer(Thing):
    """An organization."""

    type: Kind = Field(alias="_type")
    name: str
    display_name: str = absent()
    vat_id: str = absent()
    contact_person_id: UUID = absent()
    address_line1: str = absent()
    address_line2: str = absent()
    zip: str = absent()
    town: str = absent()
    state: str = absent()
    country_code: str
    tax_number: str = absent()
    economy_id: str = absent()
    billing_options: BillingOptions = absent()
    billing_address_id: UUID = absent()
    metadata: dict[str, str]
    managed_by_organization_id: UUID = absent()
    managed_configuration: Configuration = absent()
    created_by_user: UUID = absent()


class OrganizationList(fields.Out):
    """A page of organizations; `count` is how many there are in all."""

    data: list[OrganizationAnswer]
    count: int
    type: Literal["ORGANIZATION_LIST"] = Field(alias="_type")


class OrganizationQuery(fields.Query):
    """Which organizations a list shows."""

    order_by: Literal[
        "name", "id", "address_line1", "zip", "town", "display_name", "vat_id", "address_line2",
        "state", "tax_number", "economy_id",
    ] = "name"  # fmt: skip
    order: Order = "asc"
    limit: Annotated[int, fields.whole(0, 5000)] = 100
    offset: Offset = 0
    env: Environment | None = None
    type: Kind | None = None
    managed_by_organization_id: fields.Id | None = None


class OptionsInput(fields.LaxIn):
    """Who is billed; null clears."""

    gln: Annotated[str, fields.text(0, 20)] | None = None
    withhold_billing: bool | None = None
    bill_to_organization: fields.Id | None = None


class ConfigurationInput(fields.LaxIn):
    """The older name of one of the billing options."""

    withhold_billing: bool | None = None


class DetailFields(fields.LaxIn):
    """What may be said of an organization besides name and address; null clears."""

    display_name: Text | None = None
    vat_id: Text | None = None
    contact_person_id: fields.Id | None = None
    address_line2: Text | None = None
    state: Text | None = None
    tax_number: Text | None = None
    economy_id: Text | None = None
    billing_options: OptionsInput | None = None
    billing_address_id: fields.Id | None = None
    metadata: Metadata = absent()
    managed_by_organization_id: fields.Id = absent()
    managed_configuration: ConfigurationInput | None = None


class OrganizationInput(DetailFields):
    """A new organization."""

    name: Name
    address_line1: Filled
    zip: Filled
    town: Filled
    country_code: Country


class OrganizationChange(DetailFields):
    """A change; what is left out stays."""

    name: Name = absent()
    address_line1: Filled = absent()
    zip: Filled = absent()
    town: Filled = absent()
    country_code: Country = absent()


class EnvironmentInput(fields.LaxIn):
    """The environment whose books are opened."""

    env: Environment


def wanted(query: OrganizationQuery) -> Filter:
    """What a query asks for."""
    return Filter(
        query.order_by,
        query.order == "desc",
        query.env,
        None if query.type is None else query.type == "MANAGED_ORGANIZATION",
        query.managed_by_organization_id,
    )


def details(body: OrganizationInput) -> Details:
    """The organization that a body describes."""
    return change(body)(Details(name=body.name))


def change(body: DetailFields) -> Callable[[Details], Details]:
    """What a body makes of the details that were there."""
    given = fields.sent(body)
    given.pop("managed_by_organization_id", None)
    options, older = given.pop("billing_options", {}), given.pop("managed_configuration", None)
    if older is not None:
        given["withhold_billing"] = older.withhold_billing
    if options is None:
        given |= {"billing_gln": None, "withhold_billing": None, "bill_to": None}
    elif options:
        given |= _options(options)
    if "country_code" in given:
        given["country_code"] = countries.alpha2(given["country_code"])
    for name in ("address_line2", "state"):
        if name in given:
            given[name] = given[name] or ""
    for name in ("display_name", "vat_id", "tax_number", "economy_id"):
        if name in given:
            given[name] = given[name] or None
    return lambda before: replace(before, **given)


def _options(body: OptionsInput) -> dict[str, Any]:
    names = {
        "gln": "billing_gln",
        "withhold_billing": "withhold_billing",
        "bill_to_organization": "bill_to",
    }
    return {names[name]: value for name, value in fields.sent(body).items()}


def organization(found: Organization) -> dict[str, object]:
    """An organization as this API shows it."""
    said = found.details
    is_managed = found.managed_by is not None
    options = filled(
        {
            "gln": said.billing_gln,
            "withhold_billing": said.withhold_billing,
            "bill_to_organization": said.bill_to,
        }
    )
    told = {
        name: getattr(said, name)
        for name in OrganizationAnswer.model_fields
        if name in Details.__dataclass_fields__
    }
    withheld = {"withhold_billing": bool(said.withhold_billing)}
    return {
        "_id": found.id,
        "_type": "MANAGED_ORGANIZATION" if is_managed else "ORGANIZATION",
        "_envs": found.environments,
        **filled(told),
        "country_code": countries.alpha3(said.country_code),
        "metadata": said.metadata,
        **filled(
            {
                "billing_options": options or None,
                "managed_by_organization_id": found.managed_by,
                "managed_configuration": withheld if is_managed else None,
                "created_by_user": found.created_by,
            }
        ),
    }


def organizations(found: tuple[list[Organization], int]) -> dict[str, object]:
    """A page of organizations as this API lists them."""
    rows, count = found
    return {
        "data": [organization(row) for row in rows],
        "count": count,
        "_type": "ORGANIZATION_LIST",
    }
