"""Logging in and out, choosing a tenant, setting a password by a one-time link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kontorhaus.identity import passwords, rules
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import store, throttle, trail
from kontorhaus.identity.sessions.model import Account, Place, Session
from kontorhaus.identity.sessions.throttle import Limit
from kontorhaus.kernel.errors import Denied, Invalid, NotFound
from kontorhaus.kernel.ids import TenantId, UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret, random_token
from kontorhaus.runtime.work import Caller, begin

_SESSION_PURPOSE = "session"
_LINK_PURPOSE = "setup_link"


def login(
    database: Database,
    *,
    secret: Secret,
    surface: str,
    email: str,
    password: str,
    client: str = "",
) -> Session:
    """A session for `surface` (web or books), in the person's first LIVE tenant.

    `client` is the network address it comes from. Denied("wrong_login") says the same in the same
    time for an unknown address, a wrong password and a person without an organization.
    Denied("too_many_attempts") with `retry_after_seconds`, when more passwords were tried for the
    account or from the client than are looked at.
    """
    address = rules.address(email)
    _count_login(database, secret, address, client)
    with database.connection() as connection:
        account = store.account(connection, email=address)
    is_right = passwords.is_right(password, account.password_hash if account else None)
    with database.connection() as connection:
        places = store.places(connection, user_id=account.user_id) if account else []
    if not (account and is_right and places):
        if account and places:
            _record(database, account, places[0], "identity.login_failed", surface)
        else:
            trail.stranger(surface=surface, client=client)
        raise Denied("wrong_login", "E-mail address or password is wrong.")
    _count_as_right(database, secret, address, client)
    _strengthen(database, account, password)
    session = _open(database, secret, surface, (account.user_id, address), places[0])
    _record(database, account, places[0], "identity.logged_in", surface)
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
    digest, now = secret.digest(token, purpose=_SESSION_PURPOSE), database.clock.now()
    with database.connection() as connection, connection.transaction():
        ended = store.delete_session(connection, token_hash=digest)
        if ended:
            trail.of_session(connection, session=ended, action="identity.logged_out", now=now)


def choose_tenant(database: Database, *, secret: Secret, token: str, tenant_id: TenantId) -> None:
    """Go on in another tenant of the person; NotFound where it has no right."""
    digest = secret.digest(token, purpose=_SESSION_PURPOSE)
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


def forgot_password(database: Database, *, secret: Secret, email: str, client: str = "") -> None:
    """Let a link for a new password be mailed, if the address is that of a member.

    Nothing tells whether it is. Denied("too_many_attempts").
    """
    now, address = database.clock.now(), rules.address(email)
    with database.connection() as connection:
        _count_links(connection, secret, client, now)
        throttle.count(connection, secret=secret, limit=throttle.LINKS, who=address, now=now)
        account = store.account(connection, email=address)
        places = store.places(connection, user_id=account.user_id) if account else []
    if account and places:
        with begin(database, _caller(account, places[0], "web")) as work:
            work.record("identity.password_forgotten", subject="user", subject_id=account.user_id)
            work.enqueue("identity.mail_password_link", user_id=str(account.user_id))


def email_of(database: Database, *, user_id: UserId) -> str | None:
    """The address of a person; None for nobody."""
    with database.connection() as connection:
        return store.email(connection, user_id=user_id)


def setup_password(
    database: Database, *, secret: Secret, token: str, password: str, client: str = ""
) -> None:
    """Set a password by a link; ends every session and every other link of the person.

    Invalid("invalid_token") for a link that is unknown, expired or used.
    Denied("too_many_attempts") for a client that tries many.
    """
    rules.check_password(password)
    with database.connection() as connection:
        _count_links(connection, secret, client, database.clock.now())
    digest, now = secret.digest(token, purpose=_LINK_PURPOSE), database.clock.now()
    password_hash = passwords.hashed(password)
    with database.connection() as connection, connection.transaction():
        user_id = store.use_link(connection, token_hash=digest, now=now)
        if user_id is None:
            raise Invalid("invalid_token", "This link is used up or expired: ask for a new one.")
        store.set_password(connection, user_id=user_id, password_hash=password_hash)
        store.delete_sessions(connection, user_id=user_id)
        store.void_links(connection, user_id=user_id, now=now)
        trail.of_account(
            connection, user_id=user_id, action="identity.password_set_by_link", now=now
        )


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
    """Forget sessions, links and login counts that have run out."""
    now = database.clock.now()
    with database.connection() as connection:
        store.purge(connection, now=now, forget_before=now - rules.LONGEST_WINDOW)


def _count_login(database: Database, secret: Secret, address: str, client: str) -> None:
    """Counted before the password is looked at, and kept whatever comes of it."""
    now = database.clock.now()
    with database.connection() as connection:
        for limit, who in _login_limits(address, client):
            throttle.count(connection, secret=secret, limit=limit, who=who, now=now)


def _count_as_right(database: Database, secret: Secret, address: str, client: str) -> None:
    """A right password was no guess."""
    with database.connection() as connection:
        for limit, who in _login_limits(address, client):
            throttle.take_back(connection, secret=secret, limit=limit, who=who)
        throttle.forget(connection, secret=secret, limit=throttle.ACCOUNT, who=address)


def _login_limits(address: str, client: str) -> list[tuple[Limit, str]]:
    """What a login counts against; the hour last, which counts passwords that are looked at."""
    limits = [(throttle.ACCOUNT, address), (throttle.ACCOUNT_HOUR, address)]
    if client:
        limits.insert(1, (throttle.ADDRESS, client))
    return limits


def _count_links(connection: Connection, secret: Secret, client: str, now: datetime) -> None:
    if client:
        limit = throttle.LINKS_OF_ADDRESS
        throttle.count(connection, secret=secret, limit=limit, who=client, now=now)


def _strengthen(database: Database, account: Account, password: str) -> None:
    if account.password_hash and passwords.is_outdated(account.password_hash):
        with database.connection() as connection:
            store.set_password(
                connection, user_id=account.user_id, password_hash=passwords.hashed(password)
            )


def _open(
    database: Database, secret: Secret, surface: str, person: tuple[UserId, str], place: Place
) -> Session:
    user_id, address = person
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
    return Session(token, csrf(secret, token), user_id, address, place, expires_at)


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


def _record(database: Database, account: Account, place: Place, action: str, surface: str) -> None:
    with begin(database, _caller(account, place, surface)) as work:
        work.record(action, subject="user", subject_id=account.user_id)


def _caller(account: Account, place: Place, surface: str) -> Caller:
    actor = trail.person(account.user_id, surface, account.email)
    return Caller(place.tenant_id, actor, "UTC")
