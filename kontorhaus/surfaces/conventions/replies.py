"""Sending a finished answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import IO

from starlette.types import Receive, Send

from kontorhaus.surfaces.conventions.answers import Reply

_BLOCK = 256 * 1024


async def deliver(
    reply: Reply,
    send: Send,
    more: tuple[tuple[bytes, bytes], ...] = (),
    *,
    receive: Receive | None = None,
) -> None:
    """Send a finished answer; `receive` tells when nobody waits for further blocks of it."""
    headers = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()
    ]
    headers += more
    if reply.media_type is not None:
        headers.append((b"content-type", reply.media_type.encode()))
    if reply.status != 204 and reply.blocks is None:
        length = len(reply.body) if reply.file is None else reply.file.seek(0, os.SEEK_END)
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.file is not None:
        await _copy(reply.file, send)
    if reply.blocks is not None:
        await _pour(reply.blocks, send, receive)
    await send({"type": "http.response.body", "body": reply.body})


async def _copy(file: IO[bytes], send: Send) -> None:
    with file:
        file.seek(0)
        while block := await asyncio.to_thread(file.read, _BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})


async def _pour(blocks: Iterator[bytes], send: Send, receive: Receive | None) -> None:
    """Send blocks as they are made, until nobody takes them any more."""
    gone = asyncio.create_task(_gone(receive)) if receive else None
    while not (gone and gone.done()) and (block := await asyncio.to_thread(next, blocks, b"")):
        await send({"type": "http.response.body", "body": block, "more_body": True})
    if gone:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
