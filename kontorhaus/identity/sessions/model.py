"""Values of a login."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kontorhaus.kernel.ids import OrganizationId, TenantId, UserId


@dataclass(frozen=True, slots=True)
class Account:
    """A person as a login finds it; password_hash is None until one was set."""

    user_id: UserId
    email: str
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant that a person may work in."""

    tenant_id: TenantId
    organization_id: OrganizationId
    organization_name: str
    environment: str
    role: str


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """Whose session it is, on which surface, and the tenant that it works in."""

    user_id: UserId
    email: str
    tenant_id: TenantId
    surface: str


@dataclass(frozen=True, slots=True)
class Session:
    """A login; the token is shown to its owner alone, `csrf` guards the forms of the web pages."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    user_id: UserId
    email: str
    place: Place
    expires_at: datetime
