"""What is asked about documents."""

from __future__ import annotations

from collections.abc import Callable

from kontorhaus.invoicing import drafting, store
from kontorhaus.invoicing.cancellation import store as cancellations
from kontorhaus.invoicing.model import (
    Artefact,
    ArtefactKind,
    Content,
    Document,
    Filter,
    Snapshot,
)
from kontorhaus.kernel.ids import IntentId
from kontorhaus.runtime.work import Work


def document(work: Work, *, public_id: str) -> Document:
    """A document; NotFound("document")."""
    return drafting.found(work, public_id=public_id)


def document_of(work: Work, *, intent_id: IntentId) -> Document | None:
    """The document that a booking was made for, if it was made for one."""
    return store.by_intent(work, intent_id=intent_id)


def documents(work: Work, *, wanted: Filter, limit: int, skip: int) -> tuple[list[Document], int]:
    """A page of documents in the wanted order, and how many match."""
    return store.matching(work, wanted=wanted, limit=limit, skip=skip)


def artefact(work: Work, *, document: Document, kind: ArtefactKind) -> Artefact | None:
    """The stored file of a final document, if it was made."""
    return store.artefact(work, document_id=document.id, kind=kind)


def snapshot(work: Work, *, document: Document, kind: ArtefactKind = "pdf") -> Snapshot:
    """What a file of a document is made from: frozen once it is final."""
    if kind.startswith("cancellation"):
        cancelled = cancellations.snapshot(work, document_id=document.id)
        assert cancelled is not None, "a cancellation has its snapshot"
        return cancelled
    frozen = store.snapshot(work, document_id=document.id)
    return frozen or drafting.snapshot(
        work,
        content=document.content,
        document_type=document.type,
        number=document.shown_number,
        parent=document.parent,
    )


def to_be_judged(
    work: Work, *, public_id: str, change: Callable[[Content], Content], client_id: str | None
) -> Snapshot | None:
    """The snapshot of a draft after a change; None if there is no draft, or no e-invoice in it."""
    found = store.by_public_id(work, public_id=public_id)
    if found is None or found.finalized_at is not None:
        return None
    content = change(found.content)
    if content.export_type == "pdf":
        return None
    content = drafting.completed(
        work, content=content, document_type=found.type, client_id=client_id
    )
    return drafting.snapshot(
        work,
        content=content,
        document_type=found.type,
        number=found.number,
        parent=found.parent,
    )
