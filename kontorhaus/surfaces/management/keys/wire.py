"""The JSON shapes of key pairs."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from kontorhaus.identity.keys.model import Filter, IssuedPair, KeyPair
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.management.wire import (
    Metadata,
    Offset,
    Order,
    Thing,
    absent,
    filled,
)

Kind = Literal["API_KEY", "MANAGED_API_KEY"]
Status = Literal["enabled", "disabled"]
_ENABLED = "enabled"


class ApiKey(Thing):
    """A key pair; `secret` is in the answer that created it only."""

    type: Kind = Field(alias="_type")
    key: str
    secret: str = absent()
    created_at: int
    created_by_user: UUID
    name: str
    status: Status
    metadata: dict[str, str]
    managed_by_organization_id: UUID = absent()


class ApiKeyList(fields.Out):
    """A page of key pairs; `count` is how many there are in all."""

    data: list[ApiKey]
    count: int
    type: Literal["API_KEY_LIST"] = Field(alias="_type")


class ApiKeyQuery(fields.Query):
    """Which key pairs a list shows."""

    order_by: Literal["name", "status", "created_at"] = "created_at"
    order: Order = "asc"
    limit: Annotated[int, fields.whole(0, 100)] = 100
    offset: Offset = 0
    status: Status | None = None


class ApiKeyInput(fields.LaxIn):
    """A new key pair; without a `status` it is enabled."""

    # the description marks the status as required and gives it a default: clients leave it out
    model_config = ConfigDict(json_schema_extra={"required": ["name", "status"]})

    name: Annotated[str, fields.text(3, 30, pattern=r"^[a-z0-9\-]{3,30}$")]
    status: Status = "enabled"
    managed_by_organization_id: fields.Id = absent()
    metadata: Metadata = Field(default_factory=dict)


class ApiKeyChange(fields.LaxIn):
    """A change; what is left out stays."""

    status: Status = absent()
    metadata: Metadata = absent()


class ApiKeyChangeQuery(fields.Query):
    """The same change in the query string, as some clients send it."""

    status: Status | None = None


def wanted(query: ApiKeyQuery) -> Filter:
    """What a query asks for."""
    is_enabled = None if query.status is None else query.status == _ENABLED
    return Filter(query.order_by, query.order == "desc", is_enabled)


def creation(body: ApiKeyInput) -> dict[str, Any]:
    """The key pair that a body describes."""
    return {
        "name": body.name,
        "is_enabled": body.status == _ENABLED,
        "metadata": body.metadata,
        "managed_by": body.managed_by_organization_id,
    }


def change(body: ApiKeyChange | None, query: ApiKeyChangeQuery) -> dict[str, Any]:
    """What is changed; the body goes before the query string."""
    status = (body.status if body else None) or query.status
    return {
        "is_enabled": None if status is None else status == _ENABLED,
        "metadata": body.metadata if body else None,
    }


def api_key(found: KeyPair, secret: str | None = None) -> dict[str, object]:
    """A key pair as this API shows it."""
    managed_by = found.managed_by
    return {
        "_id": found.id,
        "_type": "API_KEY" if managed_by is None else "MANAGED_API_KEY",
        "_envs": [found.environment],
        "key": found.public_id,
        **filled({"secret": secret}),
        "created_at": int(found.created_at.timestamp()),
        "created_by_user": found.created_by,
        "name": found.name,
        "status": _ENABLED if found.is_enabled else "disabled",
        "metadata": found.metadata,
        **filled({"managed_by_organization_id": managed_by}),
    }


def issued(made: IssuedPair) -> dict[str, object]:
    """A new key pair with its secret."""
    return api_key(made.pair, made.secret)


def api_keys(found: tuple[list[KeyPair], int]) -> dict[str, object]:
    """A page of key pairs as this API lists them."""
    rows, count = found
    return {"data": [api_key(row) for row in rows], "count": count, "_type": "API_KEY_LIST"}
