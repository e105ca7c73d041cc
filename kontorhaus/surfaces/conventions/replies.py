"""Sending a finished answer."""

from __future__ import annotations

from starlette.types import Send

from kontorhaus.surfaces.conventions.answers import Reply


async def deliver(reply: Reply, send: Send, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Send a finished answer."""
    headers = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()
    ]
    headers += more
    if reply.media_type is not None:
        headers.append((b"content-type", reply.media_type.encode()))
    if reply.status != 204:
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
