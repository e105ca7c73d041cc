"""What a signed token must be before its signature is looked at, and what it must claim."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from kontorhaus.identity.model import ENVIRONMENTS
from kontorhaus.identity.signing.model import Proven, Subject, Token

ALGORITHM = "ES256"
ACCESS_LENGTH = timedelta(minutes=15)
REFRESH_LENGTH = timedelta(hours=12)
ROTATION = timedelta(days=30)

_HEADER = frozenset({"alg", "kid", "typ"})
_KINDS = ("api_key", "session")
_SIGNATURE_BYTES = 64


def kid_of(token: str) -> str | None:
    """The name of the key that a token says it was signed with; None if it is none of ours.

    Nothing in the header decides how the token is checked: it says ES256 and names a key, or it
    is refused. Every part must be written in its one right way (RFC 7515, without padding).
    """
    parts = [_bytes(part) for part in token.split(".")]
    if len(parts) != 3 or None in parts or len(parts[2] or b"") != _SIGNATURE_BYTES:
        return None
    try:
        header = json.loads(parts[0] or b"")
    except ValueError:
        return None
    if not isinstance(header, dict) or set(header) != _HEADER or header["alg"] != ALGORITHM:
        return None
    return header["kid"] if isinstance(header["kid"], str) else None


def proven(
    token: str,
    claims: Mapping[str, object],
    *,
    kind: str,
    issuer: str,
    audience: str,
    now: int,
) -> Proven | None:
    """What a rightly signed token proves; None where one of its claims does not hold.

    `kind` is access or refresh, `now` in seconds since 1970.
    """
    if (claims.get("iss"), claims.get("aud"), claims.get("typ")) != (issuer, audience, kind):
        return None
    issued, begins, ends = (_instant(claims.get(name)) for name in ("iat", "nbf", "exp"))
    if issued is None or begins is None or ends is None:
        return None
    if not (issued <= now and begins <= now < ends):
        return None
    subject = _subject(claims)
    return Proven(subject, Token(token, issued, ends)) if subject else None


def is_due(age: timedelta) -> bool:
    """Whether a key that signs for so long is to be followed by another."""
    return age >= ROTATION


def _subject(claims: Mapping[str, object]) -> Subject | None:
    kind, _, text = str(claims.get("sub")).partition(":")
    environment = claims.get("env")
    organization, subject = _uuid(claims.get("organization_id")), _uuid(text)
    if kind not in _KINDS or environment not in ENVIRONMENTS:
        return None
    if organization is None or subject is None:
        return None
    return Subject(kind, subject, str(environment), organization)


def _instant(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _bytes(part: str) -> bytes | None:
    try:
        found = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    is_canonical = base64.urlsafe_b64encode(found).rstrip(b"=").decode() == part
    return found if is_canonical else None
