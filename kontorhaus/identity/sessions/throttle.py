"""How often somebody may try: counted before anything is looked at, whoever it turns out to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kontorhaus.identity import rules
from kontorhaus.identity.sessions import store
from kontorhaus.kernel.errors import Denied
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts within a window, counted for each who; `purpose` keeps counts apart."""

    purpose: str
    attempts: int
    window: timedelta


# Passwords looked at for one account, and for all accounts that one address tries. The hour's
# count outlives a right password, so that an owner's logins lend a guesser no further attempts.
ACCOUNT = Limit("login", rules.LOGIN_ATTEMPTS, rules.LOGIN_WINDOW)
ACCOUNT_HOUR = Limit("login_hour", 100, rules.LONGEST_WINDOW)
ADDRESS = Limit("login_address", 100, rules.LOGIN_WINDOW)
# Links for a forgotten password to one account, and asked for or used by one address.
LINKS = Limit("links", 5, rules.LONGEST_WINDOW)
LINKS_OF_ADDRESS = Limit("links_address", 50, rules.LONGEST_WINDOW)
# Rows of the audit trail about what one caller was refused.
REFUSALS = Limit("refusals", 60, rules.LONGEST_WINDOW)
# Messages of one person to whoever runs the server.
MESSAGES = Limit("messages", 5, rules.LONGEST_WINDOW)


def count(connection: Connection, *, secret: Secret, limit: Limit, who: str, now: datetime) -> None:
    """One more attempt; Denied("too_many_attempts") with `retry_after_seconds` past the limit."""
    attempts, since = store.count_attempt(
        connection,
        account_hash=_key(secret, limit, who),
        now=now,
        forget_before=now - limit.window,
    )
    if attempts > limit.attempts:
        wait = since + limit.window - now
        raise Denied(
            "too_many_attempts",
            "Too many attempts: wait before you try again.",
            retry_after_seconds=max(1, wait // rules.ONE_SECOND),
        )


def take_back(connection: Connection, *, secret: Secret, limit: Limit, who: str) -> None:
    """The last attempt was none to be counted."""
    store.take_back_attempt(connection, account_hash=_key(secret, limit, who))


def forget(connection: Connection, *, secret: Secret, limit: Limit, who: str) -> None:
    """Count from the beginning."""
    store.forget_attempts(connection, account_hash=_key(secret, limit, who))


def _key(secret: Secret, limit: Limit, who: str) -> bytes:
    return secret.digest(who, purpose=limit.purpose)
