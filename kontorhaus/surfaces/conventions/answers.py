"""What an operation returns, and the finished answer that goes out."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import IO
from urllib.parse import quote

from kontorhaus.surfaces.conventions import wire_json

JSON = "application/json"
_SAFE_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ")


@dataclass(frozen=True, slots=True)
class Answer:
    """A value with a status or headers of its own.

    `stored` is what a repeated request with the same Idempotency-Key is shown instead of the
    value, where the value holds a secret.
    """

    value: object
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stored: object | None = None

    @classmethod
    def listing(cls, rows: Sequence[object], *, total: int) -> Answer:
        """A bare array, with the number of all rows in X-Total-Count."""
        return cls(list(rows), headers={"X-Total-Count": str(total)})


@dataclass(frozen=True, slots=True)
class Binary:
    """A file as the answer; shown in place when `inline`, else saved under its name.

    An open file is sent from its beginning and closed then. Blocks are sent as they are made,
    without a length; the first is asked for at once, so that its refusals are answered.
    """

    content: bytes | IO[bytes] | Generator[bytes, None, None] = field(repr=False)
    media_type: str
    filename: str
    inline: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def disposition(self) -> str:
        """RFC 6266: a plain name for old readers, the true one in UTF-8 (RFC 8187)."""
        name = self.filename.replace("/", "_").replace("\\", "_")
        plain = "".join(sign if sign in _SAFE_NAME else "_" for sign in name)
        kind = "inline" if self.inline else "attachment"
        return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and bytes of an answer.

    A large one is a file that stands for its body, or blocks that are made while they are sent.
    """

    status: int
    body: bytes = b""
    media_type: str | None = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    stored: bytes | None = None
    file: IO[bytes] | None = None
    blocks: Iterator[bytes] | None = None

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110) of these bytes."""
        assert self.file is None, "what is read again costs more than what is sent again"
        assert self.blocks is None, "what is made once is not read again"
        return f'"{hashlib.blake2b(self.body, digest_size=16).hexdigest()}"'


def render(result: object, status: int) -> Reply:
    """The finished answer of what an operation returned; None has no body."""
    if isinstance(result, Reply):
        return result
    if isinstance(result, Binary):
        headers = {**result.headers, "Content-Disposition": result.disposition}
        if isinstance(result.content, bytes):
            return Reply(status, result.content, result.media_type, headers)
        if isinstance(result.content, Generator):
            blocks = chain([next(result.content, b"")], result.content)
            return Reply(status, media_type=result.media_type, headers=headers, blocks=blocks)
        return Reply(status, media_type=result.media_type, headers=headers, file=result.content)
    if isinstance(result, Answer):
        stored = None if result.stored is None else wire_json.encode(result.stored)
        body = b"" if result.value is None else wire_json.encode(result.value)
        return Reply(result.status or status, body, JSON if body else None, result.headers, stored)
    if result is None:
        return Reply(status, media_type=None)
    return Reply(status, wire_json.encode(result))
