"""Issuing and checking signed tokens, and changing the keys that sign them (RFC 7515, 7519)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from kontorhaus.identity import actions as identity
from kontorhaus.identity import rules as roles
from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.identity.sessions.model import Visitor
from kontorhaus.identity.signing import rules, store
from kontorhaus.identity.signing.model import (
    ACCESS,
    REFRESH,
    Proven,
    SigningKey,
    Subject,
    Token,
    Tokens,
)
from kontorhaus.kernel.errors import Conflict, Denied
from kontorhaus.kernel.ids import ApiKeyId, UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret, random_token

_SURFACE = "management"
_PURPOSE = "signing_key"
_KID_LENGTH = 24


def by_pair(
    database: Database, *, secret: Secret, issuer: str, public_id: str, token: str
) -> Tokens:
    """Tokens for a key pair; Denied("wrong_login") unless both halves belong together.

    `issuer` is the address of the server, which alone its tokens are good for.
    """
    found = identity.authenticate_pair(database, secret=secret, public_id=public_id, token=token)
    if found is None:
        raise Denied("wrong_login", "Key or secret is wrong, or the key is disabled.")
    return _issue(database, secret, issuer, found)


def by_password(
    database: Database,
    *,
    secret: Secret,
    issuer: str,
    email: str,
    password: str,
    code: str,
    visitor: Visitor,
) -> Tokens:
    """Tokens for a person, in its first LIVE tenant; they end with the session opened here.

    Denied: wrong_login, second_factor_required, wrong_code, too_many_attempts, as every login does.
    """
    session = entry.login(
        database, secret=secret, surface=_SURFACE, email=email, password=password, code=code,
        visitor=visitor,
    )  # fmt: skip
    found = sessions.principal(database, secret=secret, surface=_SURFACE, token=session.token)
    assert found is not None, "a session that was opened now runs"
    return _issue(database, secret, issuer, found)


def by_refresh(database: Database, *, secret: Secret, issuer: str, token: str) -> Tokens:
    """A new access token beside the same refresh token; Denied("wrong_login") for no such token."""
    proven = _proven(database, issuer, token, REFRESH)
    found = _principal(database, proven.subject) if proven else None
    if proven is None or found is None:
        raise Denied("wrong_login", "This refresh token is not valid: send the key and its secret.")
    return replace(_issue(database, secret, issuer, found), refresh=proven.token)


def principal(database: Database, *, issuer: str, token: str) -> Principal | None:
    """Who an access token stands for; None for every other text, and once access has ended."""
    proven = _proven(database, issuer, token, ACCESS)
    return _principal(database, proven.subject) if proven else None


def public_keys(database: Database) -> list[Mapping[str, str]]:
    """The public halves by which anybody may check our tokens (RFC 7517), the newest first."""
    with database.connection() as connection:
        return [key.public for key in store.keys(connection)]


def rotate(database: Database, *, secret: Secret, only_if_due: bool = False) -> bool:
    """Sign with a new key from now on; earlier ones verify until their tokens have run out.

    With `only_if_due` a key younger than thirty days stays. Returns whether there is a new one.
    """
    now = database.clock.now()
    with database.connection() as connection:
        newest = store.newest_key(connection)
        is_due = newest is None or rules.is_due(now - newest.created_at)
        if is_due or not only_if_due:
            store.insert_key(connection, key=_made(secret, now))
        store.delete_followed(connection, before=now - rules.REFRESH_LENGTH)
    return is_due or not only_if_due


def _issue(database: Database, secret: Secret, issuer: str, found: Principal) -> Tokens:
    actor = found.actor
    assert actor.id is not None, "a credential has an id"
    kind = "session" if actor.kind == "user" else "api_key"
    subject = Subject(kind, actor.id, found.environment, found.organization_id)
    now = database.clock.now()
    kid, private = _signing(database, secret, now)

    def signed(typ: str, length: timedelta) -> Token:
        issued = int(now.timestamp())
        ends = issued + length // timedelta(seconds=1)
        claims: dict[str, object] = {
            "iss": issuer,
            "aud": _audience(issuer),
            "sub": f"{kind}:{actor.id}",
            "iat": issued,
            "nbf": issued,
            "exp": ends,
            "jti": str(uuid7()),
            "typ": typ,
            "env": subject.environment,
            "organization_id": str(subject.organization_id),
        }
        header = {"alg": rules.ALGORITHM, "kid": kid, "typ": "JWT"}
        text = jwt.encode(header, claims, private, algorithms=[rules.ALGORITHM])
        return Token(text, issued, ends)

    return Tokens(
        signed(ACCESS, rules.ACCESS_LENGTH),
        signed(REFRESH, rules.REFRESH_LENGTH),
        subject,
        int(now.timestamp()),
    )


def _signing(database: Database, secret: Secret, now: datetime) -> tuple[str, ECKey]:
    """The newest key and its name; the first is made when it is needed.

    So is another where the newest was sealed with a secret that is gone.
    """
    with database.connection() as connection:
        newest = store.newest_key(connection)
        if newest is not None:
            with suppress(Conflict):
                return newest.kid, _opened(secret, newest)
        made = _made(secret, now)
        store.insert_key(connection, key=made)
    return made.kid, _opened(secret, made)


def _opened(secret: Secret, key: SigningKey) -> ECKey:
    return ECKey.import_key(secret.unseal(key.sealed, purpose=_PURPOSE))


def _made(secret: Secret, now: datetime) -> SigningKey:
    kid = random_token()[:_KID_LENGTH]
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": rules.ALGORITHM})
    public = {name: str(value) for name, value in key.as_dict(private=False).items()}
    return SigningKey(kid, public, secret.seal(key.as_pem(private=True), purpose=_PURPOSE), now)


def _proven(database: Database, issuer: str, token: str, kind: str) -> Proven | None:
    kid = rules.kid_of(token)
    if kid is None:
        return None
    with database.connection() as connection:
        key = store.key(connection, kid=kid)
    if key is None:
        return None
    try:
        public = ECKey.import_key(dict(key.public))
        claims = jwt.decode(token, public, algorithms=[rules.ALGORITHM]).claims
    except (JoseError, ValueError):
        return None
    return rules.proven(
        token,
        claims,
        kind=kind,
        issuer=issuer,
        audience=_audience(issuer),
        now=int(database.clock.now().timestamp()),
    )


def _principal(database: Database, subject: Subject) -> Principal | None:
    """What the credential behind a token may now, where it was when the token was issued."""
    if subject.kind == "api_key":
        found = identity.principal_of_key(database, surface=_SURFACE, key_id=ApiKeyId(subject.id))
    else:
        found = _of_session(database, subject)
    if found is None:
        return None
    is_same = (found.environment, found.organization_id) == (
        subject.environment,
        subject.organization_id,
    )
    return found if is_same else None


def _of_session(database: Database, subject: Subject) -> Principal | None:
    """A person, with all that it may in any organization: each asks for its own role again."""
    with database.connection() as connection:
        found = store.session_principal(connection, session_id=subject.id, now=database.clock.now())
        if found is None or found.actor.user_id is None:
            return None
        all_roles = store.scoped_roles(connection, user_id=UserId(found.actor.user_id))
    scopes = frozenset[str]().union(*map(roles.scopes_of, all_roles))
    return replace(found, scopes=scopes)


def _audience(issuer: str) -> str:
    return f"{issuer}/management"
