"""The JSON shapes of users."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kontorhaus.identity import model
from kontorhaus.identity.members.model import Filter, Invited
from kontorhaus.identity.organizations.model import Organization
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.management.wire import Offset, Order, Text, Thing


class User(Thing):
    """A member of an organization."""

    type: Literal["USER"] = Field(alias="_type")
    email: str
    first_name: str
    last_name: str


class UserList(fields.Out):
    """A page of members; `count` is how many there are in all."""

    data: list[User]
    count: int
    type: Literal["USER_LIST"] = Field(alias="_type")


class UserQuery(fields.Query):
    """Which members a list shows; a text must be the whole of what it is compared with."""

    order_by: Literal["id", "email", "first_name", "last_name"] = "email"
    order: Order = "asc"
    limit: Annotated[int, fields.whole(0, 5000)] = 100
    offset: Offset = 0
    email: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None


class UserInput(fields.LaxIn):
    """Who is invited."""

    email: fields.Email
    first_name: Text = ""
    last_name: Text = ""


def wanted(query: UserQuery) -> Filter:
    """What a query asks for."""
    return Filter(
        query.order_by, query.order == "desc", query.email, query.first_name, query.last_name
    )


def invited(body: UserInput) -> Invited:
    """The person that a body names."""
    return Invited(body.email, body.first_name, body.last_name)


def user(found: tuple[Organization, model.User]) -> dict[str, object]:
    """A member as this API shows it."""
    organization, person = found
    return {
        "_id": person.id,
        "_type": "USER",
        "_envs": organization.environments,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
    }


def users(found: tuple[Organization, list[model.User], int]) -> dict[str, object]:
    """A page of members as this API lists them."""
    organization, rows, count = found
    return {
        "data": [user((organization, row)) for row in rows],
        "count": count,
        "_type": "USER_LIST",
    }
