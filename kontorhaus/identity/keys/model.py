"""Values of keys, and of the key pairs among them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime

from kontorhaus.kernel.ids import ApiKeyId, OrganizationId, UserId


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key that somebody asks for; without `last_day` it has no end."""

    surface: str
    name: str
    scopes: Set[str]
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A key that nobody else changes until the transaction ends."""

    surface: str
    name: str
    prefix: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair; `public_id` is the half that may be seen, `environment` the books it opens."""

    id: ApiKeyId
    environment: str
    public_id: str
    name: str
    is_enabled: bool
    metadata: Mapping[str, str]
    managed_by: OrganizationId | None
    created_by: UserId
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedPair:
    """A new key pair and, this once, its secret half."""

    pair: KeyPair
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which key pairs a list shows, and in which order: name, status or created_at."""

    order_by: str = "created_at"
    is_descending: bool = False
    is_enabled: bool | None = None
