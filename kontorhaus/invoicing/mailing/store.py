"""The table that says which mail took which document along."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.invoicing.mailing.model import DocumentMail
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.runtime.work import Work


def insert(work: Work, *, mail_id: UUID, document_id: DocumentId, is_copy: bool) -> None:
    """Note that a mail took a document along."""
    work.connection.execute(
        "insert into document_mail (tenant_id, mail_id, document_id, is_copy)"
        " values (%(tenant)s, %(mail)s, %(document)s, %(is_copy)s)",
        {
            "tenant": work.tenant_id,
            "mail": mail_id,
            "document": document_id,
            "is_copy": is_copy,
        },
    )


def of_document(work: Work, *, document_id: DocumentId) -> list[DocumentMail]:
    """The mails that took a document along, newest first; one that goes out now still waits."""
    rows = work.connection.execute(
        "select m.message_id, m.recipient, m.subject, d.is_copy,"
        " case when m.state = 'sending' then 'queued' else m.state end, m.attempts, m.answer,"
        " m.created_at, m.tried_at, m.sent_at from document_mail d"
        " join mail m on m.tenant_id = d.tenant_id and m.id = d.mail_id"
        " where d.tenant_id = %(tenant)s and d.document_id = %(document)s"
        " order by d.mail_id desc",
        {"tenant": work.tenant_id, "document": document_id},
    )
    return [DocumentMail(*row) for row in rows]
