"""Tokens for a key pair, for a person, or for a refresh token."""

from __future__ import annotations

from kontorhaus.identity.signing import actions as signing
from kontorhaus.identity.signing.model import Tokens
from kontorhaus.runtime import secret
from kontorhaus.surfaces.conventions.call import Visit
from kontorhaus.surfaces.management.login import wire
from kontorhaus.surfaces.management.surface import management


@management.post(
    "/auth",
    public=True,
    form_too=True,
    refusals=(400, 401, 429),
    answer=wire.AuthAnswer,
    tags=("auth",),
    examples={"key": {"api_key": "khi_…", "api_secret": "khm_…"}},
)
def retrieve_token(
    visit: Visit, body: wire.KeyInput | wire.PersonInput | wire.RefreshInput
) -> dict[str, object]:
    """Retrieve a token.

    For a key and its secret, for e-mail address and password, or for a refresh token. An
    Authorization header is ignored; a form is taken as well as JSON.
    """
    return wire.answer(_tokens(visit, body))


def _tokens(visit: Visit, body: wire.KeyInput | wire.PersonInput | wire.RefreshInput) -> Tokens:
    database, issuer = visit.resources.database, visit.resources.config.public_url
    keys = secret.of(visit.resources.config.home)
    match body:
        case wire.KeyInput():
            return signing.by_pair(
                database, secret=keys, issuer=issuer, public_id=body.api_key, token=body.api_secret
            )
        case wire.PersonInput():
            return signing.by_password(
                database, secret=keys, issuer=issuer, email=body.email, password=body.password,
                code=body.totp, visitor=visit.exchange.visitor,
            )  # fmt: skip
        case wire.RefreshInput():
            return signing.by_refresh(
                database, secret=keys, issuer=issuer, token=body.refresh_token
            )
