"""The JSON shapes of customers' access: tokens for their programs, links by mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from kontorhaus.identity.customers.model import CustomerToken, MailedAccess
from kontorhaus.identity.customers.rules import SCOPE
from kontorhaus.identity.model import IssuedKey
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.answers import Answer


class TokenInput(fields.CamelIn):
    """A new token; `expiresOn` is its last day; without one it goes on until it is revoked."""

    name: Annotated[str, fields.text(1, 100)]
    expires_on: fields.Day | None = None


class Token(fields.CamelOut):
    """A token; `token` is shown when it is made and never again."""

    id: str
    name: str
    prefix: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    last_used_date: date | None


class NewToken(Token):
    """A token as it is shown once; null when the request was sent before."""

    token: str | None


class Tokens(fields.CamelOut):
    """The tokens of a customer, oldest first."""

    results: list[Token]


class LinkInput(fields.CamelIn):
    """Whom to mail a link; the address of the contact if none is named."""

    email: fields.Email | None = None


class Link(fields.CamelOut):
    """An address that may enter; `expiresAt` is when its latest link ends."""

    id: str
    email: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class Links(fields.CamelOut):
    """The addresses that may enter for a customer, oldest first."""

    results: list[Link]


def issued(found: IssuedKey) -> Answer:
    """A new token, and what a repetition of the request shows instead."""
    key = found.key
    shown = NewToken(
        id=str(key.id),
        name=key.name,
        prefix=key.prefix,
        scope=SCOPE,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_date=None,
        token=found.token,
    )
    return Answer(shown, stored=shown.model_copy(update={"token": None}))


def tokens(found: list[CustomerToken]) -> Tokens:
    """The tokens as this API lists them."""
    return Tokens(
        results=[
            Token(
                id=str(each.id),
                name=each.name,
                prefix=each.prefix,
                scope=SCOPE,
                created_at=each.created_at,
                expires_at=each.expires_at,
                last_used_date=each.last_used_date,
            )
            for each in found
        ]
    )


def link(found: MailedAccess) -> Link:
    """An address as this API shows it."""
    return Link(
        id=str(found.id),
        email=found.address,
        created_at=found.created_at,
        expires_at=found.expires_at,
        last_used_at=found.last_used_at,
    )


def links(found: list[MailedAccess]) -> Links:
    """The addresses as this API lists them."""
    return Links(results=[link(each) for each in found])
