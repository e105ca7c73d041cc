"""What is asked about mails of documents."""

from __future__ import annotations

from kontorhaus.invoicing import drafting
from kontorhaus.invoicing.mailing import store
from kontorhaus.invoicing.mailing.model import DocumentMail, Post
from kontorhaus.runtime import message
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.work import Work


def post(config: Config) -> Post:
    """What this server allows."""
    own_domain = message.domain(config.mail_from) if config.mail_from else None
    return Post(daily_limit=config.email_limit, own_domain=own_domain)


def mails(work: Work, *, public_id: str) -> list[DocumentMail]:
    """The mails that took a document along, newest first; NotFound("document")."""
    document = drafting.found(work, public_id=public_id)
    return store.of_document(work, document_id=document.id)
