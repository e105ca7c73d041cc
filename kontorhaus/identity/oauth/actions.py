"""Registering apps, letting them in and taking it back, and answering their requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from kontorhaus.identity import queries as organizations
from kontorhaus.identity import rules as identity
from kontorhaus.identity.oauth import client, rules, store, vault
from kontorhaus.identity.oauth.grants import Person
from kontorhaus.identity.oauth.model import App, AppDetails, Asked, IssuedApp, Outcome, Place, Sent
from kontorhaus.identity.oauth.protocol import Server
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import throttle
from kontorhaus.identity.sessions.throttle import Limit
from kontorhaus.kernel.errors import Conflict, Denied, NotFound
from kontorhaus.kernel.ids import AppId, TenantId, UserId
from kontorhaus.runtime import changes
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret, random_token
from kontorhaus.runtime.work import Actor, Caller, Json, Work, begin

_ID_SIGNS = 24
_NOTED_EVERY = timedelta(minutes=1)
_CODES_KEPT = timedelta(hours=1)

# Secrets looked at for one app: from elsewhere, and from where the right one came last, so that
# nobody elsewhere can lock an app out.
_STRANGER = Limit("oauth_app", identity.LOGIN_TRIES)
_AT_HOME = Limit("oauth_app_at_home", ((100, identity.LOGIN_WINDOW),))
_NETWORK = Limit("oauth_network", ((100, identity.LOGIN_WINDOW),))


def authenticate(
    database: Database, *, secret: Secret, surface: str, token: str
) -> Principal | None:
    """Who an access token of an app stands for, with no more than its person may; else None."""
    now = database.clock.now()
    with database.connection() as connection:
        found = store.principal(
            connection,
            token_hash=secret.digest(token, purpose=vault.TOKEN_PURPOSE),
            surface=surface,
            now=now,
            note_before=now - _NOTED_EVERY,
        )
    return replace(found, scopes=identity.granted(found.role, found.scopes)) if found else None


# --- what apps ask for


def token(database: Database, *, secret: Secret, issuer: str, sent: Sent) -> Outcome:
    """Tokens for a code, a refresh token or an app's own credentials; or why not."""
    return _answered(database, secret, issuer, sent, Server.token)


def revoke(database: Database, *, secret: Secret, issuer: str, sent: Sent) -> Outcome:
    """End a token that its app no longer needs (RFC 7009)."""
    return _answered(database, secret, issuer, sent, Server.revocation)


def introspect(database: Database, *, secret: Secret, issuer: str, sent: Sent) -> Outcome:
    """Tell an app what a token of its own stands for (RFC 7662)."""
    return _answered(database, secret, issuer, sent, Server.introspection)


def _answered(
    database: Database,
    secret: Secret,
    issuer: str,
    sent: Sent,
    answer: Callable[[Server], Outcome],
) -> Outcome:
    """One answer in one transaction, which is kept when it is no, too: stolen codes end access.

    Denied("too_many_attempts") past the limit of secrets that are looked at.
    """
    now = database.clock.now()
    claimed = client.claimed(sent)
    limits = _count(database, secret, sent.network, claimed, now) if claimed else []
    with database.connection() as connection, connection.transaction():
        server = Server(connection, secret=secret, now=now, issuer=issuer, sent=sent)
        outcome = answer(server)
        app = server.app_with_secret
        network = _network(secret, sent.network)
        if app is not None and app.known_network != network:
            store.update_known_network(connection, app_id=app.id, network=network)
    if app is not None:
        with database.connection() as connection:
            for limit, who in limits:
                throttle.take_back(connection, secret=secret, limit=limit, who=who, at=now)
    return outcome


def _count(
    database: Database, secret: Secret, network: str, client_id: str, now: datetime
) -> list[tuple[Limit, str]]:
    """Count an attempt before the secret is looked at, and keep it whatever comes of it."""
    with database.connection() as connection:
        found = store.app_of_client(connection, client_id=client_id)
        is_at_home = found is not None and found[0].known_network == _network(secret, network)
        abroad = [(_STRANGER, client_id), (_NETWORK, network)]
        limits = [(_AT_HOME, client_id)] if is_at_home else abroad
        for limit, who in limits:
            throttle.count(connection, secret=secret, limit=limit, who=who, now=now)
    return limits


def _network(secret: Secret, network: str) -> bytes:
    return secret.digest(network, purpose="oauth_known_network")


# --- what people say


def asked(database: Database, *, secret: Secret, issuer: str, sent: Sent) -> Asked | Outcome:
    """What an app asks a person for, or the answer to a request that cannot be put to anybody."""
    with database.connection() as connection:
        now = database.clock.now()
        return Server(connection, secret=secret, now=now, issuer=issuer, sent=sent).consent()


def allow(
    database: Database,
    *,
    secret: Secret,
    issuer: str,
    sent: Sent,
    actor: Actor,
    tenant_id: TenantId,
) -> Outcome:
    """Let an app in to a tenant of a person: the way back to it, with a code for one minute.

    NotFound("tenant") where the person has no right; Denied("nothing_to_grant") if it may do
    nothing there of what the app asks for.
    """
    user_id = UserId(actor.user_id) if actor.user_id else None
    assert user_id is not None, "a person says yes"
    place = _place(database, tenant_id, user_id)
    caller = Caller(tenant_id, actor, place.time_zone)
    with begin(database, caller) as work:
        server = Server(work.connection, secret=secret, now=work.now, issuer=issuer, sent=sent)
        found = server.consent()
        if isinstance(found, Outcome):
            return found
        scopes = identity.granted(place.role, found.scopes)
        if not scopes:
            raise Denied("nothing_to_grant", "You may do nothing of this in this company.")
        outcome = server.decision(Person(user_id, place))
        work.record(
            "oauth.access_given",
            subject="oauth_app",
            subject_id=found.app.id,
            details={"app": found.app.details.name, "scopes": rules.spoken(scopes)},
        )
    return outcome


def deny(database: Database, *, secret: Secret, issuer: str, sent: Sent) -> Outcome:
    """The way back to an app that a person does not let in."""
    with database.connection() as connection:
        now = database.clock.now()
        server = Server(connection, secret=secret, now=now, issuer=issuer, sent=sent)
        found = server.consent()
        return found if isinstance(found, Outcome) else server.decision(None)


def take_back(work: Work, *, principal: Principal, app_id: AppId, user_id: UserId) -> None:
    """End an app's access through a person at once: the person itself may, and administrators."""
    if principal.actor.user_id != user_id:
        principal.require(identity.ADMIN)
    name = store.end_access(work, app_id=app_id, user_id=user_id)
    if name is None:
        raise NotFound("app", "This app has no access.")
    work.record(
        "oauth.access_ended",
        subject="oauth_app",
        subject_id=app_id,
        details={"app": name, "user_id": str(user_id)},
    )


def _place(database: Database, tenant_id: TenantId, user_id: UserId) -> Place:
    with database.connection() as connection:
        place = store.place(connection, tenant_id=tenant_id, user_id=user_id)
    if place is None:
        raise NotFound("tenant", "There is no such organization.")
    return place


# --- what owners of apps do


def register(work: Work, *, secret: Secret, details: AppDetails) -> IssuedApp:
    """Register an app of the tenant at hand; its secret is not shown again."""
    rules.check_details(details)
    user_id = work.actor.user_id
    assert user_id is not None, "whoever may administer is a person or acts for one"
    app = App(
        id=AppId(work.new_id()),
        tenant_id=work.tenant_id,
        client_id=f"khc_{random_token()[:_ID_SIGNS]}",
        details=details,
        owner_name=organizations.profile(work).shown_name,
        created_by=UserId(user_id),
        created_at=work.now,
    )
    plain, digest = _new_secret(secret, details)
    store.insert_app(work, app=app, secret_hash=digest)
    work.record(
        "oauth.app_registered",
        subject="oauth_app",
        subject_id=app.id,
        details={"client_id": app.client_id, **_told(details)},
    )
    return IssuedApp(app, plain)


def change(work: Work, *, client_id: str, changed: Callable[[AppDetails], AppDetails]) -> App:
    """Change an app; what it was granted beyond its new scopes works no more. Its kind stays."""
    app = _locked(work, client_id)
    details = replace(changed(app.details), kind=app.details.kind)
    rules.check_details(details)
    store.update_app(work, app_id=app.id, details=details)
    work.record(
        "oauth.app_changed",
        subject="oauth_app",
        subject_id=app.id,
        details=changes.between(app.details, details),
    )
    return replace(app, details=details)


def rotate_secret(work: Work, *, secret: Secret, client_id: str) -> IssuedApp:
    """A new secret instead of the old one, which works no more; Conflict("no_secret")."""
    app = _locked(work, client_id)
    plain, digest = _new_secret(secret, app.details)
    if digest is None:
        raise Conflict("no_secret", "An app of this kind keeps no secret.")
    store.update_secret(work, app_id=app.id, secret_hash=digest)
    work.record("oauth.secret_rotated", subject="oauth_app", subject_id=app.id)
    return IssuedApp(app, plain)


def delete(work: Work, *, client_id: str) -> None:
    """Forget an app: whatever was granted to it ends at once."""
    app = _locked(work, client_id)
    store.delete_app(work, app_id=app.id)
    work.record(
        "oauth.app_deleted",
        subject="oauth_app",
        subject_id=app.id,
        details={"client_id": client_id, **_told(app.details)},
    )


def purge(database: Database) -> None:
    """Forget tokens that have run out, and permissions that nothing is left of."""
    now = database.clock.now()
    with database.connection() as connection:
        store.purge(connection, now=now, codes_before=now - _CODES_KEPT)


def _locked(work: Work, client_id: str) -> App:
    app = store.app(work, client_id=client_id, for_update=True)
    if app is None:
        raise NotFound("app", "There is no such app.")
    return app


def _new_secret(secret: Secret, details: AppDetails) -> tuple[str | None, bytes | None]:
    if details.kind != "confidential":
        return None, None
    plain = f"khx_{random_token()}"
    return plain, secret.digest(plain, purpose=client.SECRET_PURPOSE)


def _told(details: AppDetails) -> dict[str, Json]:
    return {
        "name": details.name,
        "kind": details.kind,
        "redirect_uris": " ".join(details.redirect_uris),
        "scopes": rules.spoken(details.scopes),
    }
