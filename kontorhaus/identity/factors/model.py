"""What is known of a person's second factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Factor:
    """A key that is asked for since `confirmed_at`; None: it waits for its first code.

    `codes_left` is how many recovery codes are unused.
    """

    sealed_key: bytes = field(repr=False)
    confirmed_at: datetime | None
    codes_left: int
