"""A digest of the texts of many events: which of them can hold a text, and which cannot."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

BLOCK_EVENTS = 1_024
DIGEST_BITS = 15_360
_GRAM = 4


def bits(text: str) -> set[int]:
    """The bits that the runs of four signs of a text set; none for a shorter text."""
    return {
        zlib.crc32(text[start : start + _GRAM].encode()) % DIGEST_BITS
        for start in range(len(text) - _GRAM + 1)
    }


def digest(texts: Iterable[str]) -> bytes:
    """A digest of texts: it has every bit of each of them, the lowest of a byte first."""
    found = 0
    for bit in set().union(*map(bits, texts)):
        found |= 1 << bit
    return found.to_bytes(DIGEST_BITS // 8, "little")


def numbers(block: int) -> tuple[int, int]:
    """The first and the last journal number of a block, which counts from 0."""
    return block * BLOCK_EVENTS + 1, (block + 1) * BLOCK_EVENTS


def block_of(number: int) -> int:
    """The block in which a journal number lies."""
    return (number - 1) // BLOCK_EVENTS
