"""Files of documents and what the e-invoice rules say of them: slow, so outside transactions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kontorhaus.invoicing import drafting, queries, store
from kontorhaus.invoicing.cancellation import queries as cancellations
from kontorhaus.invoicing.making import enclosing, rendering
from kontorhaus.invoicing.model import (
    Artefact,
    ArtefactKind,
    Document,
    DocumentChange,
    ExportType,
    NewDocument,
    Snapshot,
    Verdict,
)
from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin
from kontorhaus.runtime.workshop import WorkshopFailure

_JUDGE_SECONDS = 30
_RENDER_SECONDS = 60
_RETRY_SECONDS = 2
_OVERLOADS = frozenset({"busy", "closed", "cpu", "memory", "timeout"})
_FILE_SIGNS = re.compile(r"[^\w.\-]+")


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes


def judge_new(resources: Resources, caller: Caller, *, new: NewDocument) -> Verdict:
    """What the rules say of a document before it is created; nothing if it is a plain PDF."""
    if new.content.export_type == "pdf":
        return Verdict(judged=None)
    with begin(resources.database, caller, read_only=True) as work:
        content = drafting.started(work, new=new)
        snapshot = drafting.snapshot(
            work,
            content=content,
            document_type=new.type,
            number=new.number,
            parent=drafting.parent_of(work, new=new),
        )
    return _judge(resources, snapshot)


def judge_change(
    resources: Resources, caller: Caller, *, public_id: str, change: DocumentChange
) -> Verdict:
    """What the rules say of a draft before it is changed; nothing if there is no e-invoice."""
    with begin(resources.database, caller, read_only=True) as work:
        snapshot = queries.to_be_judged(
            work, public_id=public_id, change=change.content, client_id=change.client_id
        )
    return _judge(resources, snapshot) if snapshot else Verdict(judged=None)


def judge_cancellation(resources: Resources, caller: Caller, *, public_id: str) -> Verdict:
    """What the rules say of the cancellation of an invoice; nothing if it is a plain PDF.

    NotFound("document"), Conflict where the invoice cannot be cancelled.
    """
    with begin(resources.database, caller, read_only=True) as work:
        snapshot = cancellations.to_be_judged(work, public_id=public_id)
    return _judge(resources, snapshot) if snapshot else Verdict(judged=None)


def _judge(resources: Resources, snapshot: Snapshot) -> Verdict:
    with _overload_refused():
        found = resources.workshop.run(
            rendering.findings,
            snapshot,
            resources.config.xrechnung_rules,
            enclosing.contents(resources.blobs, snapshot=snapshot),
            timeout_seconds=_JUDGE_SECONDS,
        )
    return Verdict(judged=snapshot, findings=found)


@contextmanager
def _overload_refused() -> Iterator[None]:
    """Conflict("unavailable") where the workshop has no room or no time for it now."""
    try:
        yield
    except WorkshopFailure as failure:
        if failure.reason not in _OVERLOADS:
            raise
        raise Conflict(
            "unavailable",
            "The document could not be made now: try again in a moment.",
            retry_after_seconds=_RETRY_SECONDS,
        ) from failure


def kinds(document: Document) -> tuple[ArtefactKind, ...]:
    """The files that a document has, those of its cancellation among them."""
    own = kinds_of(document.content.export_type)
    if document.cancellation is None:
        return own
    is_xml = "xml" in own
    return (*own, "cancellation-pdf", *(("cancellation-xml",) if is_xml else ()))


def kinds_of(export_type: ExportType) -> tuple[ArtefactKind, ...]:
    """The files of its own: an XRechnung is XML and only has a readable preview."""
    return ("xml", "preview") if export_type == "xrechnung" else ("pdf",)


def fetch(resources: Resources, caller: Caller, *, public_id: str, kind: ArtefactKind) -> File:
    """A file of a document: stored for ever once it is final, made anew while it is a draft.

    NotFound("document") and, for a kind that this document has not, NotFound("artefact").
    """
    with begin(resources.database, caller, read_only=True) as work:
        document = queries.document(work, public_id=public_id)
        _check_kind(document, kind)
        stored = queries.artefact(work, document=document, kind=kind)
        snapshot = None if stored else queries.snapshot(work, document=document, kind=kind)
    if stored:
        return _file(document, kind, resources.blobs.get(stored.sha256))
    assert snapshot is not None
    with _overload_refused():
        content = resources.workshop.run(
            rendering.made,
            snapshot,
            kind,
            enclosing.contents(resources.blobs, snapshot=snapshot),
            timeout_seconds=_RENDER_SECONDS,
        )
    if snapshot.finalized:
        content = _keep(resources, caller, document, kind, content)
    return _file(document, kind, content)


def enclosed(resources: Resources, caller: Caller, *, public_id: str, place: int) -> File:
    """A file that goes along with a document, byte for byte; the first has place 1.

    NotFound: document, attachment.
    """
    with begin(resources.database, caller, read_only=True) as work:
        attachments = queries.document(work, public_id=public_id).content.agreement.attachments
    if not 1 <= place <= len(attachments):
        raise NotFound(
            "attachment",
            f"This document has no attachment {place}: its attachments count from 1 "
            f"to {len(attachments)}."
            if attachments
            else "No file goes along with this document.",
        )
    found = attachments[place - 1]
    return File(found.name, found.media_type, resources.blobs.get(found.sha256))


def _keep(
    resources: Resources, caller: Caller, document: Document, kind: ArtefactKind, content: bytes
) -> bytes:
    """Store a file; where another was quicker, its bytes are the ones that stand."""
    sha256 = resources.blobs.put(content)
    with begin(resources.database, caller) as work:
        store.insert_artefact(
            work, document_id=document.id, artefact=Artefact(kind, sha256, len(content))
        )
        kept = queries.artefact(work, document=document, kind=kind)
    assert kept is not None
    return content if kept.sha256 == sha256 else resources.blobs.get(kept.sha256)


def _check_kind(document: Document, kind: ArtefactKind) -> None:
    if kind not in kinds(document) and not (kind == "preview" and "pdf" in kinds(document)):
        if document.cancellation is None and kind.startswith("cancellation"):
            raise NotFound("artefact", "This document was not cancelled.")
        remedy = "read its XML or its preview" if kind == "pdf" else "read the PDF"
        word = kind.removeprefix("cancellation-").upper()
        raise NotFound("artefact", f"This document has no {word}: {remedy}.")


def _file(document: Document, kind: ArtefactKind, content: bytes) -> File:
    cancellation = document.cancellation if kind.startswith("cancellation") else None
    number = cancellation.number if cancellation else document.shown_number
    if kind.endswith("xml"):
        return File(f"{_stem(number)}.xml", "application/xml", content)
    return File(pdf_name(number), "application/pdf", content)


def pdf_name(number: str) -> str:
    """The name of the PDF of a document of that number."""
    return f"{_stem(number)}.pdf"


def _stem(number: str) -> str:
    return _FILE_SIGNS.sub("_", number)
