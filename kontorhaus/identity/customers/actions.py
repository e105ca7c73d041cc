"""Letting a seller's customers in, by token or by mailed link, and sending them away again."""

from __future__ import annotations

from datetime import date

from kontorhaus.identity import actions as identity
from kontorhaus.identity import rules as identities
from kontorhaus.identity import store as keys
from kontorhaus.identity.customers import rules, store
from kontorhaus.identity.customers.model import CustomerSession, Entrance, MailedAccess
from kontorhaus.identity.model import IssuedKey
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import throttle
from kontorhaus.identity.sessions.throttle import Limit
from kontorhaus.kernel.errors import Denied, NotFound
from kontorhaus.kernel.ids import AccessId, ApiKeyId, PartyId, UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret, random_token
from kontorhaus.runtime.work import Work

_LINK_PURPOSE = "customer_link"
_SESSION_PURPOSE = "customer_session"
# Links asked for with one address, and doors tried and links asked for by one client.
_LINKS = Limit("customer_links", ((5, identities.LONGEST_WINDOW),))
_TRIES = Limit("customer_tries", ((50, identities.LONGEST_WINDOW),))


def issue_token(
    work: Work, *, secret: Secret, party_id: PartyId, name: str, last_day: date | None
) -> IssuedKey:
    """A token for a customer's own programs, shown this once; without `last_day` it has no end.

    Invalid: name, last_day. Conflict("key_name_taken") if the customer has one of that name.
    """
    expires_at = rules.end_of(last_day, work.today, work.caller.time_zone) if last_day else None
    issued = identity.create_api_key(
        work,
        secret=secret,
        surface="portal",
        name=rules.token_name(name),
        scopes=(rules.SCOPE,),
        created_by=_issuer(work),
        party_id=party_id,
    )
    work.record(
        "identity.customer_token_issued",
        subject="party",
        subject_id=party_id,
        details={
            "token_id": str(issued.key.id),
            "name": issued.key.name,
            "expires_at": expires_at.isoformat() if expires_at else None,
        },
    )
    return identity.ending(work, issued=issued, expires_at=expires_at)


def revoke_token(work: Work, *, party_id: PartyId, key_id: ApiKeyId) -> None:
    """End a token of a customer, and the sessions it opened, at once; NotFound("token")."""
    name = store.delete_token(work, party_id=party_id, key_id=key_id)
    if name is None:
        raise NotFound("token", "This customer has no such token.")
    _record_token_revoked(work, party_id, key_id, name)


def issue_link(
    work: Work, *, secret: Secret, party_id: PartyId, address: str
) -> tuple[str, MailedAccess]:
    """The token of a new link for an address that may enter from now on, and its access.

    It is for the mail to that address alone. Links sent before go on as long as they hold.
    Invalid("email").
    """
    token = random_token()
    days = keys.settings(work).portal_link_days
    expires_at = work.now + rules.link_length(days)
    access = store.admit(
        work, party_id=party_id, address=identities.email(address), expires_at=expires_at
    )
    digest = secret.digest(token, purpose=_LINK_PURPOSE)
    store.insert_link(work, token_hash=digest, access_id=access.id, expires_at=expires_at)
    work.record(
        "identity.customer_link_mailed",
        subject="party",
        subject_id=party_id,
        details={
            "access_id": str(access.id),
            "address": access.address,
            "expires_at": expires_at.isoformat(),
        },
    )
    return token, access


def revoke_access(work: Work, *, party_id: PartyId, access_id: AccessId) -> None:
    """Take an address its links and sessions at once; NotFound("access")."""
    address = store.delete_access(work, party_id=party_id, access_id=access_id)
    if address is None:
        raise NotFound("access", "This customer has no such access.")
    _record_access_revoked(work, party_id, access_id, address)


def revoke_all(work: Work, *, party_id: PartyId) -> None:
    """End every token and every address of a customer, with links and sessions, at once."""
    for token_id, name in store.delete_tokens(work, party_id=party_id):
        _record_token_revoked(work, party_id, token_id, name)
    for access_id, address in store.delete_accesses(work, party_id=party_id):
        _record_access_revoked(work, party_id, access_id, address)


def behind_link(database: Database, *, secret: Secret, token: str) -> Entrance:
    """Where a link leads; NotFound("link") if it is unknown, revoked or has run out."""
    digest = secret.digest(token, purpose=_LINK_PURPOSE)
    with database.connection() as connection:
        found = store.behind_link(connection, token_hash=digest, now=database.clock.now())
    if found is None:
        raise NotFound("link", "This link has run out: ask for a new one.")
    return found


def behind_token(database: Database, *, secret: Secret, token: str, client: str) -> Entrance:
    """Where a customer's token leads; Denied: wrong_token, too_many_attempts."""
    _count(database, secret, _TRIES, client)
    found = identity.authenticate(database, secret=secret, surface="portal", token=token.strip())
    if found is None or found.party_id is None or not found.may(rules.SCOPE):
        raise Denied("wrong_token", "This token opens nothing: check it or ask the seller.")
    assert found.actor.id is not None, "a key has an id"
    return Entrance(
        found.tenant_id, found.time_zone, found.party_id, None, ApiKeyId(found.actor.id)
    )


def of_address(database: Database, *, secret: Secret, address: str, client: str) -> list[Entrance]:
    """Where an address that asks for a link may enter; Denied("too_many_attempts")."""
    wanted = identities.address(address)
    _count(database, secret, _TRIES, client)
    _count(database, secret, _LINKS, wanted)
    with database.connection() as connection:
        return store.of_address(connection, address=wanted)


def open_session(work: Work, *, secret: Secret, entrance: Entrance, label: str) -> CustomerSession:
    """A session of the customer; `label` is its name, for the audit."""
    token, expires_at = f"khc_{random_token()}", work.now + rules.SESSION_LENGTH
    store.insert_session(
        work,
        token_hash=secret.digest(token, purpose=_SESSION_PURPOSE),
        entrance=entrance,
        label=label,
        expires_at=expires_at,
    )
    work.record(
        "identity.customer_signed_in",
        subject="party",
        subject_id=entrance.party_id,
        details={"by": "link" if entrance.access_id else "token"},
    )
    return CustomerSession(token, expires_at)


def principal(database: Database, *, secret: Secret, token: str) -> Principal | None:
    """Which customer a running session stands for; None for every other text."""
    digest = secret.digest(token, purpose=_SESSION_PURPOSE)
    with database.connection() as connection:
        return store.session_principal(
            connection, token_hash=digest, scope=rules.SCOPE, now=database.clock.now()
        )


def close_session(work: Work, *, secret: Secret, token: str, party_id: PartyId) -> None:
    """End the session of a token here and now."""
    store.delete_session(work, token_hash=secret.digest(token, purpose=_SESSION_PURPOSE))
    work.record("identity.customer_signed_out", subject="party", subject_id=party_id)


def purge(database: Database) -> None:
    """Delete links and sessions that have run out."""
    with database.connection() as connection:
        store.purge(connection, now=database.clock.now())


def _record_token_revoked(work: Work, party_id: PartyId, key_id: ApiKeyId, name: str) -> None:
    work.record(
        "identity.customer_token_revoked",
        subject="party",
        subject_id=party_id,
        details={"token_id": str(key_id), "name": name},
    )


def _record_access_revoked(
    work: Work, party_id: PartyId, access_id: AccessId, address: str
) -> None:
    work.record(
        "identity.customer_access_revoked",
        subject="party",
        subject_id=party_id,
        details={"access_id": str(access_id), "address": address},
    )


def _count(database: Database, secret: Secret, limit: Limit, who: str) -> None:
    """One more attempt of somebody; of a client that nothing names none is counted."""
    if not who:
        return
    with database.connection() as connection:
        throttle.count(connection, secret=secret, limit=limit, who=who, now=database.clock.now())


def _issuer(work: Work) -> UserId:
    """Who answers for a token: the person behind the caller, without whom it ends."""
    if work.actor.user_id is None:
        raise Denied("forbidden", "Only a person gives access, or a key that one has made.")
    return UserId(work.actor.user_id)
