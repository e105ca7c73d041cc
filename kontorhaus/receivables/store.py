"""The table of outgoing invoices, and the payments that users declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import FileId, IntentId, OutgoingInvoiceId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.model import InvoiceLine, RecordedInvoice
from kontorhaus.receivables.model import Filter, IssuedInvoice, OutgoingInvoice
from kontorhaus.runtime.work import Work

_LINES = TypeAdapter(tuple[InvoiceLine, ...])

# A booking that was reversed leaves an invoice to be booked anew unless a credit note cancelled it.
_IS_REVERSED = (
    "(s.is_reversed and not exists (select from outgoing_invoice c"
    " where c.tenant_id = s.tenant_id and c.cancels_id = s.id))"
)
_STATUS = (
    f"invoice_status(s.intent_id is not null and not {_IS_REVERSED}, s.type = 'credit_note',"
    " s.remaining, s.total_gross, s.due_date, %(today)s)"
)
_REMAINING = f"case when {_IS_REVERSED} then s.total_gross else s.remaining end"
_COLUMNS = (
    "s.id, s.party_id, s.party_name, s.file_id, s.invoice_number, s.invoice_date, s.due_date,"
    " s.total_net, s.total_tax, s.total_gross, s.currency, s.type, s.intent_id, s.account, s.notes,"
    f" {_STATUS}, {_IS_REVERSED}, {_REMAINING}, s.open_amount, s.lines"
)
_FROM = "from outgoing_invoice_state s where s.tenant_id = %(tenant)s"
# The few open items lead to their invoices by their index; the state alone would ask every one.
_IS_OPEN = (
    " and exists (select from open_item o where o.tenant_id = s.tenant_id"
    " and o.intent_id = s.intent_id and o.account = s.account and o.remaining <> 0)"
)
_OPEN_STATUSES = ("open", "partially_paid", "overdue")


def insert_all(
    work: Work, *, invoices: Sequence[tuple[OutgoingInvoiceId, IssuedInvoice, IntentId]]
) -> None:
    """New rows; Conflict("duplicate_invoice_number") if a customer has one of that number."""
    _insert(
        work,
        [_issued(invoice_id, invoice, intent_id) for invoice_id, invoice, intent_id in invoices],
    )


def _issued(
    invoice_id: OutgoingInvoiceId, invoice: IssuedInvoice, intent_id: IntentId
) -> dict[str, Any]:
    return {
        "id": invoice_id,
        "party": invoice.party_id,
        "name": invoice.party_name,
        "document": invoice.document_id,
        "file": None,
        "number": invoice.number,
        "day": invoice.invoice_date,
        "due": invoice.due_date,
        "type": invoice.type,
        "net": invoice.net.minor,
        "tax": invoice.tax.minor,
        "gross": invoice.gross.minor,
        "currency": invoice.gross.currency,
        "account": invoice.account,
        "intent": intent_id,
        "notes": invoice.notes,
        "lines": invoice.lines,
    }


def insert_cancelling(
    work: Work,
    *,
    invoice: OutgoingInvoice,
    invoice_id: OutgoingInvoiceId,
    number: str,
    intent_id: IntentId,
) -> None:
    """The credit note of today that takes an invoice back as a whole."""
    work.connection.execute(
        "insert into outgoing_invoice (tenant_id, id, party_id, party_name, invoice_number,"
        " invoice_date, due_date, type, total_net, total_tax, total_gross, currency, account,"
        " intent_id, lines, cancels_id, created_at) select tenant_id, %(id)s, party_id,"
        " party_name, %(number)s, %(today)s, %(today)s, 'credit_note', total_net, total_tax,"
        " total_gross, currency, account, %(intent)s, lines, id, %(now)s from outgoing_invoice"
        " where tenant_id = %(tenant)s and id = %(cancelled)s",
        {
            "tenant": work.tenant_id,
            "id": invoice_id,
            "number": number,
            "today": work.today,
            "intent": intent_id,
            "now": work.now,
            "cancelled": invoice.id,
        },
    )


def record(
    work: Work, *, invoice_id: OutgoingInvoiceId, invoice: RecordedInvoice, party_name: str
) -> None:
    """A new row without a booking; Conflict("duplicate_invoice_number")."""
    _insert(
        work,
        [
            {
                "id": invoice_id,
                "party": invoice.party_id,
                "name": party_name,
                "document": None,
                "file": invoice.file_id,
                "number": invoice.number,
                "day": invoice.invoice_date,
                "due": invoice.due_date,
                "type": "credit_note" if invoice.is_credit else "invoice",
                "net": invoice.net.minor,
                "tax": invoice.tax.minor,
                "gross": invoice.gross.minor,
                "currency": invoice.gross.currency,
                "account": None,
                "intent": None,
                "notes": invoice.notes,
                "lines": invoice.lines,
            }
        ],
    )


def _insert(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    shared = {"tenant": work.tenant_id, "now": work.now}
    values = [
        {**row, **shared, "lines": Jsonb(_LINES.dump_python(row["lines"], mode="json"))}
        for row in rows
    ]
    try:
        with work.connection.cursor() as cursor:
            cursor.executemany(
                "insert into outgoing_invoice (tenant_id, id, party_id, party_name, document_id,"
                " file_id, invoice_number, invoice_date, due_date, type, total_net, total_tax,"
                " total_gross, currency, account, intent_id, notes, lines, created_at) values"
                " (%(tenant)s, %(id)s, %(party)s, %(name)s, %(document)s, %(file)s, %(number)s,"
                " %(day)s, %(due)s, %(type)s, %(net)s, %(tax)s, %(gross)s, %(currency)s,"
                " %(account)s, %(intent)s, %(notes)s, %(lines)s, %(now)s)",
                values,
            )
    except UniqueViolation as error:
        raise Conflict(
            "duplicate_invoice_number",
            f"A customer has an invoice of this number already: {rows[0]['number']!r}"
            f"{' or a later one' if len(rows) > 1 else ''}.",
            field="invoice_number",
        ) from error


def lock(work: Work, *, invoice_id: OutgoingInvoiceId) -> None:
    """Let nobody else change an invoice until the transaction ends."""
    work.connection.execute(
        "select id from outgoing_invoice where tenant_id = %(tenant)s and id = %(id)s for update",
        {"tenant": work.tenant_id, "id": invoice_id},
    )


def update(work: Work, *, invoice: OutgoingInvoice) -> None:
    """What may change of an invoice: its booking, notes and due date."""
    work.connection.execute(
        "update outgoing_invoice set intent_id = %(intent)s, account = %(account)s,"
        " notes = %(notes)s, due_date = %(due)s where tenant_id = %(tenant)s and id = %(id)s",
        {
            "tenant": work.tenant_id,
            "id": invoice.id,
            "intent": invoice.intent_id,
            "account": invoice.account,
            "notes": invoice.notes,
            "due": invoice.due_date,
        },
    )


def has_open(work: Work, *, party_id: PartyId) -> bool:
    """Whether a customer has invoices that are not booked yet, or not settled."""
    row = work.connection.execute(
        f"select exists (select {_FROM} and s.party_id = %(party)s"
        " and (s.intent_id is null or s.open_amount <> 0))",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchone()
    assert row is not None
    return bool(row[0])


def by_id(work: Work, *, invoice_id: OutgoingInvoiceId) -> OutgoingInvoice | None:
    """One invoice with what is left of it."""
    row = work.connection.execute(
        f"select {_COLUMNS} {_FROM} and s.id = %(id)s",
        {"tenant": work.tenant_id, "today": work.today, "id": invoice_id},
    ).fetchone()
    return _invoice(row) if row else None


def matching(
    work: Work, *, wanted: Filter, limit: int, offset: int
) -> tuple[list[OutgoingInvoice], int]:
    """A page of invoices, newest first, and how many match."""
    condition = (
        f"{_FROM} and (%(party)s::uuid is null or s.party_id = %(party)s)"
        f" and (%(status)s::text is null or {_STATUS} = %(status)s)"
        " and (%(type)s::text is null or s.type = %(type)s)"
        " and (%(first)s::date is null or s.invoice_date >= %(first)s)"
        " and (%(last)s::date is null or s.invoice_date <= %(last)s)"
        f"{_IS_OPEN if wanted.status in _OPEN_STATUSES else ''}"
    )
    values = {
        "tenant": work.tenant_id,
        "today": work.today,
        "party": wanted.party_id,
        "status": wanted.status,
        "type": wanted.type,
        "first": wanted.first_day,
        "last": wanted.last_day,
        "limit": limit,
        "offset": offset,
    }
    rows = work.connection.execute(
        f"select {_COLUMNS} {condition}"
        " order by s.invoice_date desc, s.id desc limit %(limit)s offset %(offset)s",
        values,
    ).fetchall()
    counted = work.connection.execute(f"select count(s.id) {condition}", values).fetchone()
    return [_invoice(row) for row in rows], counted[0] if counted else 0


def still_open(work: Work) -> list[OutgoingInvoice]:
    """Everything with an intent that is not settled, by customer, oldest due date first."""
    rows = work.connection.execute(
        f"select {_COLUMNS} {_FROM} and s.open_amount <> 0{_IS_OPEN}"
        " order by s.party_id, s.due_date nulls last, s.id",
        {"tenant": work.tenant_id, "today": work.today},
    ).fetchall()
    return [_invoice(row) for row in rows]


def open_amounts(work: Work, *, party_ids: Sequence[PartyId]) -> dict[PartyId, Money]:
    """What each customer owes: claims less credit notes; those who owe nothing are left out."""
    rows = work.connection.execute(
        "select s.party_id, sum(case when s.type = 'invoice' then s.open_amount"
        " else -s.open_amount end)::bigint from outgoing_invoice_state s"
        " where s.tenant_id = %(tenant)s and s.party_id = any(%(parties)s)"
        " and s.intent_id is not null group by s.party_id",
        {"tenant": work.tenant_id, "parties": list(party_ids)},
    ).fetchall()
    return {PartyId(row[0]): Money(row[1]) for row in rows}


def insert_declared(
    work: Work, *, invoice_id: OutgoingInvoiceId, intent_id: IntentId, paid_on: date
) -> None:
    """Note that a user declared an invoice paid."""
    work.connection.execute(
        "insert into declared_payment (tenant_id, invoice_id, intent_id, paid_on)"
        " values (%(tenant)s, %(invoice)s, %(intent)s, %(day)s)",
        {"tenant": work.tenant_id, "invoice": invoice_id, "intent": intent_id, "day": paid_on},
    )


def declared_days(work: Work, *, invoice_id: OutgoingInvoiceId) -> list[date]:
    """The booking dates of the declared payments of an invoice, in the order of time."""
    rows = work.connection.execute(
        "select paid_on from declared_payment where tenant_id = %(tenant)s"
        " and invoice_id = %(invoice)s order by paid_on",
        {"tenant": work.tenant_id, "invoice": invoice_id},
    )
    return [row[0] for row in rows]


def take_declared(work: Work, *, invoice_id: OutgoingInvoiceId) -> list[IntentId]:
    """The declared payments of an invoice, which are taken off the table."""
    rows = work.connection.execute(
        "delete from declared_payment where tenant_id = %(tenant)s and invoice_id = %(invoice)s"
        " returning intent_id",
        {"tenant": work.tenant_id, "invoice": invoice_id},
    ).fetchall()
    return [IntentId(row[0]) for row in rows]


def _invoice(row: tuple[Any, ...]) -> OutgoingInvoice:
    currency = row[10]
    return OutgoingInvoice(
        id=OutgoingInvoiceId(row[0]),
        party_id=PartyId(row[1]),
        party_name=row[2],
        file_id=FileId(row[3]) if row[3] else None,
        number=row[4],
        invoice_date=row[5],
        due_date=row[6],
        net=Money(row[7], currency),
        tax=Money(row[8], currency),
        gross=Money(row[9], currency),
        type=row[11],
        intent_id=IntentId(row[12]) if row[12] else None,
        account=row[13],
        notes=row[14],
        status=row[15],
        is_reversed=row[16],
        remaining=Money(row[17], currency),
        open_amount=Money(row[18]),
        lines=_LINES.validate_python(row[19]),
    )
