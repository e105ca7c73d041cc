"""The shapes of the OAuth 2 surface: requests and answers by the names of the standards."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from kontorhaus.identity.oauth import rules
from kontorhaus.identity.oauth.model import App, AppDetails, IssuedApp, Outcome, Sent
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.answers import Answer
from kontorhaus.surfaces.conventions.call import Visit

Uri = Annotated[str, fields.text(1, rules.LONGEST_REDIRECT)]
ClientName = Annotated[str, fields.text(1, rules.LONGEST_NAME)]
Scope = Annotated[str, fields.text(1, 1000)]

_NO_COPY = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Credentials(fields.Query):
    """How an app names itself, unless it does by HTTP Basic."""

    client_id: str | None = None
    client_secret: str | None = None


class TokenForm(Credentials):
    """A request for tokens (RFC 6749 § 4.1.3, 4.4.2 and 6; RFC 7636 § 4.5)."""

    grant_type: str | None = None
    code: str | None = None
    redirect_uri: str | None = None
    code_verifier: str | None = None
    refresh_token: str | None = None
    scope: str | None = None


class ShownForm(Credentials):
    """A token to be ended or asked about (RFC 7009, RFC 7662)."""

    token: str | None = None
    token_type_hint: str | None = None


class Tokens(fields.Out):
    """New tokens; an app for itself gets no refresh token."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str
    refresh_token: str = ""


class Introspected(fields.Out):
    """What a token stands for; of a token that is dead or another app's nothing but `active`."""

    active: bool
    client_id: str = ""
    scope: str = ""
    token_type: str = ""
    sub: str = ""
    username: str = ""
    organization_id: str = ""
    iss: str = ""
    iat: int = 0
    exp: int = 0


class SigningKey(fields.Out):
    """The public half of a key on the curve P-256."""

    kid: str
    kty: str
    crv: str
    x: str
    y: str
    use: str
    alg: str


class SigningKeys(fields.Out):
    """The keys of this server, the newest first."""

    keys: list[SigningKey]


class Metadata(fields.Out):
    """What apps need to know of this server (RFC 8414)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    service_documentation: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    ui_locales_supported: list[str]


class ClientInput(fields.In):
    """A new app. `scope` is the most that it may ask for, in words with blanks between.

    `kind`: confidential (a server that keeps a secret), public (a page in the browser) or native
    (a program on somebody's machine; its port on 127.0.0.1 is free).
    """

    client_name: ClientName
    kind: Literal["confidential", "public", "native"]
    redirect_uris: list[Uri] = Field(default=[], max_length=rules.MOST_REDIRECTS)
    scope: Scope


class ClientChange(fields.In):
    """What is to be changed of an app; its kind stays."""

    client_name: ClientName | None = None
    redirect_uris: Annotated[list[Uri], Field(max_length=rules.MOST_REDIRECTS)] | None = None
    scope: Scope | None = None


class Client(fields.Out):
    """A registered app (names of RFC 7591)."""

    client_id: str
    client_name: str
    kind: str
    redirect_uris: list[str]
    scope: str
    client_id_issued_at: int


class ClientWithSecret(Client):
    """The same with its secret, this once; null for an app that cannot keep one."""

    client_secret: str | None


def sent(visit: Visit, form: Credentials) -> Sent:
    """The request of an app; a parameter without a value counts as left out."""
    given = {name: text for name, text in form.model_dump().items() if text}
    return Sent(given, visit.header("authorization"), visit.exchange.client)


def answer(outcome: Outcome) -> Answer:
    """The answer to an app."""
    headers = dict(_NO_COPY)
    if outcome.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="kontorhaus"'
    return Answer(dict(outcome.body), outcome.status, headers)


def metadata(base: str) -> Metadata:
    """What this server says of itself, reached at `base`."""
    with_secret = ["client_secret_basic", "client_secret_post"]
    return Metadata(
        issuer=base,
        authorization_endpoint=f"{base}/oauth2/authorize",
        token_endpoint=f"{base}/oauth2/token",
        revocation_endpoint=f"{base}/oauth2/revoke",
        introspection_endpoint=f"{base}/oauth2/introspect",
        service_documentation=f"{base}/oauth2/docs",
        scopes_supported=sorted(rules.SCOPES),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=[*with_secret, "none"],
        revocation_endpoint_auth_methods_supported=[*with_secret, "none"],
        introspection_endpoint_auth_methods_supported=with_secret,
        authorization_response_iss_parameter_supported=True,
        ui_locales_supported=["de", "en"],
    )


def details(body: ClientInput) -> AppDetails:
    """What its owner says of a new app."""
    scopes = frozenset(body.scope.split())
    return AppDetails(body.client_name, body.kind, tuple(body.redirect_uris), scopes)


def changed(before: AppDetails, body: ClientChange) -> AppDetails:
    """The details with what was sent."""
    return replace(
        before,
        name=before.name if body.client_name is None else body.client_name,
        redirect_uris=(
            before.redirect_uris if body.redirect_uris is None else tuple(body.redirect_uris)
        ),
        scopes=before.scopes if body.scope is None else frozenset(body.scope.split()),
    )


def client(app: App) -> Client:
    """An app as the API shows it."""
    return Client(
        client_id=app.client_id,
        client_name=app.details.name,
        kind=app.details.kind,
        redirect_uris=list(app.details.redirect_uris),
        scope=rules.spoken(app.details.scopes),
        client_id_issued_at=int(app.created_at.timestamp()),
    )


def client_with_secret(issued: IssuedApp) -> ClientWithSecret:
    """A new app, or one with a new secret."""
    shown = client(issued.app)
    return ClientWithSecret(**shown.model_dump(), client_secret=issued.secret)
