"""Which partial invoices belong to a final one, what was deducted, what was credited."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from kontorhaus.invoicing.model import Totals
from kontorhaus.invoicing.preceding.model import Credited, Partial
from kontorhaus.kernel.ids import DocumentId, InvoiceId
from kontorhaus.kernel.money import Money
from kontorhaus.runtime.work import Work

_TOTALS = TypeAdapter(Totals)


# Those of the same order, and the parent itself where the final invoice follows on a partial one.
_STANDING = """
select d.id, d.number, d.document_date, d.totals,
    coalesce(s.remaining = 0 and not s.is_reversed, false)
from document p join document d on d.tenant_id = p.tenant_id
    and (d.id = p.id or d.parent_id in (p.id, p.parent_id))
left join outgoing_invoice_state s on s.tenant_id = d.tenant_id and s.id = d.invoice_id
where p.tenant_id = %(tenant)s and p.public_id = %(parent)s and d.type = 'invoice'
    and d.content->>'form' = 'partial' and d.finalized_at is not null
    and not exists (select from cancellation c
        where c.tenant_id = d.tenant_id and c.document_id = d.id)
    and not exists (select from deduction x where x.tenant_id = d.tenant_id and x.partial_id = d.id
        and not exists (select from cancellation c
            where c.tenant_id = x.tenant_id and c.document_id = x.final_id))
order by d.document_date, d.id
"""


def standing(work: Work, *, parent_id: str) -> list[Partial]:
    """The partial invoices that a final invoice with this parent takes off, oldest first."""
    rows = work.connection.execute(
        _STANDING, {"tenant": work.tenant_id, "parent": parent_id}
    ).fetchall()
    return [_partial(row) for row in rows]


def lock(work: Work, *, parent_id: str) -> None:
    """Let nobody else deduct or cancel the partial invoices of a parent, or credit the parent.

    A statement of its own, so that the next one sees what was committed before the lock came. Its
    kind does not mind those who have written a document that follows on one of these.
    """
    work.connection.execute(
        "select d.id from document d where d.tenant_id = %(tenant)s and (d.public_id = %(parent)s"
        " or d.parent_id in (select unnest(array[p.id, p.parent_id]) from document p"
        "  where p.tenant_id = %(tenant)s and p.public_id = %(parent)s)"
        " and d.content->>'form' = 'partial') order by d.id for no key update",
        {"tenant": work.tenant_id, "parent": parent_id},
    )


def insert(work: Work, *, final_id: DocumentId, partial_ids: list[DocumentId]) -> None:
    """Note that a final invoice has deducted partial ones."""
    work.connection.execute(
        "insert into deduction (tenant_id, final_id, partial_id)"
        " select %(tenant)s, %(final)s, unnest(%(partials)s::uuid[])",
        {"tenant": work.tenant_id, "final": final_id, "partials": partial_ids},
    )


def deducted_by(work: Work, *, partial_id: DocumentId) -> str | None:
    """The number of the standing final invoice that has deducted a partial one."""
    row = work.connection.execute(
        "select d.number from deduction x join document d on d.tenant_id = x.tenant_id"
        " and d.id = x.final_id where x.tenant_id = %(tenant)s and x.partial_id = %(partial)s"
        " and not exists (select from cancellation c where c.tenant_id = x.tenant_id"
        "  and c.document_id = x.final_id)",
        {"tenant": work.tenant_id, "partial": partial_id},
    ).fetchone()
    return row[0] if row else None


def credited(work: Work, *, invoice_public_id: str) -> Credited:
    """A final invoice with what final credit notes have given back of it."""
    row = work.connection.execute(
        "select p.invoice_id, (p.totals->'gross'->>'minor')::bigint, p.currency,"
        " coalesce(sum((d.totals->'gross'->>'minor')::bigint), 0)::bigint, min(d.number),"
        " exists (select from cancellation c where c.tenant_id = p.tenant_id"
        "  and c.document_id = p.id) from document p left join document d"
        " on d.tenant_id = p.tenant_id and d.parent_id = p.id"
        " and d.content->>'form' = 'credit-note' and d.finalized_at is not null"
        " where p.tenant_id = %(tenant)s and p.public_id = %(invoice)s"
        " group by p.tenant_id, p.id, p.invoice_id, p.totals, p.currency",
        {"tenant": work.tenant_id, "invoice": invoice_public_id},
    ).fetchone()
    assert row is not None, "the invoice is there"
    invoice_id, claimed, currency, amount, number, is_cancelled = row
    return Credited(
        invoice_id=InvoiceId(invoice_id) if invoice_id else None,
        claimed=Money(claimed, currency),
        amount=Money(amount, currency),
        first_number=number,
        is_cancelled=is_cancelled,
    )


def _partial(row: tuple[Any, ...]) -> Partial:
    return Partial(DocumentId(row[0]), row[1], row[2], _TOTALS.validate_python(row[3]), row[4])
