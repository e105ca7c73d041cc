"""The link by which a fresh server is set up once."""

from __future__ import annotations

from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources


def link(resources: Resources) -> str | None:
    """Where the first owner goes; None once there is anybody who can log in."""
    token = sessions.first_link(resources.database, secret=secret.of(resources.config.home))
    return f"{resources.config.public_url}/setup/{token}" if token else None
