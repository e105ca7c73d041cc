"""What is asked about mails of documents."""

from __future__ import annotations

from kontorhaus.invoicing import drafting
from kontorhaus.invoicing.mailing import store
from kontorhaus.invoicing.mailing.model import DocumentMail
from kontorhaus.runtime.work import Work


def mails(work: Work, *, public_id: str) -> list[DocumentMail]:
    """The mails that took a document along, newest first; NotFound("document")."""
    document = drafting.found(work, public_id=public_id)
    return store.of_document(work, document_id=document.id)
