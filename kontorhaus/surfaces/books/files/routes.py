"""Uploading, saving and looking at documents over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.files import actions as filing
from kontorhaus.files import queries as files
from kontorhaus.kernel.ids import FileId
from kontorhaus.surfaces.books.files import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Binary, Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.conventions.operation import Upload

_READ = (400, 401, 403)
_TAGS = ("documents",)
_TYPES = ("application/pdf", "image/jpeg", "image/png", "application/xml")


@books.post(
    "/v1/documents",
    scope="journal:write",
    status=200,
    refusals=_READ,
    answer=wire.Document,
    statuses={"file_too_large": 400},
    tags=_TAGS,
)
def upload_document(call: Call, upload: Upload) -> Reply:
    """Store a PDF, a JPEG or PNG picture or an XML invoice of at most 10 MB.

    The bytes say what it is. The same content is the same document again.
    """
    new = filing.take_in(
        call.resources.blobs,
        name=upload.filename,
        declared=upload.media_type,
        content=upload.content,
    )
    return call.write(lambda work: wire.document(filing.add(work, new=new)))


@books.get(
    "/v1/documents/{id}/file",
    scope="journal:read",
    refusals=(*_READ, 404),
    answer=Binary,
    media_type=_TYPES,
    tags=_TAGS,
)
def download_document(call: Call, id: UUID) -> Binary:
    """Save a document, byte for byte as it was uploaded."""
    stored = call.read(lambda work: files.file(work, file_id=FileId(id)))
    return wire.download(stored, call.resources.blobs.get(stored.sha256))


@books.get(
    "/v1/documents/{id}/preview",
    scope="journal:read",
    refusals=(*_READ, 404),
    answer=Binary,
    media_type=_TYPES,
    tags=_TAGS,
)
def preview_document(call: Call, id: UUID) -> Binary:
    """Look at a document in place; nothing in it may run."""
    stored = call.read(lambda work: files.file(work, file_id=FileId(id)))
    return wire.preview(stored, call.resources.blobs.get(stored.sha256))
