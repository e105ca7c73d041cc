"""One-time links that the server itself hands out: for the first owner, and for a password."""

from __future__ import annotations

from kontorhaus.identity.sessions import account
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources


def link(resources: Resources) -> str | None:
    """Where the first owner goes; None once there is anybody who can log in."""
    token = sessions.first_link(resources.database, secret=secret.of(resources.config.home))
    return f"{resources.config.public_url}/setup/{token}" if token else None


def without_second_factor(resources: Resources, *, email: str) -> bool:
    """Switch off a second factor that somebody lost; False if it is off, NotFound("user")."""
    return account.remove_lost_factor(resources.database, email=email)


def invitation(resources: Resources, *, email: str) -> str:
    """Where a person sets a password, once and within an hour; NotFound("user")."""
    keys = secret.of(resources.config.home)
    made = sessions.reset_link(resources.database, secret=keys, email=email)
    if made is None:
        raise NotFound("user", f"Nobody has the address {email}.")
    return f"{resources.config.public_url}/setup/{made[1]}"
