"""Values of a login."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kontorhaus.kernel.ids import OrganizationId, TenantId, UserId


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody signs in.

    `client` is the network address, `agent` the User-Agent; `device` the cookie by which a browser
    is known again, "" for a program.
    """

    client: str = ""
    agent: str = ""
    device: str = field(default="", repr=False)
    request_id: UUID | None = None


STRANGER = Visitor()


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
class Proof:
    """A person whose password was right; `places` is never empty, LIVE first.

    `mark` tells one password from the next; `needs_code` says that a second factor is asked for.
    """

    surface: str
    user_id: UserId
    email: str
    places: tuple[Place, ...]
    needs_code: bool
    mark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A login; the token is shown to its owner alone, `csrf` guards the forms of the web pages.

    `device` is what a browser keeps to be known again, "" for a program.
    """

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    user_id: UserId
    email: str
    place: Place
    expires_at: datetime
    device: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its person sees it; `surface` is web, books or management."""

    session_id: UUID
    surface: str
    client: str
    agent: str
    created_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """Since when an unused session, a try and an unused device no longer count."""

    idle: datetime
    tries: datetime
    devices: datetime
