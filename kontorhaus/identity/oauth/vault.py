"""The stored tokens, as one request of an app finds and changes them in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from authlib.oauth2.rfc6749 import TokenMixin

from kontorhaus.identity import rules as identity
from kontorhaus.identity.oauth import rules, store
from kontorhaus.identity.oauth.client import Client
from kontorhaus.identity.oauth.model import App, Grant, Token
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Actor, Caller, Json, within

CODE_PURPOSE = "oauth_code"
TOKEN_PURPOSE = "oauth_token"  # noqa: S105 - what a digest is for


class Held(TokenMixin):
    """A token that somebody showed, with the scopes that are left of it."""

    def __init__(self, token: Token, scopes: frozenset[str], client: Client, now: datetime) -> None:
        self.stored = token
        self.scopes = scopes
        self.client_id = client.app.client_id
        self._now = now

    @property
    def grant(self) -> Grant:
        """What it descends from."""
        return self.stored.grant

    def check_client(self, client: Client) -> bool:
        """Whether it was issued to this app."""
        return self.stored.grant.app_id == client.app.id

    def get_scope(self) -> str:
        """Its scopes as the protocol writes them."""
        return rules.spoken(self.scopes)

    def is_expired(self) -> bool:
        """Whether its time has run out."""
        return self.stored.expires_at <= self._now

    def is_revoked(self) -> bool:
        """Whether it was ended, alone or with its family, or its person may nothing any more."""
        return bool(self.stored.ended_at or self.grant.ended_at or not self.scopes)


@dataclass(frozen=True, slots=True)
class Vault:
    """Digests in, digests out; `now` is the instant of the request."""

    connection: Connection
    secret: Secret
    now: datetime

    def digest(self, text: str, purpose: str) -> bytes:
        """What is stored of a text."""
        return self.secret.digest(text, purpose=purpose)

    def left_of(self, scopes: frozenset[str], grant: Grant, app: App) -> frozenset[str]:
        """Scopes within those of the app, and the present rights of the person."""
        if grant.place is None:
            return frozenset()
        return identity.granted(grant.place.role, scopes & app.details.scopes)

    def held(self, text: str, client: Client, *, is_locked: bool = False) -> Held | None:
        """A stored token by its text."""
        digest = self.digest(text, TOKEN_PURPOSE)
        found = store.token(self.connection, token_hash=digest, is_locked=is_locked)
        if found is None:
            return None
        return Held(found, self.left_of(found.scopes, found.grant, client.app), client, self.now)

    def keep(self, grant: Grant, kind: str, text: str, scopes: frozenset[str]) -> None:
        """Store the digest of a new token."""
        length = rules.ACCESS_LENGTH if kind == "access" else rules.REFRESH_LENGTH
        token = Token(uuid7(), kind, scopes, self.now, self.now + length, None, grant)
        digest = self.digest(text, TOKEN_PURPOSE)
        store.insert_token(self.connection, token=token, token_hash=digest)

    def end(self, grant: Grant, app: App, action: str) -> None:
        """End a permission with all its tokens."""
        if store.end_grant(self.connection, grant_id=grant.id, now=self.now):
            self.record(grant, app, action)

    def record(
        self, grant: Grant, app: App, action: str, details: Mapping[str, Json] | None = None
    ) -> None:
        """Tell the audit trail of the tenant what the app did."""
        zone = grant.place.time_zone if grant.place else "UTC"
        name, client_id = app.details.name, app.client_id
        actor = Actor("oauth_client", grant.id, grant.user_id, name, client_id, "oauth", "api")
        work = within(self.connection, Caller(grant.tenant_id, actor, zone), self.now)
        work.record(action, subject="oauth_app", subject_id=app.id, details=details)
