"""Where a person signed in before: such a device has tries of its own, so no stranger locks it out.

A browser is known by a cookie that is new after each sign-in; a program by its network address and
name, which everybody could claim: it has no tries of its own, but a new one is told to the person.
"""

from __future__ import annotations

from datetime import datetime

from kontorhaus.identity import rules
from kontorhaus.identity.sessions import store, throttle
from kontorhaus.identity.sessions.model import Visitor
from kontorhaus.identity.sessions.throttle import Limit
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret, random_token

Counted = list[tuple[Limit, str]]


def is_known(
    connection: Connection, *, secret: Secret, address: str, visitor: Visitor, now: datetime
) -> bool:
    """Whether the person with this address signed in with this browser within a year."""
    return bool(visitor.device) and store.knows_device(
        connection,
        email=address,
        token_hash=_digest(secret, visitor.device),
        since=now - rules.DEVICE_LENGTH,
    )


def password_limits(address: str, visitor: Visitor, *, is_known: bool) -> Counted:
    """What a password counts against; the account last, for it counts what is looked at."""
    if is_known:
        return [(throttle.DEVICE, f"{address} {visitor.device}")]
    limits = [(throttle.ACCOUNT, address)]
    if visitor.client:
        limits.insert(0, (throttle.ADDRESS, visitor.client))
    return limits


def code_limits(address: str, visitor: Visitor, *, is_known: bool) -> Counted:
    """What a code after a right password counts against."""
    if is_known:
        return [(throttle.CODES_OF_DEVICE, f"{address} {visitor.device}")]
    return [(throttle.CODES, address)]


def note(
    connection: Connection, *, secret: Secret, user_id: UserId, visitor: Visitor, now: datetime
) -> tuple[str, bool]:
    """A person signs in: what the browser keeps from now on, and whether the place is news.

    The first device of all is none. A browser's value is another than before, so that nobody can
    plant one; whoever else signed in with the same browser stays known there.
    """
    kept = random_token() if visitor.device else ""
    if kept:
        digest = _digest(secret, kept)
        store.rename_device(connection, token_hash=_digest(secret, visitor.device), new_hash=digest)
    else:
        digest = secret.digest(f"{visitor.client} {visitor.agent}", purpose="program")
    was_here, was_elsewhere = store.note_device(
        connection, user_id=user_id, token_hash=digest, now=now
    )
    return kept, was_elsewhere and not was_here


def forget_others(
    connection: Connection, *, secret: Secret, user_id: UserId, visitor: Visitor
) -> None:
    """Know a person only where it is now."""
    store.forget_devices(connection, user_id=user_id, but=_digest(secret, visitor.device))


def _digest(secret: Secret, device: str) -> bytes:
    return secret.digest(device, purpose="device")
