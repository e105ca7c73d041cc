"""Time that only runs forward, for durations and for how old a memory is."""

from __future__ import annotations

import time


def microseconds() -> int:
    """Microseconds since some fixed instant."""
    return time.monotonic_ns() // 1000
