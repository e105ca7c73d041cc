"""From the Authorization header to a principal, remembered for less than a second."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kontorhaus.identity import actions as identity
from kontorhaus.identity.oauth import actions as oauth
from kontorhaus.identity.oauth import rules as oauth_rules
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import trail
from kontorhaus.kernel.errors import Denied
from kontorhaus.runtime import secret, stopwatch
from kontorhaus.runtime.resources import Resources

# A revoked token must be refused within one second.
_MEMORY_MICROSECONDS = 900_000
_MANY = 10_000
# a signed token has its claims in it
_LONGEST_TOKEN = 2048
_CLOSED_TO_APPS = ("management", "oauth", "web")

Authenticate = Callable[[Resources, str, str], Principal | None]


def unauthorized() -> Denied:
    """The refusal of a call without a valid token."""
    return Denied("unauthorized", "A valid token is needed: Authorization: Bearer …")


def bearer(header: str | None) -> str:
    """The token of an Authorization header; Denied("unauthorized") without a usable one."""
    scheme, _, token = (header or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN:
        raise unauthorized()
    if not (token.isascii() and token.isprintable()):
        raise unauthorized()
    return token


def by_key_or_session(resources: Resources, surface: str, token: str) -> Principal | None:
    """The usual way: the key of a program or the token of an app, else a person's session."""
    keyed = secret.of(resources.config.home)
    if token.startswith(oauth_rules.ACCESS_PREFIX):
        if surface in _CLOSED_TO_APPS:
            return None
        return oauth.authenticate(resources.database, secret=keyed, surface=surface, token=token)
    found = identity.authenticate(resources.database, secret=keyed, surface=surface, token=token)
    if found is None and surface in ("books", "web"):
        found = sessions.principal(resources.database, secret=keyed, surface=surface, token=token)
    return found


def tell_refusal(
    resources: Resources,
    principal: Principal,
    request_id: UUID | None,
    *,
    operation: str,
    code: str,
) -> None:
    """Put into the audit trail that a known caller was refused something."""
    trail.refused(
        resources.database,
        secret=secret.of(resources.config.home),
        principal=principal,
        request_id=request_id,
        operation=operation,
        code=code,
    )


class Doorkeeper:
    """Knows for a moment whom a token stands for, so that not every request asks the database."""

    def __init__(self, resources: Resources, surface: str, authenticate: Authenticate) -> None:
        self._resources = resources
        self._surface = surface
        self._authenticate = authenticate
        self._known: dict[str, tuple[int, Principal]] = {}

    def remembered(self, token: str) -> Principal | None:
        """The principal of a token that was looked up within the last moment."""
        found = self._known.get(token)
        if found and stopwatch.microseconds() - found[0] < _MEMORY_MICROSECONDS:
            return found[1]
        return None

    def look_up(self, token: str) -> Principal:
        """The principal of a token; Denied("unauthorized") for any other text."""
        asked = stopwatch.microseconds()
        principal = self._authenticate(self._resources, self._surface, token)
        if principal is None:
            self._known.pop(token, None)
            raise unauthorized()
        if len(self._known) > _MANY:
            self._known.clear()
        self._known[token] = (asked, principal)
        return principal

    def forget(self, token: str) -> None:
        """Look the token up again at its next use."""
        self._known.pop(token, None)
