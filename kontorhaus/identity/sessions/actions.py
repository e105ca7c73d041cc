"""Whose session it is, choosing a tenant, logging out, setting a password by a one-time link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kontorhaus.identity import passwords, rules
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import devices, notices, store, throttle, trail
from kontorhaus.identity.sessions.model import STRANGER, Past, Place, Visitor
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.kernel.ids import TenantId, UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.secret import Secret, random_token
from kontorhaus.runtime.work import Caller, begin, within

_LINK_PURPOSE = "setup_link"
# The last use of a session is known to the minute, so that reading writes nothing else.
_TOUCH_AFTER = timedelta(minutes=1)


def principal(database: Database, *, secret: Secret, surface: str, token: str) -> Principal | None:
    """Who a running session stands for; None for every other text."""
    digest, now = digest_of(secret, token), database.clock.now()
    with database.connection() as connection:
        looked_up = store.session_principal(
            connection,
            token_hash=digest,
            surface=surface,
            now=now,
            idle_since=now - rules.SESSION_IDLE,
        )
        if looked_up is None:
            return None
        found, used_at = looked_up
        if used_at <= now - _TOUCH_AFTER:
            store.touch_session(connection, token_hash=digest, now=now)
    return replace(found, scopes=rules.scopes_of(found.role))


def digest_of(secret: Secret, token: str) -> bytes:
    """What is stored of a session's token."""
    return secret.digest(token, purpose="session")


def person(user_id: UserId, email: str, place: Place, surface: str, visitor: Visitor) -> Caller:
    """Somebody who is about to sign in, or asks for a link."""
    actor = trail.person(user_id, surface, email)
    return Caller(place.tenant_id, actor, "UTC", visitor.request_id)


def csrf(secret: Secret, token: str) -> str:
    """What every form of this session must carry."""
    return secret.digest(token, purpose="csrf").hex()


def logout(database: Database, *, secret: Secret, token: str) -> None:
    """End the session of a token at once."""
    digest, now = digest_of(secret, token), database.clock.now()
    with database.connection() as connection, connection.transaction():
        ended = store.delete_session(connection, token_hash=digest)
        if ended:
            trail.of_session(connection, session=ended, action="identity.logged_out", now=now)


def choose_tenant(database: Database, *, secret: Secret, token: str, tenant_id: TenantId) -> None:
    """Go on in another tenant of the person; NotFound where it has no right."""
    digest = digest_of(secret, token)
    with database.connection() as connection, connection.transaction():
        moved = store.move_session(connection, token_hash=digest, tenant_id=tenant_id)
        if moved is None:
            raise NotFound("tenant", "There is no such organization.")
        now = database.clock.now()
        trail.of_session(connection, session=moved, action="identity.place_chosen", now=now)


def places_of(database: Database, *, user_id: UserId) -> list[Place]:
    """Where a person may work, LIVE first."""
    with database.connection() as connection:
        return store.places(connection, user_id=user_id)


def invite(database: Database, *, secret: Secret, user_id: UserId) -> str:
    """The token of a link by which a new person sets a password within seven days, once."""
    return _link(database, secret, user_id, database.clock.now() + rules.INVITATION_LENGTH)


def reset_link(database: Database, *, secret: Secret, email: str) -> tuple[UserId, str] | None:
    """The token of a link for a forgotten password, valid one hour; None for nobody."""
    with database.connection() as connection:
        account = store.account(connection, email=rules.address(email))
    if account is None:
        return None
    expires_at = database.clock.now() + rules.RESET_LENGTH
    return account.user_id, _link(database, secret, account.user_id, expires_at)


def forgot_password(
    database: Database, *, secret: Secret, email: str, visitor: Visitor = STRANGER
) -> None:
    """Let a link for a new password be mailed, if the address is that of a member.

    Nothing tells whether it is. Denied("too_many_attempts").
    """
    now, address = database.clock.now(), rules.address(email)
    with database.connection() as connection:
        _count_links(connection, secret, visitor.client, now)
        throttle.count(connection, secret=secret, limit=throttle.LINKS, who=address, now=now)
        account = store.account(connection, email=address)
        places = store.places(connection, user_id=account.user_id) if account else []
    if account and places:
        caller = person(account.user_id, address, places[0], "web", visitor)
        with begin(database, caller) as work:
            work.record("identity.password_forgotten", subject="user", subject_id=account.user_id)
            work.enqueue("identity.mail_password_link", user_id=str(account.user_id))


def email_of(database: Database, *, user_id: UserId) -> str | None:
    """The address of a person; None for nobody."""
    with database.connection() as connection:
        return store.email(connection, user_id=user_id)


def setup_password(
    database: Database,
    *,
    secret: Secret,
    token: str,
    password: str,
    visitor: Visitor = STRANGER,
) -> str:
    """Set a password by a link; ends every session and every other link of the person.

    The browser is known from now on, so that nobody who tries passwords elsewhere keeps the person
    out: the result is what it keeps. Invalid("invalid_token") for a link that is unknown, expired
    or used. Denied("too_many_attempts") for a client that tries many.
    """
    rules.check_password(password)
    with database.connection() as connection:
        _count_links(connection, secret, visitor.client, database.clock.now())
    digest, now = secret.digest(token, purpose=_LINK_PURPOSE), database.clock.now()
    password_hash = passwords.hashed(password)
    with database.connection() as connection, connection.transaction():
        user_id = store.use_link(connection, token_hash=digest, now=now)
        if user_id is None:
            raise Invalid("invalid_token", "This link is used up or expired: ask for a new one.")
        is_first = store.password_hash(connection, user_id=user_id) is None
        store.set_password(connection, user_id=user_id, password_hash=password_hash)
        store.delete_sessions(connection, user_id=user_id)
        store.void_links(connection, user_id=user_id, now=now)
        trail.of_account(
            connection, user_id=user_id, action="identity.password_set_by_link", now=now
        )
        device, _ = devices.note(
            connection, secret=secret, user_id=user_id, visitor=visitor, now=now
        )
        known = replace(visitor, device=device)
        devices.forget_others(connection, secret=secret, user_id=user_id, visitor=known)
        if not is_first:
            _tell_of_password(connection, user_id, visitor, now)
    return device


def first_link(database: Database, *, secret: Secret) -> str | None:
    """The token by which the first owner sets this server up; None once there is anybody."""
    with database.connection() as connection:
        if store.has_users(connection):
            return None
    return _link(database, secret, None, database.clock.now() + rules.INVITATION_LENGTH)


def is_first_link(database: Database, *, secret: Secret, token: str) -> bool:
    """Whether a first owner's link is still good."""
    digest = secret.digest(token, purpose=_LINK_PURPOSE)
    with database.connection() as connection:
        return store.is_first_link(connection, token_hash=digest, now=database.clock.now())


def use_first_link(connection: Connection, *, secret: Secret, token: str, now: datetime) -> None:
    """Use up the first owner's link, and every other of its kind; Invalid("invalid_token").

    The transaction is the caller's: whoever comes with the link meanwhile waits for its end.
    """
    digest = secret.digest(token, purpose=_LINK_PURPOSE)
    is_good = store.use_first_links(connection, token_hash=digest, now=now)
    if not is_good or store.has_users(connection):
        raise Invalid("invalid_token", "This link is used up or expired: restart the server.")


def set_password(database: Database, *, user_id: UserId, password: str) -> None:
    """Set a person's password and end all sessions."""
    rules.check_password(password)
    password_hash = passwords.hashed(password)
    with database.connection() as connection, connection.transaction():
        store.set_password(connection, user_id=user_id, password_hash=password_hash)
        store.delete_sessions(connection, user_id=user_id)
        trail.of_account(
            connection,
            user_id=user_id,
            action="identity.password_set",
            now=database.clock.now(),
            by_owner=False,
        )


def purge(database: Database) -> None:
    """Forget sessions, links, login counts and devices that have run out."""
    now = database.clock.now()
    before = Past(now - rules.SESSION_IDLE, now - rules.LONGEST_WINDOW, now - rules.DEVICE_LENGTH)
    with database.connection() as connection:
        store.purge(connection, now=now, before=before)


def _tell_of_password(
    connection: Connection, user_id: UserId, visitor: Visitor, now: datetime
) -> None:
    """A mail that a link set another password; none to who may work nowhere yet."""
    places = store.places(connection, user_id=user_id)
    address = store.email(connection, user_id=user_id)
    if places and address:
        caller = person(user_id, address, places[0], "web", visitor)
        work = within(connection, caller, now)
        notices.tell(work, address=address, what=notices.NEW_PASSWORD, visitor=visitor)


def _count_links(connection: Connection, secret: Secret, client: str, now: datetime) -> None:
    if client:
        limit = throttle.LINKS_OF_ADDRESS
        throttle.count(connection, secret=secret, limit=limit, who=client, now=now)


def _link(database: Database, secret: Secret, user_id: UserId | None, expires_at: datetime) -> str:
    token = random_token()
    with database.connection() as connection, connection.transaction():
        store.insert_link(
            connection,
            token_hash=secret.digest(token, purpose=_LINK_PURPOSE),
            user_id=user_id,
            expires_at=expires_at,
        )
        if user_id is not None:
            trail.of_account(
                connection,
                user_id=user_id,
                action="identity.password_link_made",
                now=database.clock.now(),
                by_owner=False,
            )
    return token
