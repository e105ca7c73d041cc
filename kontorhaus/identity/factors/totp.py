"""One-time codes by time (RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp

RECOVERY_CODES = 10
_STEP_SECONDS = 30
_ISSUER = "Kontorhaus"
# Without what is mistaken for another character when it is copied from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 3, 4


def new_key() -> str:
    """160 random bits in Base32, as apps take them."""
    return pyotp.random_base32()


def uri(key: str, address: str) -> str:
    """What a QR code tells an app."""
    return pyotp.TOTP(key).provisioning_uri(name=address, issuer_name=_ISSUER)


def matching_step(key: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, one step of a slow or fast clock allowed."""
    present = int(now.timestamp()) // _STEP_SECONDS
    codes = pyotp.TOTP(key)
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def recovery_codes() -> list[str]:
    """Ten codes of twelve characters, 59 random bits each."""
    return [
        "-".join(
            "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    ]


def typed(code: str) -> str:
    """A code as it is compared: without spaces and dashes, in lower case."""
    return "".join(code.split()).replace("-", "").lower()
