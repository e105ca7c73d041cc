"""New ids: UUID version 7 (RFC 9562), in time order within a process, and short random ones."""

from __future__ import annotations

import secrets
import string
import threading
import time
from uuid import UUID

_RANDOM_BITS = 62
_SIGNS = string.ascii_letters + string.digits
_SHORT_LENGTH = 10
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A UUIDv7: 48 bits of milliseconds, 12 bits that count up inside one, 62 random bits."""
    global _last
    with _lock:
        stamp = max((time.time_ns() << 12) // 1_000_000, _last + 1)
        _last = stamp
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    high = milliseconds << 16 | 0x7000 | fraction
    low = 0b10 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return UUID(int=high << 64 | low)


def short_id() -> str:
    """Ten random letters and digits (59 bits), for surfaces whose ids are short."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_SHORT_LENGTH))
