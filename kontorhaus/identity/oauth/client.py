"""An app and its request as Authlib reads them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import cast

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from kontorhaus.identity.oauth import rules
from kontorhaus.identity.oauth.model import App, Sent
from kontorhaus.runtime.secret import Secret

SECRET_PURPOSE = "oauth_secret"  # noqa: S105 - what a digest is for

# Authlib insists on https; by what this server is reached is its operator's to say.
_ADDRESS = "https://localhost/oauth2"


class Request(OAuth2Request):
    """A request as Authlib reads it; there are no parameters but these."""

    def __init__(self, sent: Sent) -> None:
        # Authlib does not bear credentials that are no text: they are as good as none.
        is_readable = basic(sent.authorization)[0] is not None
        headers = {"Authorization": sent.authorization} if is_readable else {}
        super().__init__("POST", _ADDRESS, headers=headers)
        self.payload = BasicOAuth2Payload(dict(sent.parameters))

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters by name."""
        return cast(Mapping[str, str], self.payload.data)


class Client(ClientMixin):
    """An app as Authlib asks it."""

    def __init__(self, app: App, secret_hash: bytes | None, secret: Secret) -> None:
        self.app = app
        self._secret_hash = secret_hash
        self._secret = secret

    def get_client_id(self) -> str:
        """The open half of its credentials."""
        return self.app.client_id

    def get_default_redirect_uri(self) -> str:
        """There is none: every request names where it wants to go back to."""
        return ""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What it may ask for; None for anything beyond."""
        found = rules.requested(scope, self.app.details.scopes)
        return None if found is None else rules.spoken(found)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether a browser may be sent there."""
        return rules.is_registered(redirect_uri, self.app.details)

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether this is its secret, in the same time for any other."""
        given = self._secret.digest(client_secret, purpose=SECRET_PURPOSE)
        return hmac.compare_digest(given, self._secret_hash or b"")

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        """Whoever has a secret shows it, everywhere."""
        return (method == "none") == (self._secret_hash is None)

    def check_response_type(self, response_type: str) -> bool:
        """Codes only: no token ever stands in an address."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Only who has a secret can speak for itself."""
        return grant_type != "client_credentials" or self._secret_hash is not None


def basic(authorization: str | None) -> tuple[str | None, str | None]:
    """The credentials of an Authorization header; none where they cannot be read."""
    try:
        found = extract_basic_authorization({"Authorization": authorization or ""})
    except ValueError:
        return None, None
    return cast("tuple[str | None, str | None]", found)


def claimed(sent: Sent) -> str | None:
    """The client id with which a request shows a secret, right or wrong; None if it shows none."""
    client_id, client_secret = basic(sent.authorization)
    if client_id is None:
        client_id = sent.parameters.get("client_id")
        client_secret = sent.parameters.get("client_secret")
    is_readable = rules.is_parameter(client_id or "")
    return client_id if client_id and client_secret and is_readable else None
