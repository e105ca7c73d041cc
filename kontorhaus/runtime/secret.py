"""The server's secret: 32 random bytes in home/secret, readable by the program's user only."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kontorhaus.kernel.errors import Conflict

_BYTES = 32
_NONCE_BYTES = 12


class Secret:
    """Turns what is shown once into what may be stored, so that a stolen dump opens nothing."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        assert len(key) == _BYTES
        self._key = key

    def __repr__(self) -> str:
        return "Secret(…)"

    def digest(self, text: str, *, purpose: str) -> bytes:
        """HMAC-SHA256 of `text`; digests of different purposes never meet."""
        return hmac.new(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()

    def seal(self, plain: bytes, *, purpose: str) -> bytes:
        """What may be stored of a secret that must be read again: AES-256-GCM, nonce first."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher(purpose).encrypt(nonce, plain, None)

    def unseal(self, sealed: bytes, *, purpose: str) -> bytes:
        """The secret again; Conflict("unsealable") if it was sealed by another server's secret."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher(purpose).decrypt(nonce, rest, None)
        except InvalidTag as error:
            raise Conflict(
                "unsealable", "This was sealed with another secret: restore home/secret."
            ) from error

    def _cipher(self, purpose: str) -> AESGCM:
        return AESGCM(self.digest("seal", purpose=purpose))


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
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise Conflict(
            "secret_damaged",
            f"{path} must hold {_BYTES} bytes and has {len(key)}: restore it from a backup.",
        )
    return Secret(key)


def put(home: Path, key: bytes) -> None:
    """Give a home its secret, on the disk when this returns; one that is there already stays.

    The whole file is written under another name first: nobody ever reads half a secret.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "secret"
    draft = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first; its secret counts
    finally:
        draft.unlink()
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
