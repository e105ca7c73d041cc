"""What somebody signed in does about its own account: password, second factor, open sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from kontorhaus.identity import passwords, rules
from kontorhaus.identity.factors import actions as factors
from kontorhaus.identity.factors.model import Factor
from kontorhaus.identity.sessions import devices, notices, store, throttle
from kontorhaus.identity.sessions.model import STRANGER, OpenSession, Visitor
from kontorhaus.identity.sessions.throttle import Limit
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Caller, Json, Work, begin


def open_sessions(work: Work) -> list[OpenSession]:
    """The running sessions of the person, the last used first."""
    return store.open_sessions(
        work.connection,
        user_id=_person(work.caller),
        now=work.now,
        idle_since=work.now - rules.SESSION_IDLE,
    )


def factor(work: Work) -> Factor | None:
    """The person's second factor, on or waiting for its first code."""
    return factors.factor_of(work.connection, user_id=_person(work.caller))


def end_session(work: Work, *, session_id: UUID) -> None:
    """End one session of the person; NotFound("session") if it has none of that id."""
    user_id = _person(work.caller)
    if not store.delete_session_of(work.connection, user_id=user_id, session_id=session_id):
        raise NotFound("session", "This session is over already.")
    work.record("identity.session_ended", subject="session", subject_id=session_id)


def end_other_sessions(work: Work) -> int:
    """End every session of the person but the one at hand; how many there were."""
    user_id = _person(work.caller)
    count = store.delete_sessions(work.connection, user_id=user_id, but=work.actor.id)
    work.record(
        "identity.sessions_ended", subject="user", subject_id=user_id, details={"count": count}
    )
    return count


def change_password(
    database: Database, *, secret: Secret, caller: Caller, visitor: Visitor, old: str, new: str
) -> None:
    """Another password for the person; ends its other sessions and its links, and says so by mail.

    Invalid("wrong_password") for a wrong old one, Invalid("password") for a new one that is too
    short. Denied("too_many_attempts").
    """
    rules.check_password(new)
    _check_password(database, secret, caller, old)
    password_hash, user_id = passwords.hashed(new), _person(caller)
    with begin(database, caller) as work:
        store.set_password(work.connection, user_id=user_id, password_hash=password_hash)
        store.void_links(work.connection, user_id=user_id, now=work.now)
        devices.forget_others(work.connection, secret=secret, user_id=user_id, visitor=visitor)
        end_other_sessions(work)
        work.record("identity.password_changed", subject="user", subject_id=user_id)
        _tell(work, user_id, notices.NEW_PASSWORD, visitor)


def begin_factor(database: Database, *, secret: Secret, caller: Caller, password: str) -> None:
    """Make a key that waits for its first code.

    Invalid("wrong_password"), Conflict("second_factor_on"), Denied("too_many_attempts").
    """
    _check_password(database, secret, caller, password)
    with begin(database, caller) as work:
        user_id = _person(caller)
        factors.begin(work.connection, secret=secret, user_id=user_id)
        work.record("identity.second_factor_begun", subject="user", subject_id=user_id)


def confirm_factor(
    database: Database, *, secret: Secret, caller: Caller, visitor: Visitor, code: str
) -> list[str]:
    """Switch the second factor on by its first code; the recovery codes, to be shown once.

    Other sessions, opened without it, end. Invalid("wrong_code"), Conflict("second_factor_on"),
    Denied("too_many_attempts").
    """
    user_id = _person(caller)
    limited = _limited(database, secret, throttle.OWN_CODES, user_id)
    with limited, begin(database, caller) as work:
        codes = factors.confirm(
            work.connection, secret=secret, user_id=user_id, code=code, now=work.now
        )
        if codes is None:
            raise _wrong_code()
        end_other_sessions(work)
        _record_switch(work, user_id, is_on=True)
        _tell(work, user_id, notices.FACTOR_ON, visitor)
    return codes


def renew_recovery_codes(
    database: Database, *, secret: Secret, caller: Caller, code: str
) -> list[str]:
    """Ten new recovery codes, to be shown once; older ones end.

    Invalid("wrong_code"), Denied("too_many_attempts").
    """
    user_id = _person(caller)
    limited = _limited(database, secret, throttle.OWN_CODES, user_id)
    with limited, begin(database, caller) as work:
        _use(work, secret, user_id, code)
        codes = factors.renew_recovery_codes(work.connection, secret=secret, user_id=user_id)
        work.record("identity.recovery_codes_made", subject="user", subject_id=user_id)
    return codes


def remove_factor(
    database: Database,
    *,
    secret: Secret,
    caller: Caller,
    visitor: Visitor,
    password: str,
    code: str,
) -> None:
    """Switch the second factor off, with password and code.

    Invalid("wrong_password"), Invalid("wrong_code"), Denied("too_many_attempts").
    """
    _check_password(database, secret, caller, password)
    user_id = _person(caller)
    limited = _limited(database, secret, throttle.OWN_CODES, user_id)
    with limited, begin(database, caller) as work:
        _use(work, secret, user_id, code)
        _remove(work, user_id, visitor)


def drop_draft(work: Work) -> None:
    """Give up a key that waits for its first code."""
    found = factor(work)
    if found and found.confirmed_at is None:
        user_id = _person(work.caller)
        factors.remove(work.connection, user_id=user_id)
        work.record("identity.second_factor_dropped", subject="user", subject_id=user_id)


def remove_lost_factor(database: Database, *, email: str) -> bool:
    """Switch off the second factor of a person who lost it, for whoever runs the server.

    Every session of the person ends. False if it has none; NotFound("user").
    """
    address = rules.address(email)
    with database.connection() as connection:
        account = store.account(connection, email=address)
        places = store.places(connection, user_id=account.user_id) if account else []
    if account is None or not places:
        raise NotFound("user", f"Nobody has the address {email}.")
    with begin(database, Caller(places[0].tenant_id, SYSTEM, "UTC")) as work:
        if not factors.is_on(work.connection, user_id=account.user_id):
            return False
        store.delete_sessions(work.connection, user_id=account.user_id)
        _remove(work, account.user_id, STRANGER)
    return True


def _remove(work: Work, user_id: UserId, visitor: Visitor) -> None:
    factors.remove(work.connection, user_id=user_id)
    _record_switch(work, user_id, is_on=False)
    _tell(work, user_id, notices.FACTOR_OFF, visitor)


def _record_switch(work: Work, user_id: UserId, *, is_on: bool) -> None:
    details: dict[str, Json] = {"second_factor": [not is_on, is_on]}
    work.record("identity.second_factor", subject="user", subject_id=user_id, details=details)


def _use(work: Work, secret: Secret, user_id: UserId, code: str) -> None:
    used = factors.use(work.connection, secret=secret, user_id=user_id, code=code, now=work.now)
    if used is None:
        raise _wrong_code()


def _check_password(database: Database, secret: Secret, caller: Caller, password: str) -> None:
    """Ask once more, since a session may be somebody else's for a moment."""
    user_id = _person(caller)
    with _limited(database, secret, throttle.OWN_PASSWORD, user_id):
        with database.connection() as connection:
            password_hash = store.password_hash(connection, user_id=user_id)
        if not passwords.is_right(password, password_hash):
            raise Invalid("wrong_password", "This is not your password.", field="password")


@contextmanager
def _limited(database: Database, secret: Secret, limit: Limit, user_id: UserId) -> Iterator[None]:
    """What is tried within counts, whatever is rolled back; what succeeds was no guess."""
    now, who = database.clock.now(), str(user_id)
    with database.connection() as connection:
        throttle.count(connection, secret=secret, limit=limit, who=who, now=now)
    yield
    with database.connection() as connection:
        throttle.take_back(connection, secret=secret, limit=limit, who=who, at=now)


def _tell(work: Work, user_id: UserId, what: str, visitor: Visitor) -> None:
    address = store.email(work.connection, user_id=user_id)
    assert address is not None, "a person has an address"
    notices.tell(work, address=address, what=what, visitor=visitor)


def _person(caller: Caller) -> UserId:
    assert caller.actor.user_id is not None, "a session belongs to a person"
    return UserId(caller.actor.user_id)


def _wrong_code() -> Invalid:
    return Invalid("wrong_code", "This code is wrong or used up.", field="code")
