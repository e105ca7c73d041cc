"""How logins, accounts of people and refused attempts stand in the audit trail.

A session is told in the tenant that it works in. What happens to a person's account (password,
links) concerns every organization of the person and is told in the LIVE tenant of each.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import store, throttle
from kontorhaus.identity.sessions.model import SessionPlace
from kontorhaus.kernel.errors import Denied
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Actor, Caller, begin, within

_log = structlog.get_logger("kontorhaus.refused")


def person(user_id: UserId, surface: str, email: str) -> Actor:
    """Somebody who acts before, or without, a session."""
    return Actor("user", None, user_id, email, None, surface, "dashboard")


def of_session(
    connection: Connection, *, session: SessionPlace, action: str, now: datetime
) -> None:
    """Something about a session, in its tenant; the transaction is the caller's."""
    caller = Caller(
        session.tenant_id, person(session.user_id, session.surface, session.email), "UTC"
    )
    within(connection, caller, now).record(action, subject="user", subject_id=session.user_id)


def of_account(
    connection: Connection, *, user_id: UserId, action: str, now: datetime, by_owner: bool = True
) -> None:
    """Something about a person's account, in each organization; the transaction is the caller's.

    `by_owner` says that the person did it, not whoever runs the server.
    """
    email = store.email(connection, user_id=user_id) or ""
    actor = person(user_id, "web", email) if by_owner else SYSTEM
    for place in store.places(connection, user_id=user_id):
        if place.environment == "LIVE":
            caller = Caller(place.tenant_id, actor, "UTC")
            within(connection, caller, now).record(action, subject="user", subject_id=user_id)


def refused(
    database: Database,
    *,
    secret: Secret,
    principal: Principal,
    request_id: UUID | None,
    operation: str,
    code: str,
) -> None:
    """That a known caller was refused something, in its tenant: so many an hour, then as lines."""
    who = f"{principal.actor.kind}:{principal.actor.id}"
    with begin(database, principal.caller(request_id)) as work:
        try:
            throttle.count(
                work.connection, secret=secret, limit=throttle.REFUSALS, who=who, now=work.now
            )
        except Denied:
            _log.warning("refused", actor=who, operation=operation, code=code)
            return
        work.record(
            "identity.refused", subject="operation", subject_id=operation, details={"code": code}
        )


def stranger(*, surface: str, client: str) -> None:
    """A login that failed for an address nobody has: there is no tenant to tell it in."""
    _log.warning("login_failed", surface=surface, client=client)
