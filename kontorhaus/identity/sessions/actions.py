"""Logging in and out, choosing a tenant, setting a password by a one-time link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kontorhaus.identity import passwords, rules
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import store
from kontorhaus.identity.sessions.model import Account, Place, Session
from kontorhaus.kernel.errors import Denied, Invalid, NotFound
from kontorhaus.kernel.ids import TenantId, UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret, random_token
from kontorhaus.runtime.work import Actor, Caller, begin

_SESSION_PURPOSE = "session"
_LINK_PURPOSE = "setup_link"


def login(
    database: Database, *, secret: Secret, surface: str, email: str, password: str
) -> Session:
    """A session for `surface` (web or books), in the person's first LIVE tenant.

    Denied("wrong_login") says the same in the same time for an unknown address, a wrong password
    and a person without an organization. Denied("too_many_attempts") with
    `retry_after_seconds`, when more passwords were tried for the address than are evaluated.
    """
    now, address = database.clock.now(), email.strip().lower()
    account_hash = secret.digest(address, purpose="login")
    _throttle(database, account_hash, now)
    with database.connection() as connection:
        account = store.account(connection, email=address)
    is_right = passwords.is_right(password, account.password_hash if account else None)
    with database.connection() as connection:
        places = store.places(connection, user_id=account.user_id) if account else []
    if not (account and is_right and places):
        if account and places:
            _record(database, account.user_id, places[0], "identity.login_failed", surface)
        raise Denied("wrong_login", "E-mail address or password is wrong.")
    with database.connection() as connection:
        store.forget_attempts(connection, account_hash=account_hash)
    _strengthen(database, account, password)
    session = _open(database, secret, surface, account.user_id, places[0])
    _record(database, account.user_id, places[0], "identity.logged_in", surface)
    return session


def principal(database: Database, *, secret: Secret, surface: str, token: str) -> Principal | None:
    """Who a running session stands for; None for every other text."""
    digest = secret.digest(token, purpose=_SESSION_PURPOSE)
    with database.connection() as connection:
        found = store.session_principal(
            connection, token_hash=digest, surface=surface, now=database.clock.now()
        )
    return replace(found, scopes=rules.scopes_of(found.role)) if found else None


def csrf(secret: Secret, token: str) -> str:
    """What every form of this session must carry."""
    return secret.digest(token, purpose="csrf").hex()


def logout(database: Database, *, secret: Secret, token: str) -> None:
    """End the session of a token at once."""
    with database.connection() as connection:
        store.delete_session(connection, token_hash=secret.digest(token, purpose=_SESSION_PURPOSE))


def choose_tenant(database: Database, *, secret: Secret, token: str, tenant_id: TenantId) -> None:
    """Go on in another tenant of the person; NotFound where it has no right."""
    digest = secret.digest(token, purpose=_SESSION_PURPOSE)
    with database.connection() as connection:
        if not store.move_session(connection, token_hash=digest, tenant_id=tenant_id):
            raise NotFound("tenant", "There is no such organization.")


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
        account = store.account(connection, email=email.strip().lower())
    if account is None:
        return None
    expires_at = database.clock.now() + rules.RESET_LENGTH
    return account.user_id, _link(database, secret, account.user_id, expires_at)


def setup_password(database: Database, *, secret: Secret, token: str, password: str) -> None:
    """Set a password by a link; ends every session and every other link of the person.

    Invalid("invalid_token") for a link that is unknown, expired or used.
    """
    rules.check_password(password)
    digest, now = secret.digest(token, purpose=_LINK_PURPOSE), database.clock.now()
    password_hash = passwords.hashed(password)
    with database.connection() as connection, connection.transaction():
        user_id = store.use_link(connection, token_hash=digest, now=now)
        if user_id is None:
            raise Invalid("invalid_token", "This link is used up or expired: ask for a new one.")
        store.set_password(connection, user_id=user_id, password_hash=password_hash)
        store.delete_sessions(connection, user_id=user_id)
        store.void_links(connection, user_id=user_id, now=now)


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


def use_first_link(database: Database, *, secret: Secret, token: str) -> None:
    """Use up the first owner's link, and every other of its kind; Invalid("invalid_token")."""
    digest, now = secret.digest(token, purpose=_LINK_PURPOSE), database.clock.now()
    with database.connection() as connection, connection.transaction():
        is_good = not store.has_users(connection) and store.use_first_links(
            connection, token_hash=digest, now=now
        )
    if not is_good:
        raise Invalid("invalid_token", "This link is used up or expired: restart the server.")


def set_password(database: Database, *, user_id: UserId, password: str) -> None:
    """Set a person's password and end all sessions."""
    rules.check_password(password)
    password_hash = passwords.hashed(password)
    with database.connection() as connection, connection.transaction():
        store.set_password(connection, user_id=user_id, password_hash=password_hash)
        store.delete_sessions(connection, user_id=user_id)


def purge(database: Database) -> None:
    """Forget sessions, links and login counts that have run out."""
    now = database.clock.now()
    with database.connection() as connection:
        store.purge(connection, now=now, forget_before=now - rules.LOGIN_WINDOW)


def _throttle(database: Database, account_hash: bytes, now: datetime) -> None:
    """Counted before the password is looked at, and kept whatever comes of it."""
    with database.connection() as connection:
        attempts, since = store.count_attempt(
            connection, account_hash=account_hash, now=now, forget_before=now - rules.LOGIN_WINDOW
        )
    if attempts > rules.LOGIN_ATTEMPTS:
        wait = since + rules.LOGIN_WINDOW - now
        raise Denied(
            "too_many_attempts",
            "Too many attempts: wait before you try again.",
            retry_after_seconds=max(1, wait // rules.ONE_SECOND),
        )


def _strengthen(database: Database, account: Account, password: str) -> None:
    if account.password_hash and passwords.is_outdated(account.password_hash):
        with database.connection() as connection:
            store.set_password(
                connection, user_id=account.user_id, password_hash=passwords.hashed(password)
            )


def _open(
    database: Database, secret: Secret, surface: str, user_id: UserId, place: Place
) -> Session:
    token, now = f"khs_{random_token()}", database.clock.now()
    expires_at = now + rules.SESSION_LENGTH
    with database.connection() as connection:
        store.insert_session(
            connection,
            session_id=uuid7(),
            token_hash=secret.digest(token, purpose=_SESSION_PURPOSE),
            user_id=user_id,
            place=place,
            surface=surface,
            span=(now, expires_at),
        )
    return Session(token, csrf(secret, token), user_id, place, expires_at)


def _link(database: Database, secret: Secret, user_id: UserId | None, expires_at: datetime) -> str:
    token = random_token()
    with database.connection() as connection:
        store.insert_link(
            connection,
            token_hash=secret.digest(token, purpose=_LINK_PURPOSE),
            user_id=user_id,
            expires_at=expires_at,
        )
    return token


def _record(database: Database, user_id: UserId, place: Place, action: str, surface: str) -> None:
    actor = Actor("user", None, user_id, "", None, surface, "dashboard")
    with begin(database, Caller(place.tenant_id, actor, "UTC")) as work:
        work.record(action, subject="user", subject_id=user_id)
