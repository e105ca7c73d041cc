"""A digest of the texts of many events: which of them can hold a text, and which cannot."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

BLOCK_EVENTS = 1_024
DIGEST_BITS = 15_360
_LONG, _SHORT = 4, 3


def bits(text: str) -> set[int]:
    """The bits that a digest has which holds a text: of its runs of four signs.

    A text of three signs has one bit, a shorter one none.
    """
    return {_bit(run) for run in _runs(text, _LONG if len(text) >= _LONG else _SHORT)}


def digest(texts: Iterable[str]) -> bytes:
    """A digest of texts: it has the bits of every part of them, the lowest of a byte first."""
    runs: set[str] = set()
    for text in texts:
        runs |= _runs(text, _LONG) | _runs(text, _SHORT)
    found = bytearray(DIGEST_BITS // 8)
    for bit in map(_bit, runs):
        found[bit // 8] |= 1 << bit % 8
    return bytes(found)


def _runs(text: str, length: int) -> set[str]:
    return {text[start : start + length] for start in range(len(text) - length + 1)}


def _bit(run: str) -> int:
    return zlib.crc32(run.encode()) % DIGEST_BITS


def numbers(block: int) -> tuple[int, int]:
    """The first and the last journal number of a block, which counts from 0."""
    return block * BLOCK_EVENTS + 1, (block + 1) * BLOCK_EVENTS


def block_of(number: int) -> int:
    """The block in which a journal number lies."""
    return (number - 1) // BLOCK_EVENTS
