"""Making a key within one's own role, switching it off and on, deleting it."""

from __future__ import annotations

from datetime import date, datetime

from kontorhaus.identity import actions as identity
from kontorhaus.identity.keys import rules, store
from kontorhaus.identity.keys.model import Held, Wanted
from kontorhaus.identity.model import IssuedKey
from kontorhaus.identity.rules import end_of_day, scopes_of
from kontorhaus.kernel.errors import Denied, Invalid, NotFound
from kontorhaus.kernel.ids import ApiKeyId, UserId
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Work


def issue(work: Work, *, secret: Secret, wanted: Wanted, role: str) -> IssuedKey:
    """A key of the person who asks, whose `role` bounds it; its token is shown this once.

    Invalid: surface, name, scopes, last_day. Conflict("key_name_taken"). Denied("forbidden") for
    a caller behind whom there is no person.
    """
    if work.actor.user_id is None:
        raise Denied("forbidden", "Only a person makes keys.")
    surface, name = rules.surface(wanted.surface), rules.name(wanted.name)
    rules.check_scopes(surface, wanted.scopes, scopes_of(role))
    expires_at = _end_of(work, wanted.last_day) if wanted.last_day else None
    issued = identity.create_api_key(
        work,
        secret=secret,
        surface=surface,
        name=name,
        scopes=wanted.scopes,
        created_by=UserId(work.actor.user_id),
    )
    if expires_at is not None:
        _record(work, "identity.key_end_set", issued.key.id, expires_at)
    return identity.ending(work, issued=issued, expires_at=expires_at)


def switch(work: Work, *, key_id: ApiKeyId, is_enabled: bool) -> None:
    """Switch a key on or off; off works at once. NotFound("api_key")."""
    before = _held(work, key_id)
    store.switch(work, key_id=key_id, is_enabled=is_enabled)
    work.record(
        "identity.key_enabled" if is_enabled else "identity.key_disabled",
        subject="api_key",
        subject_id=key_id,
        details={**_told(before), "is_enabled": [before.is_enabled, is_enabled]},
    )


def delete(work: Work, *, key_id: ApiKeyId) -> None:
    """Take a key away for good, at once; the audit trail keeps what it was. NotFound("api_key")."""
    before = _held(work, key_id)
    store.delete(work, key_id=key_id)
    work.record("identity.key_deleted", subject="api_key", subject_id=key_id, details=_told(before))


def _held(work: Work, key_id: ApiKeyId) -> Held:
    found = store.hold(work, key_id=key_id)
    if found is None:
        raise NotFound("api_key", "There is no such key.")
    return found


def _told(key: Held) -> dict[str, str]:
    return {"name": key.name, "surface": key.surface, "prefix": key.prefix}


def _record(work: Work, action: str, key_id: ApiKeyId, expires_at: datetime) -> None:
    work.record(
        action,
        subject="api_key",
        subject_id=key_id,
        details={"expires_at": [None, expires_at.isoformat()]},
    )


def _end_of(work: Work, day: date) -> datetime:
    if day < work.today:
        raise Invalid("last_day", "The last day lies in the past.", field="last_day")
    return end_of_day(day, work.caller.time_zone)
