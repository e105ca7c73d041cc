"""The files that go along with a document: taken in, kept as vouchers, handed to its makers."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.files import actions as files
from kontorhaus.files.model import NewFile
from kontorhaus.invoicing.agreement import media
from kontorhaus.invoicing.agreement.model import Attachment
from kontorhaus.invoicing.model import Content, Snapshot
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.work import Work


def take_in(blobs: Blobs, *, name: str, content: bytes, description: str) -> Attachment:
    """Store a file before any transaction; Invalid("attachment") for one that may not go along."""
    media_type = media.media_type(name, content)
    return Attachment(name, media_type, blobs.put(content), len(content), description)


def keep(work: Work, *, content: Content) -> None:
    """Make the files of a document files of the tenant, kept and verified like any voucher."""
    for each in content.agreement.attachments:
        files.add(work, new=NewFile(each.sha256, each.size, each.media_type, each.name))


def contents(blobs: Blobs, *, snapshot: Snapshot) -> Mapping[str, bytes]:
    """The files of a document by their SHA-256."""
    return {each.sha256: blobs.get(each.sha256) for each in snapshot.content.agreement.attachments}
