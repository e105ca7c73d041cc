"""The files of a document that a mail takes along: made and stored before any transaction."""

from __future__ import annotations

from dataclasses import dataclass

from kontorhaus.invoicing import artefacts, queries
from kontorhaus.invoicing.model import Document
from kontorhaus.runtime.mail import Attachment
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin


@dataclass(frozen=True, slots=True)
class Enclosures:
    """The files of a document as it was when they were made."""

    document: Document
    attachments: tuple[Attachment, ...]


def collect(resources: Resources, caller: Caller, *, public_id: str) -> Enclosures:
    """The PDF, or of an XRechnung its XML and a readable PDF; NotFound("document")."""
    with begin(resources.database, caller, read_only=True) as work:
        document = queries.document(work, public_id=public_id)
    files = [
        artefacts.fetch(resources, caller, public_id=public_id, kind=kind)
        for kind in artefacts.kinds(document)
    ]
    attachments = tuple(
        Attachment(file.name, file.media_type, resources.blobs.put(file.content), len(file.content))
        for file in files
    )
    return Enclosures(document, attachments)
