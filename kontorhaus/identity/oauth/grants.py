"""What an app may bring to the token endpoints: RFC 6749, 7009, 7636 and 7662 in Authlib's terms.

Each class answers within the transaction of the vault that its server holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from kontorhaus.identity import rules as identity
from kontorhaus.identity.oauth import rules, store
from kontorhaus.identity.oauth.client import Client, Request
from kontorhaus.identity.oauth.model import App, Grant, Place
from kontorhaus.identity.oauth.vault import CODE_PURPOSE, Held, Vault
from kontorhaus.kernel.ids import GrantId, UserId
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import random_token

_WITH_SECRET = ["client_secret_basic", "client_secret_post"]
_ANY_CLIENT = [*_WITH_SECRET, "none"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who says yes, and where."""

    user_id: UserId
    place: Place


class Code:
    """A code that may be exchanged, for what is left of the scopes agreed to."""

    code_challenge_method = "S256"

    def __init__(self, grant: Grant, scopes: frozenset[str]) -> None:
        self.grant = grant
        self.code_challenge = grant.code_challenge
        self._scopes = scopes

    def get_redirect_uri(self) -> str | None:
        """Where it was sent to."""
        return self.grant.redirect_uri

    def get_scope(self) -> str:
        """Its scopes as the protocol writes them."""
        return rules.spoken(self._scopes)


class ByCode(AuthorizationCodeGrant):
    """Authorization code, once and within its minute."""

    TOKEN_ENDPOINT_AUTH_METHODS = _ANY_CLIENT

    def generate_authorization_code(self) -> str:
        """256 random bits."""
        return random_token()

    def save_authorization_code(self, code: str, request: Request) -> None:
        """Keep what a person agreed to."""
        person: Person = request.user
        vault = _vault(self)
        grant = Grant(
            id=GrantId(uuid7()),
            app_id=request.client.app.id,
            user_id=person.user_id,
            tenant_id=person.place.tenant_id,
            scopes=identity.granted(person.place.role, request.scope.split()),
            created_at=vault.now,
            ended_at=None,
            place=person.place,
            redirect_uri=request.form["redirect_uri"],
            code_challenge=request.form["code_challenge"],
        )
        digest = vault.digest(code, CODE_PURPOSE)
        store.insert_grant(vault.connection, grant=grant, code_hash=digest)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """A code that comes a second time was stolen: whatever came of it ends."""
        vault = _vault(self)
        digest = vault.digest(code, CODE_PURPOSE)
        grant = store.grant_of_code(vault.connection, code_hash=digest, app_id=client.app.id)
        if grant is None:
            return None
        if grant.code_used_at is not None:
            vault.end(grant, client.app, "oauth.code_replayed")
            return None
        scopes = vault.left_of(grant.scopes, grant, client.app)
        is_late = vault.now >= grant.created_at + rules.CODE_LENGTH
        return None if is_late or grant.ended_at or not scopes else Code(grant, scopes)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It is kept, so that a second use is noticed."""
        vault = _vault(self)
        store.use_code(vault.connection, grant_id=authorization_code.grant.id, now=vault.now)

    def authenticate_user(self, authorization_code: Code) -> Grant:
        """Whoever agreed; that the person still may was checked."""
        return authorization_code.grant


class Challenge(CodeChallenge):
    """PKCE with S256 from every app, also from one that has a secret."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: ByCode, redirect_uri: str) -> None:  # noqa: ARG002
        """Refuse a request without one; Authlib alone would let it pass."""
        given: Mapping[str, str] = grant.request.form
        if not rules.is_challenge(given.get("code_challenge"), given.get("code_challenge_method")):
            raise InvalidRequestError("PKCE is required: code_challenge with the method S256.")


class ByRefreshToken(RefreshTokenGrant):
    """Each refresh token is exchanged once, for new ones of the same family."""

    TOKEN_ENDPOINT_AUTH_METHODS = _ANY_CLIENT
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Held | None:
        """One that was exchanged before was stolen, then or now: the family ends."""
        client: Client = self.request.client
        vault = _vault(self)
        held = vault.held(refresh_token, client, is_locked=True)
        if held is None or held.stored.kind != "refresh" or not held.check_client(client):
            return None
        if held.stored.ended_at is not None:
            vault.end(held.grant, client.app, "oauth.refresh_token_replayed")
            return None
        return None if held.is_expired() or held.is_revoked() else held

    def authenticate_user(self, refresh_token: Held) -> Grant:
        """Whoever agreed; that the person still may was checked."""
        return refresh_token.grant

    def revoke_old_credential(self, refresh_token: Held) -> None:
        """It is kept, so that a second use is noticed."""
        vault = _vault(self)
        store.end_token(vault.connection, token_id=refresh_token.stored.id, now=vault.now)


class ByItself(ClientCredentialsGrant):
    """An app for itself: where it was registered, within the rights of whoever registered it."""

    TOKEN_ENDPOINT_AUTH_METHODS = _WITH_SECRET

    def create_token_response(self) -> Any:
        """A token without a refresh token: the app asks again."""
        vault = _vault(self)
        app: App = self.request.client.app
        grant = store.grant_of_itself(
            vault.connection, grant_id=GrantId(uuid7()), app=app, now=vault.now
        )
        mine = vault.left_of(grant.scopes, grant, app)
        scopes = rules.requested(self.request.form.get("scope"), mine)
        if scopes is None:
            raise InvalidScopeError()
        self.request.user = grant
        token = self.generate_token(scope=rules.spoken(scopes), include_refresh_token=False)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER


class Revocation(RevocationEndpoint):
    """A refresh token takes its family with it, an access token goes alone."""

    CLIENT_AUTH_METHODS = _ANY_CLIENT

    def authenticate_token(self, request: Request, client: Client) -> Held | None:
        """The token to be ended; one of another app is refused."""
        held = _shown(self, request, client)
        if held is not None and not held.check_client(client):
            raise InvalidGrantError("This token is not yours.")
        return held

    def revoke_token(self, token: Held, request: Request) -> None:
        """End it at once."""
        vault, app = _vault(self), request.client.app
        if token.stored.kind == "refresh":
            vault.end(token.grant, app, "oauth.access_returned")
        elif not token.is_revoked():
            store.end_token(vault.connection, token_id=token.stored.id, now=vault.now)
            vault.record(token.grant, app, "oauth.token_revoked")


class Introspection(IntrospectionEndpoint):
    """An app with a secret asks about its own tokens; of all others it learns nothing."""

    CLIENT_AUTH_METHODS = _WITH_SECRET

    def authenticate_token(self, request: Request, client: Client) -> Held | None:
        """The token asked about; another app's is none."""
        held = _shown(self, request, client)
        return held if held is not None and held.check_client(client) else None

    def introspect_token(self, token: Held) -> dict[str, object]:
        """What a live token stands for."""
        grant = token.grant
        assert grant.place is not None, "whoever has no place has no scopes"
        told: dict[str, object] = {
            "active": True,
            "client_id": token.client_id,
            "scope": token.get_scope(),
            "sub": str(grant.user_id),
            "username": grant.email,
            "iss": self.server.issuer,
            "iat": int(token.stored.created_at.timestamp()),
            "exp": int(token.stored.expires_at.timestamp()),
            "organization_id": str(grant.place.organization_id),
        }
        return told if token.stored.kind == "refresh" else {**told, "token_type": "Bearer"}


def origin(request: Request) -> tuple[Grant, frozenset[str]]:
    """What new tokens descend from, and the scopes that the next refresh token keeps."""
    if request.authorization_code is not None:
        code: Code = request.authorization_code
        return code.grant, code.grant.scopes
    if request.refresh_token is not None:
        held: Held = request.refresh_token
        return held.grant, held.stored.scopes
    return request.user, frozenset()


def new_tokens(*, scope: str, include_refresh_token: bool = True, **_: object) -> dict[str, object]:
    """What goes out: opaque, so that what ends here ends everywhere."""
    token: dict[str, object] = {
        "token_type": "Bearer",
        "access_token": rules.ACCESS_PREFIX + random_token(),
        "expires_in": rules.ACCESS_LENGTH // identity.ONE_SECOND,
        "scope": scope,
    }
    if include_refresh_token:
        token["refresh_token"] = rules.REFRESH_PREFIX + random_token()
    return token


def _vault(held_by: Any) -> Vault:
    return cast(Vault, held_by.server.vault)


def _shown(endpoint: Revocation | Introspection, request: Request, client: Client) -> Held | None:
    """The token that a request is about; a hint about its kind is not needed."""
    if "token" not in request.form:
        raise InvalidRequestError("Missing token in request.")
    return _vault(endpoint).held(request.form["token"], client)
