"""Taking files in, and keeping them as long as what refers to them."""

from __future__ import annotations

from datetime import date

from kontorhaus.files import rules, store
from kontorhaus.files.model import NewFile, StoredFile
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import FileId
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.work import Work

VOUCHER = "voucher"


def take_in(blobs: Blobs, *, name: str, declared: str, content: bytes) -> NewFile:
    """Store the bytes of an upload, before any transaction; its inside is not looked at.

    Invalid: empty_file, file_too_large, invalid_file_type, mime_mismatch.
    """
    media_type = rules.check(content, declared=declared)
    sha256 = blobs.put(content)
    return NewFile(sha256, len(content), media_type, rules.safe_name(name, media_type))


def add(work: Work, *, new: NewFile, retention_class: str = VOUCHER) -> StoredFile:
    """Make a stored content a file of the tenant; the same content is the same file for ever."""
    file = StoredFile(
        id=FileId(work.new_id()),
        sha256=new.sha256,
        size=new.size,
        media_type=new.media_type,
        original_name=new.original_name,
        retention_class=retention_class,
        retention_until=rules.retention_until(retention_class, work.today),
        uploaded_at=work.now,
    )
    if not store.insert(work, file=file):
        known = store.of_content(work, sha256=new.sha256)
        assert known is not None, "files are never deleted"
        _keep(work, known, retention_class, work.today)
        return known
    work.record(
        "files.stored",
        subject="file",
        subject_id=file.id,
        details={"sha256": file.sha256, "size": file.size, "name": file.original_name},
    )
    return file


def attach(work: Work, *, file_id: FileId, day: date, retention_class: str = VOUCHER) -> StoredFile:
    """Let something of a day refer to a file, which is kept as long as that from then on.

    NotFound("document_not_found").
    """
    file = store.find(work, file_id=file_id)
    if file is None:
        raise NotFound("document_not_found", "There is no such document: upload it first.")
    _keep(work, file, retention_class, day)
    return file


def _keep(work: Work, file: StoredFile, retention_class: str, day: date) -> None:
    until = rules.retention_until(retention_class, day)
    if until > file.retention_until:
        store.lengthen(work, file_id=file.id, retention_class=retention_class, until=until)
