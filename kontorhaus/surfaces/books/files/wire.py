"""The JSON shapes of uploaded documents, and what guards their bytes in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from kontorhaus.files.model import StoredFile
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.answers import Binary

# A document is shown, framed by our own pages alone, and nothing in it may run or load.
_SANDBOX: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


class Document(fields.Out):
    """An uploaded document."""

    id: UUID
    mime_type: str
    original_name: str


def document(stored: StoredFile) -> Document:
    """An uploaded document as the API shows it."""
    return Document(id=stored.id, mime_type=stored.media_type, original_name=stored.original_name)


def download(stored: StoredFile, content: bytes) -> Binary:
    """The bytes to be saved under their name."""
    return Binary(content, stored.media_type, stored.original_name)


def preview(stored: StoredFile, content: bytes) -> Binary:
    """The bytes to be looked at in place."""
    return Binary(content, stored.media_type, stored.original_name, inline=True, headers=_SANDBOX)
