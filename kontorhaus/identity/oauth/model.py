"""Values of third-party access: apps, what was granted to them, tokens, requests and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kontorhaus.kernel.ids import AppId, GrantId, OrganizationId, TenantId, UserId

KINDS = ("confidential", "public", "native")


@dataclass(frozen=True, slots=True)
class AppDetails:
    """What its owner says of an app; `scopes` is the most that it may ask for.

    `kind` is confidential (a server that keeps a secret), public (a page in the browser) or
    native (a program on somebody's machine).
    """

    name: str
    kind: str
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class App:
    """A registered app; its secret is not among the values."""

    id: AppId
    tenant_id: TenantId
    client_id: str
    details: AppDetails
    owner_name: str
    created_by: UserId
    created_at: datetime
    known_network: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class IssuedApp:
    """An app and, this once, its secret; None for an app that cannot keep one."""

    app: App
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant in which somebody grants something, with what the person may do there itself."""

    tenant_id: TenantId
    organization_id: OrganizationId
    time_zone: str
    role: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission that was given: `scopes` is what was agreed to.

    `place` is None once the person has no right in the tenant any more.
    """

    id: GrantId
    app_id: AppId
    user_id: UserId
    tenant_id: TenantId
    scopes: frozenset[str]
    created_at: datetime
    ended_at: datetime | None
    place: Place | None
    email: str = ""
    redirect_uri: str | None = None
    code_challenge: str | None = field(default=None, repr=False)
    code_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A stored token; `kind` is access or refresh."""

    id: UUID
    kind: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    grant: Grant


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """An app that has access to a tenant through a person, however often it was allowed."""

    app_id: AppId
    user_id: UserId
    name: str
    user_name: str
    scopes: frozenset[str]
    since: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of an app: its parameters, each given once, and its Authorization header.

    `network` is where it comes from, as attempts are counted by.
    """

    parameters: Mapping[str, str] = field(repr=False)
    authorization: str | None = field(default=None, repr=False)
    network: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to an app: a JSON object, or a browser's way back to it (`location`)."""

    status: int
    body: Mapping[str, object]
    location: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid request of an app for somebody's permission."""

    app: App
    scopes: frozenset[str]
    redirect_uri: str
