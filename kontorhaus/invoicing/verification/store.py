"""What verification reads of documents: their files, their claims, their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kontorhaus.runtime.work import Work

Row = tuple[Any, ...]


def artefacts(work: Work) -> Iterator[Row]:
    """Every stored file: document, its number, kind, SHA-256, size in bytes; streamed."""
    with work.connection.cursor(name="artefacts") as cursor:
        cursor.itersize = 500
        cursor.execute(
            "select a.document_id, d.number, a.kind, a.sha256, a.size from artefact a"
            " join document d on d.tenant_id = a.tenant_id and d.id = a.document_id"
            " where a.tenant_id = %(tenant)s order by a.document_id, a.kind",
            {"tenant": work.tenant_id},
        )
        yield from cursor


def unclaimed(work: Work) -> list[Row]:
    """Final invoices without exactly their claim: id and number.

    A claim is an outgoing invoice of that number with its intent, and the item that it opened.
    """
    return work.connection.execute(
        "select d.id, d.number from document d left join outgoing_invoice i"
        " on i.tenant_id = d.tenant_id and i.id = d.invoice_id and i.document_id = d.id"
        " and i.invoice_number = d.number left join open_item o on o.tenant_id = i.tenant_id"
        " and o.intent_id = i.intent_id and o.account = i.account and o.amount ="
        " case i.type when 'invoice' then i.total_gross else -i.total_gross end"
        " where d.tenant_id = %(tenant)s and d.type = 'invoice' and d.finalized_at is not null"
        " and o.id is null order by d.number",
        {"tenant": work.tenant_id},
    ).fetchall()


def orphaned_claims(work: Work) -> list[Row]:
    """Outgoing invoices of a document that is not final or does not know them: id and number."""
    return work.connection.execute(
        "select i.id, i.invoice_number from outgoing_invoice i left join document d"
        " on d.tenant_id = i.tenant_id and d.id = i.document_id and d.invoice_id = i.id"
        " and d.finalized_at is not null where i.tenant_id = %(tenant)s"
        " and i.document_id is not null and d.id is null order by i.invoice_number",
        {"tenant": work.tenant_id},
    ).fetchall()


def uncredited(work: Work) -> list[Row]:
    """Cancellations that the books do not know as a whole: document id and number.

    They know one where the claim's booking is reversed and a credit note of that number, with an
    item over what was claimed, hangs on the reversal. A booking that had been reversed before
    leaves nothing to credit.
    """
    return work.connection.execute(
        "select c.document_id, c.number from cancellation c join document d"
        " on d.tenant_id = c.tenant_id and d.id = c.document_id join outgoing_invoice i"
        " on i.tenant_id = d.tenant_id and i.id = d.invoice_id left join intent r"
        " on r.tenant_id = i.tenant_id and r.reverses_intent_id = i.intent_id"
        " left join outgoing_invoice n on n.tenant_id = c.tenant_id and n.id = c.invoice_id"
        " and n.invoice_number = c.number and n.cancels_id = i.id and n.intent_id = r.id"
        " left join open_item o on o.tenant_id = n.tenant_id and o.intent_id = n.intent_id"
        " and o.account = n.account and o.amount = -i.total_gross"
        " where c.tenant_id = %(tenant)s and (r.id is null or (c.invoice_id is not null"
        " and o.id is null)) order by c.number",
        {"tenant": work.tenant_id},
    ).fetchall()


def wrong_deductions(work: Work) -> list[Row]:
    """Standing final invoices that take off other amounts than their down payments: id, number.

    Each down payment is taken off by one of them at most.
    """
    return work.connection.execute(
        "with standing as (select x.final_id, x.partial_id from deduction x"
        " where x.tenant_id = %(tenant)s and not exists (select from cancellation c"
        "  where c.tenant_id = x.tenant_id and c.document_id in (x.final_id, x.partial_id))),"
        " invoiced as (select s.final_id, sum((p.totals->'gross'->>'minor')::bigint) as amount,"
        " bool_or((select count(*) from standing o where o.partial_id = s.partial_id) > 1)"
        " as is_twice from standing s join document p on p.tenant_id = %(tenant)s"
        " and p.id = s.partial_id group by s.final_id)"
        " select f.id, f.number from document f left join invoiced i on i.final_id = f.id"
        " where f.tenant_id = %(tenant)s and f.content->>'form' = 'final'"
        " and f.finalized_at is not null and not exists (select from cancellation c"
        "  where c.tenant_id = f.tenant_id and c.document_id = f.id)"
        " and (coalesce(i.is_twice, false) or coalesce(i.amount, 0) <> (select"
        " coalesce(sum((e.part->'net'->>'minor')::bigint + (e.part->'tax'->>'minor')::bigint), 0)"
        " from jsonb_array_elements(f.totals->'deductions') e (part))) order by f.number",
        {"tenant": work.tenant_id},
    ).fetchall()


def missing_values(work: Work) -> list[Row]:
    """Values that a counter has given out and nothing accounts for: series and value.

    A value belongs to the final document or the cancellation that was numbered with it, or to a
    note in the audit trail that it was skipped because somebody had given that number by hand.
    A series may have been told to begin later than with 1, before its first number.
    """
    return work.connection.execute(
        "with drawn as (select a.details->>'series' as series,"
        " (a.details->>'value')::bigint as value from audit a left join document d"
        " on d.tenant_id = a.tenant_id and d.id::text = a.subject_id"
        " and d.number = a.details->>'number' and d.finalized_at is not null"
        " left join cancellation c on c.tenant_id = a.tenant_id"
        " and c.document_id::text = a.subject_id and c.number = a.details->>'number'"
        " where a.tenant_id = %(tenant)s and (a.action = 'invoicing.number_skipped'"
        " or (a.action = 'invoicing.finalized' and d.id is not null)"
        " or (a.action = 'invoicing.cancelled' and c.document_id is not null))),"
        " begun as (select distinct on (subject_id) subject_id as series,"
        " (details->>'value')::bigint as value from audit where tenant_id = %(tenant)s"
        " and subject = 'series' order by subject_id, id desc)"
        " select substr(c.series, 10), n.value from counter c"
        " cross join generate_series(1, c.value) n (value) left join drawn"
        " on drawn.series = substr(c.series, 10) and drawn.value = n.value"
        " left join begun on begun.series = substr(c.series, 10)"
        " where c.tenant_id = %(tenant)s and c.series like 'document:%%' and drawn.value is null"
        " and n.value > coalesce(begun.value, 0) order by 1, 2",
        {"tenant": work.tenant_id},
    ).fetchall()
