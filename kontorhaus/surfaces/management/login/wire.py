"""The JSON shapes of tokens."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from kontorhaus.identity.signing.model import Tokens
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.management.wire import Environment

_Word = Annotated[str, fields.text(1, 1000)]


class KeyInput(fields.LaxIn):
    """A key pair."""

    api_key: _Word
    api_secret: _Word


class PersonInput(fields.LaxIn):
    """A person; `totp` is a code of its second factor, where it has one."""

    email: fields.Email
    password: _Word
    totp: Annotated[str, fields.text(0, 50)] = ""


class RefreshInput(fields.LaxIn):
    """A refresh token that was handed out before."""

    refresh_token: Annotated[str, fields.text(1, 2048)]


class Claims(fields.Out):
    """What an access token says of its bearer."""

    env: Environment
    organization_id: UUID


class AuthAnswer(fields.Out):
    """Tokens; `…_expires_in` is seconds, `…_expires_at` seconds since 1970."""

    access_token: str
    access_token_claims: Claims
    access_token_expires_in: int
    access_token_expires_at: int
    refresh_token: str
    refresh_token_expires_in: int
    refresh_token_expires_at: int


def answer(tokens: Tokens) -> dict[str, object]:
    """Tokens as this API shows them."""
    subject = tokens.subject
    return {
        "access_token": tokens.access.text,
        "access_token_claims": {
            "env": subject.environment,
            "organization_id": subject.organization_id,
        },
        "access_token_expires_in": tokens.access.expires_at - tokens.now,
        "access_token_expires_at": tokens.access.expires_at,
        "refresh_token": tokens.refresh.text,
        "refresh_token_expires_in": tokens.refresh.expires_at - tokens.now,
        "refresh_token_expires_at": tokens.refresh.expires_at,
    }
