"""A long body that is not held in memory: many JSON values, written to a file as they come."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from starlette.types import Receive

from kontorhaus.kernel.errors import Invalid, Refusal

_IN_MEMORY = 1024 * 1024
_LONGEST_BLANK = 1024


@dataclass(frozen=True, slots=True)
class Stream:
    """A body in a file that is gone with the request; `sha256` is hex, `size` in bytes."""

    file: IO[bytes]
    sha256: str
    size: int

    @property
    def material(self) -> bytes:
        """What makes two bodies the same."""
        return self.sha256.encode()


async def read(receive: Receive, *, limit: int, too_large: Callable[[], Refusal]) -> Stream:
    """Take a body in; Invalid("invalid_input") for one that is empty or ends too early."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - goes with the request
    digest, size = hashlib.sha256(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid("invalid_input", "The body ended too early.")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large()
        digest.update(part)
        file.write(part)
        if not message.get("more_body"):
            break
    if not size:
        raise Invalid("invalid_input", "The request needs a body.")
    file.seek(0)
    return Stream(file, digest.hexdigest(), size)


def check_kind(stream: Stream, media_type: str) -> None:
    """Invalid("invalid_input") for what calls itself JSON and is no array."""
    beginning = stream.file.read(_LONGEST_BLANK).lstrip()
    stream.file.seek(0)
    if media_type.startswith("application/json") and not beginning.startswith(b"["):
        raise Invalid("invalid_input", "A JSON body is an array here; NDJSON has its own type.")
