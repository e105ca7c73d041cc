"""The table of cancellations: written once, never changed."""

from __future__ import annotations

from kontorhaus.invoicing import store as documents
from kontorhaus.invoicing.model import Cancellation, Snapshot
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.runtime.work import Work


def insert(
    work: Work, *, document_id: DocumentId, cancellation: Cancellation, snapshot: Snapshot
) -> None:
    """Note that a document was cancelled, and what by."""
    work.connection.execute(
        "insert into cancellation (tenant_id, document_id, number, cancelled_at, cancelled_date,"
        " reason, paid_date, snapshot, invoice_id) values (%(tenant)s, %(document)s, %(number)s,"
        " %(at)s, %(day)s, %(reason)s, %(paid)s, %(snapshot)s, %(invoice)s)",
        {
            "tenant": work.tenant_id,
            "document": document_id,
            "number": cancellation.number,
            "at": cancellation.cancelled_at,
            "day": cancellation.cancelled_date,
            "reason": cancellation.reason,
            "paid": cancellation.paid_on,
            "snapshot": documents.frozen(snapshot),
            "invoice": cancellation.invoice_id,
        },
    )


def snapshot(work: Work, *, document_id: DocumentId) -> Snapshot | None:
    """What the cancellation of a document is made from."""
    row = work.connection.execute(
        "select snapshot from cancellation where tenant_id = %(tenant)s"
        " and document_id = %(document)s",
        {"tenant": work.tenant_id, "document": document_id},
    ).fetchone()
    return documents.thawed(work, kept=row[0]) if row else None
