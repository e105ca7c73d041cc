"""The server's secret: 32 random bytes in home/secret, readable by the program's user only.

After a rotation the file holds older keys behind the newest: the newest seals, all open, and the
first one ever made goes on making digests (docs/adr/0030).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kontorhaus.kernel.errors import Conflict

_BYTES = 32
_NONCE_BYTES = 12


class Secret:
    """Turns what is shown once into what may be stored, so that a stolen dump opens nothing.

    `content` is one key or several of 32 bytes, the newest first.
    """

    __slots__ = ("_keys",)

    def __init__(self, content: bytes) -> None:
        assert is_whole(content)
        self._keys = [content[at : at + _BYTES] for at in range(0, len(content), _BYTES)]

    def __repr__(self) -> str:
        return "Secret(…)"

    def digest(self, text: str, *, purpose: str) -> bytes:
        """HMAC-SHA256 of `text`; digests of different purposes never meet."""
        return _digest(self._keys[-1], text, purpose)

    def seal(self, plain: bytes, *, purpose: str) -> bytes:
        """What may be stored of a secret that must be read again: AES-256-GCM, nonce first."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + _cipher(self._keys[0], purpose).encrypt(nonce, plain, None)

    def unseal(self, sealed: bytes, *, purpose: str) -> bytes:
        """The secret again; Conflict("unsealable") if it was sealed by another server's secret."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for key in self._keys:
            try:
                return _cipher(key, purpose).decrypt(nonce, rest, None)
            except InvalidTag:
                continue
        raise Conflict("unsealable", "This was sealed with another secret: restore home/secret.")


def is_whole(content: bytes) -> bool:
    """Whether this can be the content of a secret's file."""
    return len(content) > 0 and len(content) % _BYTES == 0


def _digest(key: bytes, text: str, purpose: str) -> bytes:
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def _cipher(key: bytes, purpose: str) -> AESGCM:
    return AESGCM(_digest(key, "seal", purpose))


def random_token() -> str:
    """256 random bits in hexadecimal digits."""
    return secrets.token_hex(_BYTES)


@lru_cache(maxsize=8)
def of(home: Path) -> Secret:
    """The secret of a home folder; made there by whoever starts first.

    Conflict("secret_damaged") if the file does not hold what was written into it.
    """
    path = home / "secret"
    if not path.exists():
        put(home, secrets.token_bytes(_BYTES))
    content = path.read_bytes()
    if not is_whole(content):
        raise Conflict(
            "secret_damaged",
            f"{path} must hold {_BYTES} bytes, or more keys of as many, and has {len(content)}:"
            " restore it from a backup.",
        )
    return Secret(content)


def rotate(home: Path) -> int:
    """Give a home a new key before those it has; how many there are now.

    Processes that run keep the keys they have read until they are started again.
    """
    of(home)
    path = home / "secret"
    content = secrets.token_bytes(_BYTES) + path.read_bytes()
    with _draft(home, content) as draft:
        draft.replace(path)
    of.cache_clear()
    return len(content) // _BYTES


def put(home: Path, key: bytes) -> None:
    """Give a home its secret, on the disk when this returns; one that is there already stays.

    The whole file is written under another name first: nobody ever reads half a secret.
    """
    home.mkdir(parents=True, exist_ok=True)
    # Another process may have been first: its secret counts.
    with _draft(home, key) as draft, suppress(FileExistsError):
        os.link(draft, home / "secret")


@contextmanager
def _draft(home: Path, content: bytes) -> Iterator[Path]:
    """A file with the content, on the disk; what the block made of it is so after it."""
    draft = home / f"secret.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
