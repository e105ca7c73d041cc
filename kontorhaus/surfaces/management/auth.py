"""Who an access token of this surface stands for."""

from __future__ import annotations

from kontorhaus.identity.principal import Principal
from kontorhaus.identity.signing import actions as signing
from kontorhaus.runtime.resources import Resources


def by_signed_token(resources: Resources, surface: str, token: str) -> Principal | None:  # noqa: ARG001
    """The key or the person behind a signed token, with what it may at this moment."""
    return signing.principal(resources.database, issuer=resources.config.public_url, token=token)
