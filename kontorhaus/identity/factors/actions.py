"""Setting up a second factor, using its codes once, taking it away.

The transaction, and who may do it how often, are the caller's.
"""

from __future__ import annotations

from datetime import datetime

from kontorhaus.identity.factors import store, totp
from kontorhaus.identity.factors.model import Factor
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret

_PURPOSE = "second_factor"


def factor_of(connection: Connection, *, user_id: UserId) -> Factor | None:
    """The factor of a person, on or waiting for its first code."""
    return store.factor(connection, user_id=user_id)


def is_on(connection: Connection, *, user_id: UserId) -> bool:
    """Whether a person is asked for a code."""
    found = store.factor(connection, user_id=user_id)
    return found is not None and found.confirmed_at is not None


def begin(connection: Connection, *, secret: Secret, user_id: UserId) -> None:
    """Make a key that waits for its first code; Conflict("second_factor_on") beside another."""
    sealed = secret.seal(totp.new_key().encode(), purpose=_PURPOSE)
    if not store.put_draft(connection, user_id=user_id, sealed_key=sealed):
        raise _already_on()


def key_to_show(secret: Secret, factor: Factor) -> str:
    """The key of a factor that waits for its first code, for the app; nobody sees it later."""
    assert factor.confirmed_at is None, "a key in use is not shown"
    return secret.unseal(factor.sealed_key, purpose=_PURPOSE).decode()


def confirm(
    connection: Connection, *, secret: Secret, user_id: UserId, code: str, now: datetime
) -> list[str] | None:
    """Switch on the factor by its first code; the recovery codes, or None for a wrong code.

    Conflict("second_factor_on") if it is on already.
    """
    found = store.factor(connection, user_id=user_id)
    if found is None or not _use_step(connection, secret, user_id, found, code, now):
        return None
    if not store.confirm(connection, user_id=user_id, now=now):
        raise _already_on()
    return renew_recovery_codes(connection, secret=secret, user_id=user_id)


def use(
    connection: Connection, *, secret: Secret, user_id: UserId, code: str, now: datetime
) -> str | None:
    """Use up a code: "app" or "recovery_code" by what it was, None if it is wrong or used."""
    found = store.factor(connection, user_id=user_id)
    if found is None:
        return None
    if _use_step(connection, secret, user_id, found, code, now):
        return "app"
    digest = _recovery_digest(secret, user_id, code)
    if store.use_recovery_code(connection, user_id=user_id, code_hash=digest, now=now):
        return "recovery_code"
    return None


def renew_recovery_codes(connection: Connection, *, secret: Secret, user_id: UserId) -> list[str]:
    """New recovery codes, to be shown once; older ones end."""
    codes = totp.recovery_codes()
    digests = [_recovery_digest(secret, user_id, code) for code in codes]
    store.replace_recovery_codes(connection, user_id=user_id, code_hashes=digests)
    return codes


def remove(connection: Connection, *, user_id: UserId) -> bool:
    """Ask for no code any longer; False if none was asked for."""
    return store.delete(connection, user_id=user_id)


def _use_step(
    connection: Connection,
    secret: Secret,
    user_id: UserId,
    factor: Factor,
    code: str,
    now: datetime,
) -> bool:
    key = secret.unseal(factor.sealed_key, purpose=_PURPOSE).decode()
    step = totp.matching_step(key, totp.typed(code), now)
    return step is not None and store.use_step(connection, user_id=user_id, step=step)


def _recovery_digest(secret: Secret, user_id: UserId, code: str) -> bytes:
    return secret.digest(f"{user_id} {totp.typed(code)}", purpose="recovery_code")


def _already_on() -> Conflict:
    return Conflict("second_factor_on", "The second factor is on already: load the page again.")
