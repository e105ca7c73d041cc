"""The payments that users declared."""

from __future__ import annotations

from datetime import date

from kontorhaus.kernel.ids import IntentId, InvoiceId
from kontorhaus.runtime.work import Work


def insert_declared(
    work: Work, *, invoice_id: InvoiceId, intent_id: IntentId, paid_on: date
) -> None:
    """Note that a user declared an invoice paid."""
    work.connection.execute(
        "insert into declared_payment (tenant_id, invoice_id, intent_id, paid_on)"
        " values (%(tenant)s, %(invoice)s, %(intent)s, %(day)s)",
        {"tenant": work.tenant_id, "invoice": invoice_id, "intent": intent_id, "day": paid_on},
    )


def declared_days(work: Work, *, invoice_id: InvoiceId) -> list[date]:
    """The booking dates of the declared payments of an invoice, in the order of time."""
    rows = work.connection.execute(
        "select paid_on from declared_payment where tenant_id = %(tenant)s"
        " and invoice_id = %(invoice)s order by paid_on",
        {"tenant": work.tenant_id, "invoice": invoice_id},
    )
    return [row[0] for row in rows]


def take_declared(work: Work, *, invoice_id: InvoiceId) -> list[IntentId]:
    """The declared payments of an invoice, which are taken off the table."""
    rows = work.connection.execute(
        "delete from declared_payment where tenant_id = %(tenant)s and invoice_id = %(invoice)s"
        " returning intent_id",
        {"tenant": work.tenant_id, "invoice": invoice_id},
    ).fetchall()
    return [IntentId(row[0]) for row in rows]
