"""The files that go along with a document: taken in, kept as vouchers, handed to its makers."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.files import actions as files
from kontorhaus.files.model import NewFile
from kontorhaus.invoicing.agreement import inspection, media
from kontorhaus.invoicing.agreement.model import Attachment
from kontorhaus.invoicing.model import Content, Snapshot
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Work
from kontorhaus.runtime.workshop import WorkshopFailure

_SECONDS = 20
_CPU_SECONDS = 5
_RETRY_SECONDS = 2
_BUSY = frozenset({"busy", "closed"})


def take_in(resources: Resources, *, name: str, content: bytes, description: str) -> Attachment:
    """Store a file before any transaction; Invalid("attachment") for one that may not go along.

    Conflict("unavailable") while there is no room to look inside.
    """
    media_type = media.media_type(name, content)
    if media_type in media.INSPECTED:
        _inspect(resources, media_type, content)
    sha256 = resources.blobs.put(content)
    return Attachment(name, media_type, sha256, len(content), description)


def _inspect(resources: Resources, media_type: str, content: bytes) -> None:
    try:
        resources.workshop.run(
            inspection.check,
            media_type,
            content,
            timeout_seconds=_SECONDS,
            cpu_seconds=_CPU_SECONDS,
        )
    except WorkshopFailure as failure:
        if failure.reason in _BUSY:
            raise Conflict(
                "unavailable",
                "The file could not be looked at now: try again in a moment.",
                retry_after_seconds=_RETRY_SECONDS,
            ) from failure
        raise Invalid(
            "attachment", "This file takes too much to read: print or save it anew."
        ) from failure


def keep(work: Work, *, content: Content) -> None:
    """Make the files of a document files of the tenant, kept and verified like any voucher."""
    for each in content.agreement.attachments:
        files.add(work, new=NewFile(each.sha256, each.size, each.media_type, each.name))


def contents(blobs: Blobs, *, snapshot: Snapshot) -> Mapping[str, bytes]:
    """The files of a document by their SHA-256."""
    return {each.sha256: blobs.get(each.sha256) for each in snapshot.content.agreement.attachments}
