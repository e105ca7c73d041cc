"""Sending a finished answer."""

from __future__ import annotations

import asyncio
import os
from typing import IO

from starlette.types import Send

from kontorhaus.surfaces.conventions.answers import Reply

_BLOCK = 256 * 1024


async def deliver(reply: Reply, send: Send, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Send a finished answer."""
    headers = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()
    ]
    headers += more
    if reply.media_type is not None:
        headers.append((b"content-type", reply.media_type.encode()))
    if reply.status != 204:
        length = len(reply.body) if reply.file is None else reply.file.seek(0, os.SEEK_END)
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.file is not None:
        await _copy(reply.file, send)
    await send({"type": "http.response.body", "body": reply.body})


async def _copy(file: IO[bytes], send: Send) -> None:
    with file:
        file.seek(0)
        while block := await asyncio.to_thread(file.read, _BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})
