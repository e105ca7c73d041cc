"""The tables of outgoing and incoming invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from kontorhaus.contacts.model import Role
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import FileId, IntentId, InvoiceId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.invoices.model import Entry, Filter, Invoice, InvoiceLine
from kontorhaus.runtime.work import Work

_LINES = TypeAdapter(tuple[InvoiceLine, ...])


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of a role and what of it differs: columns, and terms on a row `s` of its state.

    `own` are the columns besides those that both have, each with the value that is put there.
    """

    name: str
    own: Mapping[str, str]
    file: str
    type: str
    is_reversed: str

    @property
    def status(self) -> str:
        """The status of an invoice on %(today)s."""
        return (
            f"invoice_status(s.intent_id is not null and not {self.is_reversed},"
            f" {self.type} = 'credit_note', s.remaining, s.total_gross, s.due_date, %(today)s)"
        )

    @property
    def columns(self) -> str:
        """What `_invoice` reads."""
        return (
            f"s.id, s.party_id, s.party_name, {self.file}, s.invoice_number, s.invoice_date,"
            " s.due_date, s.total_net, s.total_tax, s.total_gross, s.currency,"
            f" {self.type}, s.intent_id, s.account, s.notes, {self.status}, {self.is_reversed},"
            f" case when {self.is_reversed} then s.total_gross else s.remaining end,"
            " s.open_amount, s.lines"
        )

    @property
    def rows(self) -> str:
        """The state of the tenant's invoices."""
        return f"from {self.name}_state s where s.tenant_id = %(tenant)s"


_TABLES: Mapping[Role, _Table] = {
    "customer": _Table(
        name="outgoing_invoice",
        own={"document_id": "%(document)s", "file_id": "%(file)s", "type": "%(type)s"},
        file="s.file_id",
        type="s.type",
        # A reversed booking leaves an invoice to be booked anew unless a credit note cancelled it.
        is_reversed="(s.is_reversed and not exists (select from outgoing_invoice c"
        " where c.tenant_id = s.tenant_id and c.cancels_id = s.id))",
    ),
    "vendor": _Table(
        name="incoming_invoice",
        own={"document_id": "%(file)s"},
        file="s.document_id",
        type="'invoice'::text",
        is_reversed="s.is_reversed",
    ),
}

# The few open items lead to their invoices by their index; the state alone would ask every one.
_IS_OPEN = (
    " and exists (select from open_item o where o.tenant_id = s.tenant_id"
    " and o.intent_id = s.intent_id and o.account = s.account and o.remaining <> 0)"
)
_OPEN_STATUSES = ("open", "partially_paid", "overdue")


def insert(work: Work, *, role: Role, entries: Sequence[Entry]) -> None:
    """New rows; Conflict("duplicate_invoice_number") if a party has one of that number."""
    table = _TABLES[role]
    try:
        with work.connection.cursor() as cursor:
            cursor.executemany(
                f"insert into {table.name} (tenant_id, id, party_id, party_name, invoice_number,"
                " invoice_date, due_date, total_net, total_tax, total_gross, currency, account,"
                f" intent_id, notes, lines, created_at, {', '.join(table.own)}) values"
                " (%(tenant)s, %(id)s, %(party)s, %(name)s, %(number)s, %(day)s, %(due)s, %(net)s,"
                " %(tax)s, %(gross)s, %(currency)s, %(account)s, %(intent)s, %(notes)s, %(lines)s,"
                f" %(now)s, {', '.join(table.own.values())})",
                [_values(work, entry) for entry in entries],
            )
    except UniqueViolation as error:
        raise Conflict(
            "duplicate_invoice_number",
            f"A {role} has an invoice of this number already: {entries[0].invoice.number!r}"
            f"{' or a later one' if len(entries) > 1 else ''}.",
            field="invoice_number",
        ) from error


def _values(work: Work, entry: Entry) -> dict[str, Any]:
    invoice = entry.invoice
    return {
        "tenant": work.tenant_id,
        "id": entry.id,
        "party": invoice.party_id,
        "name": entry.party_name,
        "number": invoice.number,
        "day": invoice.invoice_date,
        "due": invoice.due_date,
        "net": invoice.net.minor,
        "tax": invoice.tax.minor,
        "gross": invoice.gross.minor,
        "currency": invoice.gross.currency,
        "account": entry.account,
        "intent": invoice.intent_id,
        "notes": invoice.notes,
        "lines": Jsonb(_LINES.dump_python(invoice.lines, mode="json")),
        "now": work.now,
        "document": entry.document_id,
        "file": invoice.file_id,
        "type": invoice.type,
    }


def insert_cancelling(
    work: Work, *, invoice: Invoice, invoice_id: InvoiceId, number: str, intent_id: IntentId
) -> None:
    """The credit note of today that takes a customer's invoice back as a whole."""
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


def lock(work: Work, *, role: Role, invoice_id: InvoiceId) -> None:
    """Let nobody else change an invoice until the transaction ends."""
    work.connection.execute(
        f"select id from {_TABLES[role].name} where tenant_id = %(tenant)s and id = %(id)s"
        " for update",
        {"tenant": work.tenant_id, "id": invoice_id},
    )


def update(work: Work, *, role: Role, invoice: Invoice) -> None:
    """What may change of an invoice: its booking, notes and due date."""
    work.connection.execute(
        f"update {_TABLES[role].name} set intent_id = %(intent)s, account = %(account)s,"
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


def has_open(work: Work, *, role: Role, party_id: PartyId) -> bool:
    """Whether a party has invoices that are not booked yet, or not settled."""
    row = work.connection.execute(
        f"select exists (select {_TABLES[role].rows} and s.party_id = %(party)s"
        " and (s.intent_id is null or s.open_amount <> 0))",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchone()
    assert row is not None
    return bool(row[0])


def by_id(work: Work, *, role: Role, invoice_id: InvoiceId) -> Invoice | None:
    """One invoice with what is left of it."""
    table = _TABLES[role]
    row = work.connection.execute(
        f"select {table.columns} {table.rows} and s.id = %(id)s",
        {"tenant": work.tenant_id, "today": work.today, "id": invoice_id},
    ).fetchone()
    return _invoice(row) if row else None


def matching(
    work: Work, *, role: Role, wanted: Filter, limit: int, offset: int
) -> tuple[list[Invoice], int]:
    """A page of invoices, newest first, and how many match."""
    table = _TABLES[role]
    condition = (
        f"{table.rows} and (%(party)s::uuid is null or s.party_id = %(party)s)"
        f" and (%(status)s::text is null or {table.status} = %(status)s)"
        f" and (%(type)s::text is null or {table.type} = %(type)s)"
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
        f"select {table.columns} {condition}"
        " order by s.invoice_date desc, s.id desc limit %(limit)s offset %(offset)s",
        values,
    ).fetchall()
    counted = work.connection.execute(f"select count(s.id) {condition}", values).fetchone()
    return [_invoice(row) for row in rows], counted[0] if counted else 0


def still_open(work: Work, *, role: Role) -> list[Invoice]:
    """Everything with an intent that is not settled, by party, oldest due date first."""
    table = _TABLES[role]
    rows = work.connection.execute(
        f"select {table.columns} {table.rows} and s.open_amount <> 0{_IS_OPEN}"
        " order by s.party_id, s.due_date nulls last, s.id",
        {"tenant": work.tenant_id, "today": work.today},
    ).fetchall()
    return [_invoice(row) for row in rows]


def open_amounts(work: Work, *, role: Role, party_ids: Sequence[PartyId]) -> dict[PartyId, Money]:
    """What is open with each party, less credit notes; where nothing is, the party is left out."""
    table = _TABLES[role]
    rows = work.connection.execute(
        f"select s.party_id, sum(case when {table.type} = 'invoice' then s.open_amount"
        f" else -s.open_amount end)::bigint {table.rows} and s.party_id = any(%(parties)s)"
        " and s.intent_id is not null group by s.party_id",
        {"tenant": work.tenant_id, "parties": list(party_ids)},
    ).fetchall()
    return {PartyId(row[0]): Money(row[1]) for row in rows}


def _invoice(row: tuple[Any, ...]) -> Invoice:
    currency = row[10]
    return Invoice(
        id=InvoiceId(row[0]),
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
