"""What others ask files for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from kontorhaus.files import store
from kontorhaus.files.model import StoredFile
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.ids import FileId
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.work import Work


def file(work: Work, *, file_id: FileId) -> StoredFile:
    """A file of the tenant; NotFound("not_found")."""
    found = store.find(work, file_id=file_id)
    if found is None:
        raise NotFound("not_found", "There is no such document.")
    return found


def exists(work: Work, *, file_id: FileId) -> bool:
    """Whether the tenant has the file."""
    return store.find(work, file_id=file_id) is not None


def those(work: Work, *, file_ids: Sequence[FileId]) -> list[StoredFile]:
    """The files of these ids that the tenant has, oldest first."""
    return store.those(work, file_ids=file_ids) if file_ids else []


def verify(work: Work, *, blobs: Blobs) -> Iterator[Finding]:
    """Files whose bytes are gone or are not those that were uploaded."""
    for stored in store.all_files(work):
        try:
            content = blobs.get(stored.sha256)
        except NotFound:
            yield _finding(stored, "is missing")
            continue
        if len(content) != stored.size or hashlib.sha256(content).hexdigest() != stored.sha256:
            yield _finding(stored, "was changed")


def _finding(stored: StoredFile, what: str) -> Finding:
    return Finding("file", f"The document {stored.original_name} {what}.", subject=stored.id)
