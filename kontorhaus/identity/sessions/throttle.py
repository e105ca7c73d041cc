"""How often somebody may try: counted before anything is looked at, whoever it turns out to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kontorhaus.identity import rules
from kontorhaus.identity.sessions import store
from kontorhaus.kernel.errors import Denied
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in any stretch of each length, for each who; `purpose` keeps counts apart."""

    purpose: str
    spans: tuple[tuple[int, timedelta], ...]

    @property
    def longest(self) -> timedelta:
        """How long a try counts."""
        return max(span for _, span in self.spans)

    def wait(self, tries: Sequence[datetime], now: datetime) -> timedelta:
        """How long until one more try is looked at; zero: now. Tries are in order of time."""
        waits = [timedelta(0)]
        for most, span in self.spans:
            recent = [at for at in tries if at > now - span]
            if len(recent) >= most:
                waits.append(recent[-most] + span - now)
        return max(waits)


# Passwords looked at for one account from devices that nobody knows, and for all accounts that one
# network address tries; a device that signed in before is counted alone.
ACCOUNT = Limit("login", rules.LOGIN_TRIES)
ADDRESS = Limit("login_address", ((100, rules.LONGEST_WINDOW),))
DEVICE = Limit("login_device", rules.LOGIN_TRIES)
# One-time and recovery codes after a right password, and the password asked for again inside.
CODES = Limit("login_code", rules.LOGIN_TRIES)
CODES_OF_DEVICE = Limit("login_code_device", rules.LOGIN_TRIES)
OWN_PASSWORD = Limit("own_password", rules.LOGIN_TRIES)
OWN_CODES = Limit("own_code", rules.LOGIN_TRIES)
# Links for a forgotten password to one account, and asked for or used by one address.
LINKS = Limit("links", ((5, rules.LONGEST_WINDOW),))
LINKS_OF_ADDRESS = Limit("links_address", ((50, rules.LONGEST_WINDOW),))
# Rows of the audit trail about what one caller was refused.
REFUSALS = Limit("refusals", ((60, rules.LONGEST_WINDOW),))
# Messages of one person to whoever runs the server.
MESSAGES = Limit("messages", ((5, rules.LONGEST_WINDOW),))


def count(connection: Connection, *, secret: Secret, limit: Limit, who: str, now: datetime) -> None:
    """One more try; Denied("too_many_attempts") with `retry_after_seconds` past the limit.

    What is refused is not counted: the next try is looked at when the oldest has run out.
    """
    key = _key(secret, limit, who)
    with connection.transaction():
        since = now - limit.longest
        tries = [at for at in store.lock_tries(connection, key=key) if at > since]
        wait = limit.wait(tries, now)
        if not wait:
            store.put_tries(connection, key=key, tries=[*tries, now])
    if wait:
        raise Denied(
            "too_many_attempts",
            "Too many attempts: wait before you try again.",
            retry_after_seconds=max(1, wait // rules.ONE_SECOND),
        )


def take_back(
    connection: Connection, *, secret: Secret, limit: Limit, who: str, at: datetime
) -> None:
    """The try of that instant was none to be counted."""
    key = _key(secret, limit, who)
    with connection.transaction():
        tries = store.lock_tries(connection, key=key)
        if at in tries:
            tries.remove(at)
            store.put_tries(connection, key=key, tries=tries)


def _key(secret: Secret, limit: Limit, who: str) -> bytes:
    return secret.digest(who, purpose=limit.purpose)
