"""The authorization server by Authlib (RFC 6749, 9207): one for each request, in its transaction.

PKCE, lifetimes and scopes are this program's own; Authlib reads requests and words the refusals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
)

from kontorhaus.identity.oauth import client, grants, rules, store
from kontorhaus.identity.oauth.client import Client, Request
from kontorhaus.identity.oauth.grants import Person
from kontorhaus.identity.oauth.model import App, Asked, Outcome, Sent
from kontorhaus.identity.oauth.vault import Vault
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret


class Server(AuthorizationServer):
    """Answers one request; `app_with_secret` is the app that proved itself by its secret."""

    def __init__(
        self, connection: Connection, *, secret: Secret, now: datetime, issuer: str, sent: Sent
    ) -> None:
        super().__init__()
        self.vault = Vault(connection, secret, now)
        self.issuer = issuer
        self.app_with_secret: App | None = None
        self._sent = sent
        self._clients: dict[str, Client | None] = {}
        self.register_token_generator("default", grants.new_tokens)
        self.register_grant(grants.ByCode, [grants.Challenge(required=True)])
        self.register_grant(grants.ByRefreshToken)
        self.register_grant(grants.ByItself)
        self.register_endpoint(grants.Revocation)
        self.register_endpoint(grants.Introspection)

    def token(self) -> Outcome:
        """RFC 6749 § 3.2."""
        return self._checked() or cast(Outcome, self.create_token_response(self._sent))

    def revocation(self) -> Outcome:
        """RFC 7009."""
        answer = self._checked() or self.create_endpoint_response("revocation", self._sent)
        return cast(Outcome, answer)

    def introspection(self) -> Outcome:
        """RFC 7662."""
        answer = self._checked() or self.create_endpoint_response("introspection", self._sent)
        return cast(Outcome, answer)

    def consent(self) -> Asked | Outcome:
        """What an app asks a person for; else the way back to the app, or a plain refusal."""
        refused = self._checked()
        if refused:
            return refused
        try:
            grant = self.get_consent_grant(self._sent)
        except OAuth2Error as error:
            return self._refusal(error)
        scopes = frozenset(grant.request.scope.split())
        return Asked(grant.client.app, scopes, grant.redirect_uri)

    def decision(self, person: Person | None) -> Outcome:
        """The way back to the app, with a code if a person says yes to a valid request."""
        grant = self.get_consent_grant(self._sent)
        return cast(Outcome, self.create_authorization_response(grant.request, person, grant))

    def query_client(self, client_id: str) -> Client | None:
        """An app by its client id."""
        if client_id not in self._clients:
            found = store.app_of_client(self.vault.connection, client_id=client_id)
            self._clients[client_id] = Client(*found, self.vault.secret) if found else None
        return self._clients[client_id]

    def authenticate_client(
        self, request: Request, methods: Sequence[str], endpoint: str = "token"
    ) -> Client:
        """The app behind a request; InvalidClientError."""
        found: Client = super().authenticate_client(request, methods, endpoint)
        if request.auth_method != "none":
            self.app_with_secret = found.app
        return found

    def create_oauth2_request(self, request: Sent | Request) -> Request:
        """A request in Authlib's terms."""
        return request if isinstance(request, Request) else Request(request)

    def handle_response(
        self, status: int, body: Any, headers: Sequence[tuple[str, str]]
    ) -> Outcome:
        """The answer; every way back to an app names this server (RFC 9207)."""
        location = dict(headers).get("Location")
        if location:
            return Outcome(status, {}, add_params_to_uri(location, {"iss": self.issuer}))
        is_stranger = bool(body) and body.get("error") == "invalid_client"
        return Outcome(401 if is_stranger else status, body or {})

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def save_token(self, token: Mapping[str, Any], request: Request) -> None:
        """Keep the digests of what goes out."""
        grant, refreshable = grants.origin(request)
        self.vault.keep(grant, "access", token["access_token"], frozenset(token["scope"].split()))
        if "refresh_token" in token:
            self.vault.keep(grant, "refresh", token["refresh_token"], refreshable)
        told = {"grant_type": request.form["grant_type"], "scopes": token["scope"]}
        self.vault.record(grant, request.client.app, "oauth.token_issued", told)

    def _checked(self) -> Outcome | None:
        """The refusal of parameters and credentials that could not even be repeated in one.

        `state` is the app's own: it goes back as it came.
        """
        sent = self._sent
        texts = [text for name, text in sent.parameters.items() if name != "state"]
        if not all(map(rules.is_parameter, texts)):
            return self._refusal(InvalidRequestError("A parameter is malformed."))
        client_id, client_secret = client.basic(sent.authorization)
        if client_id is None:
            return None
        if not rules.is_parameter(client_id + (client_secret or "")):
            return self._refusal(InvalidClientError("The credentials are malformed."))
        named = sent.parameters.get("client_id", client_id)
        if named != client_id or "client_secret" in sent.parameters:
            return self._refusal(InvalidRequestError("Authenticate in one way only."))
        return None

    def _refusal(self, error: OAuth2Error) -> Outcome:
        return cast(Outcome, self.handle_error_response(None, error))
