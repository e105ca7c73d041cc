"""The operations of the OAuth 2 surface: tokens for apps, and the registration of apps.

GET /oauth2/authorize is a page (surfaces/web/apps), since a person answers it.
"""

from __future__ import annotations

from kontorhaus.identity.oauth import actions as oauth
from kontorhaus.identity.oauth import queries
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.signing import actions as signing
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.conventions import auth
from kontorhaus.surfaces.conventions.answers import Answer
from kontorhaus.surfaces.conventions.call import Call, Visit
from kontorhaus.surfaces.conventions.surface import Surface
from kontorhaus.surfaces.oauth import errors, wire


def _by_books(resources: Resources, _: str, token: str) -> Principal | None:
    """Apps are registered by whoever has a key or a session of the books; never by an app."""
    found = auth.by_key_or_session(resources, "books", token)
    return None if found is None or found.actor.kind == "oauth_client" else found


oauth2 = Surface(
    name="oauth",
    base="/oauth2",
    title="Kontorhaus third-party access",
    shape=errors.SHAPE,
    json_limit=65_536,
    authenticate=_by_books,
)
well_known = Surface(
    name="well-known",
    base="/.well-known",
    title="Kontorhaus third-party access: metadata",
    shape=errors.SHAPE,
)


@oauth2.post("/token", public=True, secret=True, refusals=(400, 401), answer=wire.Tokens,
             tags=("tokens",))  # fmt: skip
def issue_token(visit: Visit, form: wire.TokenForm) -> Answer:
    """Exchange a code, a refresh token or an app's own credentials for tokens.

    Every code needs its code_verifier (PKCE, S256). A code and a refresh token are good once: a
    second use ends all that came of the first.
    """
    resources = visit.resources
    outcome = oauth.token(
        resources.database, secret=secret.of(resources.config.home),
        issuer=resources.config.public_url, sent=wire.sent(visit, form),
    )  # fmt: skip
    return wire.answer(outcome)


@oauth2.post("/revoke", public=True, secret=True, refusals=(400, 401), tags=("tokens",))
def revoke_token(visit: Visit, form: wire.ShownForm) -> Answer:
    """End a token at once (RFC 7009); a refresh token takes all tokens of its permission along."""
    resources = visit.resources
    outcome = oauth.revoke(
        resources.database, secret=secret.of(resources.config.home),
        issuer=resources.config.public_url, sent=wire.sent(visit, form),
    )  # fmt: skip
    return wire.answer(outcome)


@oauth2.post("/introspect", public=True, secret=True, refusals=(400, 401),
             answer=wire.Introspected, tags=("tokens",))  # fmt: skip
def introspect_token(visit: Visit, form: wire.ShownForm) -> Answer:
    """Tell an app with a secret what a token of its own stands for (RFC 7662)."""
    resources = visit.resources
    outcome = oauth.introspect(
        resources.database, secret=secret.of(resources.config.home),
        issuer=resources.config.public_url, sent=wire.sent(visit, form),
    )  # fmt: skip
    return wire.answer(outcome)


@oauth2.get("/clients", scope="admin", answer=list[wire.Client], tags=("clients",))
def list_clients(work: Work) -> list[wire.Client]:
    """List the apps that were registered here."""
    return [wire.client(app) for app in queries.apps(work)]


@oauth2.post("/clients", scope="admin", status=201, secret=True, refusals=(400,),
             answer=wire.ClientWithSecret, tags=("clients",))  # fmt: skip
def register_client(call: Call, body: wire.ClientInput) -> object:
    """Register an app; its secret is shown this once.

    The token is one of the books surface with the scope admin: an API key or a session.
    """
    keyed, details = secret.of(call.resources.config.home), wire.details(body)
    return call.write(
        lambda work: wire.client_with_secret(oauth.register(work, secret=keyed, details=details))
    )


@oauth2.get("/clients/{client_id}", scope="admin", refusals=(404,), answer=wire.Client,
            tags=("clients",))  # fmt: skip
def get_client(work: Work, client_id: str) -> wire.Client:
    """Get an app."""
    return wire.client(queries.app(work, client_id=client_id))


@oauth2.patch("/clients/{client_id}", scope="admin", refusals=(400, 404), answer=wire.Client,
              tags=("clients",))  # fmt: skip
def change_client(work: Work, client_id: str, body: wire.ClientChange) -> wire.Client:
    """Change an app; what it was granted beyond its new scopes works no more."""
    app = oauth.change(work, client_id=client_id, changed=lambda before: wire.changed(before, body))
    return wire.client(app)


@oauth2.delete("/clients/{client_id}", scope="admin", status=204, refusals=(404,),
               tags=("clients",))  # fmt: skip
def delete_client(work: Work, client_id: str) -> None:
    """Forget an app; whatever was granted to it ends at once."""
    oauth.delete(work, client_id=client_id)


@oauth2.post("/clients/{client_id}/secret", scope="admin", secret=True, refusals=(404, 409),
             answer=wire.ClientWithSecret, tags=("clients",))  # fmt: skip
def rotate_client_secret(call: Call, client_id: str) -> object:
    """Give an app a new secret, shown this once; the old one works no more."""
    keyed = secret.of(call.resources.config.home)
    return call.write(
        lambda work: wire.client_with_secret(
            oauth.rotate_secret(work, secret=keyed, client_id=client_id)
        )
    )


@well_known.get("/oauth-authorization-server", public=True, answer=wire.Metadata,
                tags=("metadata",))  # fmt: skip
def show_metadata(visit: Visit) -> wire.Metadata:
    """Tell apps where everything is (RFC 8414)."""
    return wire.metadata(visit.resources.config.public_url)


@well_known.get("/jwks.json", public=True, answer=wire.SigningKeys, tags=("metadata",))
def show_signing_keys(visit: Visit) -> Answer:
    """Show the keys by which anybody may check the signed tokens of this server (RFC 7517)."""
    keys = [dict(key) for key in signing.public_keys(visit.resources.database)]
    return Answer({"keys": keys}, headers={"Cache-Control": "public, max-age=300"})
