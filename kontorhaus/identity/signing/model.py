"""Values of signed tokens (JWT, RFC 7519)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

ACCESS = "access"
REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of the server: the public half as a JWK, the private one sealed."""

    kid: str
    public: Mapping[str, str]
    sealed: bytes = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What a token stands for: `kind` is api_key or session, `id` the one it was issued from."""

    kind: str
    id: UUID
    environment: str
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class Token:
    """A signed token, and the instants of its life in seconds since 1970."""

    text: str = field(repr=False)
    issued_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Proven:
    """A token that holds: whom it stands for."""

    subject: Subject
    token: Token


@dataclass(frozen=True, slots=True)
class Tokens:
    """What somebody gets who proved who it is, at an instant in seconds since 1970."""

    access: Token
    refresh: Token
    subject: Subject
    now: int
