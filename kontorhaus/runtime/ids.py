"""New ids: UUID version 7 (RFC 9562), in time order within a process, and short random ones."""

from __future__ import annotations

import os
import secrets
import string
import struct
import threading
import time
from uuid import UUID

_VARIANT = 0b10 << 62
_SIGNS = string.ascii_letters + string.digits
_SHORT_LENGTH = 10
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A UUIDv7: 48 bits of milliseconds, 12 bits that count up inside one, 62 random bits."""
    return uuid7s(1)[0]


def uuid7s(count: int) -> list[UUID]:
    """Several of them, in the order of time."""
    global _last
    with _lock:
        first = max((time.time_ns() << 12) // 1_000_000, _last + 1)
        _last = first + count - 1
    noise = struct.unpack(f">{count}Q", os.urandom(8 * count))
    return [
        UUID(int=(stamp & ~0xFFF) << 68 | (0x7000 | stamp & 0xFFF) << 64 | _VARIANT | each >> 2)
        for stamp, each in enumerate(noise, first)
    ]


def short_id() -> str:
    """Ten random letters and digits (59 bits), for surfaces whose ids are short."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_SHORT_LENGTH))
