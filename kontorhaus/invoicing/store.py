"""The tables of documents and their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from kontorhaus.invoicing.model import (
    Artefact,
    ArtefactKind,
    Cancellation,
    Claim,
    Content,
    Document,
    Filter,
    Mark,
    Reference,
    Snapshot,
    Totals,
    shown_number,
)
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import DocumentId, IntentId, InvoiceId
from kontorhaus.runtime.work import Json, Work

_CONTENT = TypeAdapter(Content)
_TOTALS = TypeAdapter(Totals)
_SNAPSHOT = TypeAdapter(Snapshot)
_REFERENCE = TypeAdapter(Reference)
# A logo is frozen by its name: its content stands once, beside all the documents that show it.
_BESIDE = {"seller": {"brand": {"logo": {"content"}}}}

_COLUMNS = (
    "d.id, d.public_id, d.type, d.number, d.content, d.totals, d.revision, d.sent_date,"
    " d.sent_notes, d.paid_date, d.paid_notes, d.custom_date, d.custom_notes, d.custom_name,"
    " d.finalized_at, d.finalized_date, d.invoice_id, s.intent_id, s.account, s.remaining,"
    " s.paid_on, d.created_at, s.is_reversed, c.number, c.cancelled_at, c.cancelled_date, c.reason,"
    " c.paid_date, c.invoice_id, p.public_id, p.type, p.number, p.document_date, (select jsonb_agg("
    "jsonb_build_array(n.public_id, n.type, n.number, n.document_date) order by n.created_at, n.id)"
    " from document n where n.tenant_id = d.tenant_id and n.parent_id = d.id)"
)
_FROM = (
    "from document d left join outgoing_invoice_state s"
    " on s.tenant_id = d.tenant_id and s.id = d.invoice_id"
    " left join cancellation c on c.tenant_id = d.tenant_id and c.document_id = d.id"
    " left join document p on p.tenant_id = d.tenant_id and p.id = d.parent_id"
    " where d.tenant_id = %(tenant)s"
)
_EVERY = "from document d where d.tenant_id = %(tenant)s"
# A claim is paid when nothing is left of it, unless its booking was reversed; a cancelled one as
# it was told then; anything else when somebody marked it.
_IS_PAID = (
    "case when c.document_id is not null then c.paid_date is not null"
    " when d.invoice_id is null then d.paid_date is not null"
    " else s.remaining = 0 and not s.is_reversed end"
)
_ORDER = {
    "created_at": "d.created_at, d.id",
    "-created_at": "d.created_at desc, d.id desc",
    "document_date": "d.document_date",
    "-document_date": "d.document_date desc",
}


def insert(work: Work, *, document: Document) -> None:
    """A new draft; Conflict("number_taken") if its number is given out already."""
    _write(
        work,
        "insert into document (tenant_id, id, public_id, type, number, document_date, contact_id,"
        " content, totals, currency, revision, sent_date, sent_notes, paid_date, paid_notes,"
        " custom_date, custom_name, custom_notes, parent_id, created_at, updated_at) values ("
        "%(tenant)s, %(id)s, %(public_id)s, %(type)s, %(number)s, %(day)s, %(contact)s,"
        " %(content)s, %(totals)s, %(currency)s, %(revision)s, %(sent_date)s, %(sent_notes)s,"
        " %(paid_date)s, %(paid_notes)s, %(custom_date)s, %(custom_name)s, %(custom_notes)s,"
        " (select p.id from document p where p.tenant_id = %(tenant)s"
        "  and p.public_id = %(parent)s), %(now)s, %(now)s)",
        document,
    )


def update(work: Work, *, document: Document) -> None:
    """Content and marks of a document as they are now; a final one takes its marks only."""
    _write(
        work,
        "update document set document_date = %(day)s, contact_id = %(contact)s,"
        " content = %(content)s, totals = %(totals)s, currency = %(currency)s,"
        " revision = %(revision)s, sent_date = %(sent_date)s, sent_notes = %(sent_notes)s,"
        " paid_date = %(paid_date)s, paid_notes = %(paid_notes)s, custom_date = %(custom_date)s,"
        " custom_name = %(custom_name)s, custom_notes = %(custom_notes)s, updated_at = %(now)s"
        " where tenant_id = %(tenant)s and id = %(id)s",
        document,
    )


def freeze(work: Work, *, document: Document, snapshot: Snapshot) -> None:
    """Make a document final: its number, its snapshot and its claim stand from now on.

    Conflict("number_taken") if somebody gave this very number to another document just now.
    """
    _execute(
        work,
        "update document set number = %(number)s, totals = %(totals)s, snapshot = %(snapshot)s,"
        " finalized_at = %(at)s, finalized_date = %(day)s, invoice_id = %(invoice)s,"
        " updated_at = %(at)s where tenant_id = %(tenant)s and id = %(id)s",
        {
            "tenant": work.tenant_id,
            "id": document.id,
            "number": document.number,
            "totals": Jsonb(_TOTALS.dump_python(document.totals, mode="json")),
            "snapshot": frozen(snapshot),
            "at": document.finalized_at,
            "day": document.finalized_date,
            "invoice": document.claim.invoice_id if document.claim else None,
        },
        document,
    )


def delete(work: Work, *, document: Document) -> None:
    """Remove a draft."""
    work.connection.execute(
        "delete from document where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": document.id},
    )


def by_public_id(work: Work, *, public_id: str) -> Document | None:
    """A document as it is now."""
    row = work.connection.execute(
        f"select {_COLUMNS} {_FROM} and d.public_id = %(public_id)s",
        {"tenant": work.tenant_id, "public_id": public_id},
    ).fetchone()
    return _document(row) if row else None


def by_intent(work: Work, *, intent_id: IntentId) -> Document | None:
    """The document whose claim a booking opened."""
    row = work.connection.execute(
        f"select {_COLUMNS} {_FROM} and s.intent_id = %(intent)s",
        {"tenant": work.tenant_id, "intent": intent_id},
    ).fetchone()
    return _document(row) if row else None


def lock(work: Work, *, public_id: str) -> None:
    """Let nobody else change a document until the transaction ends.

    A statement of its own, so that the next one sees what was committed before the lock came.
    """
    work.connection.execute(
        "select 1 from document where tenant_id = %(tenant)s and public_id = %(public_id)s"
        " for update",
        {"tenant": work.tenant_id, "public_id": public_id},
    )


def as_json(document: Document) -> Json:
    """What a document says and what it amounts to, as the audit trail keeps it."""
    return {
        "type": document.type,
        "number": document.number,
        "content": _CONTENT.dump_python(document.content, mode="json"),
        "totals": _TOTALS.dump_python(document.totals, mode="json"),
        "created_at": document.created_at.isoformat(),
    }


def snapshot(work: Work, *, document_id: DocumentId) -> Snapshot | None:
    """What a final document is made from; None while it is a draft."""
    row = work.connection.execute(
        "select snapshot from document where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": document_id},
    ).fetchone()
    return thawed(work, kept=row[0]) if row and row[0] else None


def frozen(snapshot: Snapshot) -> Jsonb:
    """A snapshot as it is kept."""
    return Jsonb(_SNAPSHOT.dump_python(snapshot, mode="json", exclude=_BESIDE))


def thawed(work: Work, *, kept: Json) -> Snapshot:
    """A snapshot that was kept."""
    return _with_logo(work, _SNAPSHOT.validate_python(kept))


def _with_logo(work: Work, frozen: Snapshot) -> Snapshot:
    brand = frozen.seller.brand
    if brand.logo is None:
        return frozen
    content = stationery.logo_content(work, sha256=brand.logo.sha256)
    logo = replace(brand.logo, content=content)
    return replace(frozen, seller=replace(frozen.seller, brand=replace(brand, logo=logo)))


def matching(work: Work, *, wanted: Filter, limit: int, skip: int) -> tuple[list[Document], int]:
    """A page of documents in the wanted order, and how many match."""
    condition = (
        " and (%(type)s::text is null or d.type = %(type)s)"
        " and (%(first)s::date is null or d.document_date >= %(first)s)"
        " and (%(last)s::date is null or d.document_date <= %(last)s)"
        " and (%(sent)s::boolean is null or (d.sent_date is not null) = %(sent)s)"
        " and (%(final)s::boolean is null or (d.finalized_at is not null) = %(final)s)"
        " and (%(cancelled)s::boolean is null or exists (select from cancellation x"
        "  where x.tenant_id = d.tenant_id and x.document_id = d.id) = %(cancelled)s)"
        " and (%(contact)s::text is null or d.contact_id = %(contact)s)"
    )
    values = {
        "tenant": work.tenant_id,
        "type": wanted.type,
        "first": wanted.first_day,
        "last": wanted.last_day,
        "paid": wanted.paid,
        "sent": wanted.sent,
        "final": wanted.finalized,
        "cancelled": wanted.cancelled,
        "contact": wanted.client_id,
        "limit": limit,
        "skip": skip,
    }
    if wanted.paid is not None:
        condition += f" and ({_IS_PAID}) = %(paid)s"
    order = ", ".join([*(_ORDER[name] for name in wanted.order), "d.id desc"])
    rows = work.connection.execute(
        f"select {_COLUMNS} {_FROM}{condition} order by {order} limit %(limit)s offset %(skip)s",
        values,
    ).fetchall()
    every = _EVERY if wanted.paid is None else _FROM
    counted = work.connection.execute(f"select count(*) {every}{condition}", values).fetchone()
    return [_document(row) for row in rows], counted[0] if counted else 0


def count_since(work: Work, *, instant: datetime) -> int:
    """How many documents were made since an instant."""
    row = work.connection.execute(
        "select count(*) from document where tenant_id = %(tenant)s and created_at >= %(since)s",
        {"tenant": work.tenant_id, "since": instant},
    ).fetchone()
    return row[0] if row else 0


def hold_quota(work: Work) -> None:
    """Let nobody else make documents of this tenant until the transaction ends."""
    work.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('documents:' || %(tenant)s::text, 0))",
        {"tenant": work.tenant_id},
    )


def artefact(work: Work, *, document_id: DocumentId, kind: ArtefactKind) -> Artefact | None:
    """The stored file of a document, if it was made."""
    row = work.connection.execute(
        "select kind, sha256, size from artefact where tenant_id = %(tenant)s"
        " and document_id = %(id)s and kind = %(kind)s",
        {"tenant": work.tenant_id, "id": document_id, "kind": kind},
    ).fetchone()
    return Artefact(row[0], row[1], row[2]) if row else None


def insert_artefact(work: Work, *, document_id: DocumentId, artefact: Artefact) -> None:
    """Note a file; the first one of its kind stays for ever."""
    work.connection.execute(
        "insert into artefact (tenant_id, document_id, kind, sha256, size, created_at)"
        " values (%(tenant)s, %(id)s, %(kind)s, %(sha256)s, %(size)s, %(now)s)"
        " on conflict (tenant_id, document_id, kind) do nothing",
        {
            "tenant": work.tenant_id,
            "id": document_id,
            "kind": artefact.kind,
            "sha256": artefact.sha256,
            "size": artefact.size,
            "now": work.now,
        },
    )


def _write(work: Work, statement: str, document: Document) -> None:
    marks = {"sent": document.sent, "paid": document.paid, "custom": document.custom}
    client = document.content.client
    _execute(
        work,
        statement,
        {
            "tenant": work.tenant_id,
            "id": document.id,
            "public_id": document.public_id,
            "type": document.type,
            "number": document.number,
            "day": document.content.document_date,
            "contact": client.contact_id if client else None,
            "content": Jsonb(_CONTENT.dump_python(document.content, mode="json")),
            "totals": Jsonb(_TOTALS.dump_python(document.totals, mode="json")),
            "currency": document.totals.gross.currency,
            "revision": document.revision,
            "now": work.now,
            **{f"{name}_date": mark.day if mark else None for name, mark in marks.items()},
            **{f"{name}_notes": mark.notes if mark else None for name, mark in marks.items()},
            "custom_name": document.custom.name if document.custom else None,
            "parent": document.parent.public_id if document.parent else None,
        },
        document,
    )


def _execute(work: Work, statement: str, values: dict[str, Any], document: Document) -> None:
    """Conflict("number_taken") where the number of the document is another's already."""
    try:
        work.connection.execute(statement, values)
    except UniqueViolation as error:
        raise Conflict(
            "number_taken", f"The number {document.number!r} is given out already.", field="number"
        ) from error


def _document(row: tuple[Any, ...]) -> Document:
    claim = Claim(InvoiceId(row[16]), IntentId(row[17]), row[18]) if row[16] else None
    cancellation = _cancellation(row[23:29])
    paid_day = row[9]
    if cancellation:
        paid_day = cancellation.paid_on
    elif claim:
        is_paid = row[19] == 0 and not row[22]
        paid_day = (row[20] or row[9] or row[15]) if is_paid else None
    return Document(
        id=DocumentId(row[0]),
        public_id=row[1],
        type=row[2],
        number=row[3],
        content=_CONTENT.validate_python(row[4]),
        totals=_TOTALS.validate_python(row[5]),
        revision=row[6],
        sent=_mark(row[7], row[8]),
        paid=_mark(paid_day, row[10]),
        custom=_mark(row[11], row[12], row[13]),
        finalized_at=row[14],
        finalized_date=row[15],
        claim=claim,
        created_at=row[21],
        cancellation=cancellation,
        parent=_reference(row[29:33]) if row[29] else None,
        successors=tuple(_reference(each) for each in row[33] or ()),
    )


def _cancellation(row: Sequence[Any]) -> Cancellation | None:
    if row[0] is None:
        return None
    credit = InvoiceId(row[5]) if row[5] else None
    return Cancellation(row[0], row[1], row[2], row[3], row[4], credit)


def _reference(row: Sequence[Any]) -> Reference:
    return _REFERENCE.validate_python(
        {
            "public_id": row[0],
            "type": row[1],
            "number": shown_number(row[2], row[0]),
            "document_date": row[3],
        }
    )


def _mark(day: date | None, notes: str | None, name: str | None = None) -> Mark | None:
    return Mark(day, notes, name) if day else None
