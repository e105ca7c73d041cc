"""Passwords as argon2id hashes (RFC 9106), checked as slowly for nobody as for somebody."""

from __future__ import annotations

import unicodedata

import argon2

_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Somebody has to be checked when nobody is there.
_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash that is stored; it names its own parameters."""
    return _HASHER.hash(_typed(password))


def of_nobody() -> str:
    """The hash that is checked where nobody is there."""
    return _NOBODY


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash; never for None, and no sooner known."""
    try:
        _HASHER.verify(password_hash or of_nobody(), _typed(password))
    except (argon2.exceptions.VerifyMismatchError, argon2.exceptions.InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _typed(password: str) -> str:
    """The same text from every keyboard, however it composes its letters."""
    return unicodedata.normalize("NFC", password)
