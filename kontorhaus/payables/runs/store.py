"""The tables of payment runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel.ids import (
    BankAccountId,
    InvoiceId,
    PartyId,
    PaymentItemId,
    PaymentRunId,
    UserId,
)
from kontorhaus.kernel.money import Money
from kontorhaus.payables.runs.model import Payable, PaymentItem, PaymentRun
from kontorhaus.runtime.work import Work

_RUN = (
    "id, bank_account_id, execution_date, label, status, total, item_count, created_at,"
    " created_by, needs_four_eyes, content_hash, message_id, sepa_sha256"
)
_ITEM = (
    "id, invoice_id, party_id, invoice_number, vendor_name, vendor_iban, vendor_bic, vendor_city,"
    " vendor_country, amount, reference"
)
_PAYABLE = (
    "select i.id, i.party_id, p.name, i.invoice_number, i.invoice_date, i.due_date,"
    " i.total_gross, i.currency, i.open_amount, i.intent_id, p.iban, p.bic, p.city,"
    " p.country_code, exists (select from payment_run_item t where t.tenant_id = i.tenant_id"
    " and t.invoice_id = i.id and t.is_active and t.run_id is distinct from %(run)s)"
    " from incoming_invoice_state i"
    " join party p on p.tenant_id = i.tenant_id and p.id = i.party_id"
    " where i.tenant_id = %(tenant)s"
)


def payables(
    work: Work, *, invoice_ids: Sequence[InvoiceId], run_id: PaymentRunId | None = None
) -> dict[InvoiceId, Payable]:
    """Invoices with what is open on them now; `run_id` is not counted as holding them."""
    rows = work.connection.execute(
        f"{_PAYABLE} and i.id = any(%(ids)s)",
        {"tenant": work.tenant_id, "ids": list(invoice_ids), "run": run_id},
    )
    found = [_payable(row) for row in rows]
    return {payable.invoice_id: payable for payable in found}


def eligible(work: Work) -> list[Payable]:
    """Open invoices that no active run holds, those due first first."""
    rows = work.connection.execute(
        f"{_PAYABLE} and i.open_amount > 0 and i.intent_id is not null and not i.is_reversed"
        " and not exists (select from payment_run_item t where t.tenant_id = i.tenant_id"
        " and t.invoice_id = i.id and t.is_active)"
        " order by i.due_date nulls last, i.invoice_date, i.id",
        {"tenant": work.tenant_id, "run": None},
    )
    return [_payable(row) for row in rows]


def insert(work: Work, *, run: PaymentRun) -> bool:
    """A run with its items; False if another run took one of the invoices meanwhile."""
    work.connection.execute(
        "insert into payment_run (tenant_id, id, bank_account_id, execution_date, label, total,"
        " item_count, created_at, created_by, needs_four_eyes) values (%(tenant)s, %(id)s,"
        " %(bank)s, %(day)s, %(label)s, %(total)s, %(count)s, %(now)s, %(by)s, %(four_eyes)s)",
        {
            "tenant": work.tenant_id,
            "id": run.id,
            "bank": run.bank_account_id,
            "day": run.execution_date,
            "label": run.label,
            "total": run.total.minor,
            "count": run.item_count,
            "now": run.created_at,
            "by": run.created_by,
            "four_eyes": run.needs_four_eyes,
        },
    )
    cursor = work.connection.execute(
        "insert into payment_run_item (tenant_id, run_id, position, id, invoice_id, party_id,"
        " invoice_number, vendor_name, vendor_iban, vendor_bic, vendor_city, vendor_country,"
        " amount, reference) select %(tenant)s, %(run)s, t.* from unnest(%(position)s::int[],"
        " %(id)s::uuid[], %(invoice)s::uuid[], %(party)s::uuid[], %(number)s::text[],"
        " %(name)s::text[], %(iban)s::text[], %(bic)s::text[], %(city)s::text[],"
        " %(country)s::text[], %(amount)s::bigint[], %(reference)s::text[]) as t"
        " on conflict do nothing",
        {"tenant": work.tenant_id, "run": run.id, **_columns(run.items)},
    )
    return cursor.rowcount == len(run.items)


def _columns(items: Sequence[PaymentItem]) -> dict[str, list[Any]]:
    return {
        "position": list(range(1, len(items) + 1)),
        "id": [item.id for item in items],
        "invoice": [item.invoice_id for item in items],
        "party": [item.party_id for item in items],
        "number": [item.invoice_number for item in items],
        "name": [item.vendor_name for item in items],
        "iban": [item.vendor_iban for item in items],
        "bic": [item.vendor_bic for item in items],
        "city": [item.vendor_city for item in items],
        "country": [item.vendor_country for item in items],
        "amount": [item.amount.minor for item in items],
        "reference": [item.reference for item in items],
    }


def by_id(work: Work, *, run_id: PaymentRunId, lock: bool = False) -> PaymentRun | None:
    """A run with its items; nobody else's until the end of the transaction if asked."""
    row = work.connection.execute(
        f"select {_RUN} from payment_run where tenant_id = %(tenant)s and id = %(id)s"
        f"{' for update' if lock else ''}",
        {"tenant": work.tenant_id, "id": run_id},
    ).fetchone()
    if row is None:
        return None
    items = work.connection.execute(
        f"select {_ITEM} from payment_run_item where tenant_id = %(tenant)s"
        " and run_id = %(id)s order by position",
        {"tenant": work.tenant_id, "id": run_id},
    )
    return _run(row, tuple(_item(item) for item in items))


def matching(
    work: Work, *, status: str | None, limit: int, offset: int
) -> tuple[list[PaymentRun], int]:
    """A page of runs without their items, newest first, and how many match."""
    values = {"tenant": work.tenant_id, "status": status, "limit": limit, "offset": offset}
    where = "tenant_id = %(tenant)s and (%(status)s::text is null or status = %(status)s)"
    rows = work.connection.execute(
        f"select {_RUN} from payment_run where {where}"
        " order by created_at desc, id desc limit %(limit)s offset %(offset)s",
        values,
    ).fetchall()
    count = work.connection.execute(
        f"select count(*) from payment_run where {where}", values
    ).fetchone()
    return [_run(row, ()) for row in rows], count[0] if count else 0


def exported_files(work: Work) -> list[tuple[PaymentRunId, str]]:
    """Every run that was exported, with the SHA-256 of its file."""
    rows = work.connection.execute(
        "select id, sepa_sha256 from payment_run where tenant_id = %(tenant)s"
        " and sepa_sha256 is not null order by id",
        {"tenant": work.tenant_id},
    )
    return [(PaymentRunId(row[0]), row[1]) for row in rows]


def approve(work: Work, *, run_id: PaymentRunId, content_hash: bytes, message_id: str) -> None:
    """Note who agreed, and to what."""
    work.connection.execute(
        "update payment_run set status = 'approved', content_hash = %(hash)s,"
        " message_id = %(message)s, approved_at = %(now)s, approved_by = %(by)s"
        " where tenant_id = %(tenant)s and id = %(id)s",
        {
            "tenant": work.tenant_id,
            "id": run_id,
            "hash": content_hash,
            "message": message_id,
            "now": work.now,
            "by": work.actor.user_id,
        },
    )


def export(work: Work, *, run_id: PaymentRunId, sha256: str) -> None:
    """Note the file that the bank is given."""
    work.connection.execute(
        "update payment_run set status = 'exported', sepa_sha256 = %(sha)s,"
        " exported_at = %(now)s where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": run_id, "sha": sha256, "now": work.now},
    )


def close(work: Work, *, run_id: PaymentRunId, status: str) -> None:
    """End a run (completed, cancelled); its invoices are free again."""
    values = {"tenant": work.tenant_id, "id": run_id, "status": status}
    work.connection.execute(
        "update payment_run set status = %(status)s where tenant_id = %(tenant)s and id = %(id)s",
        values,
    )
    work.connection.execute(
        "update payment_run_item set is_active = false"
        " where tenant_id = %(tenant)s and run_id = %(id)s",
        values,
    )


def _run(row: tuple[Any, ...], items: tuple[PaymentItem, ...]) -> PaymentRun:
    return PaymentRun(
        id=PaymentRunId(row[0]),
        bank_account_id=BankAccountId(row[1]),
        execution_date=row[2],
        label=row[3],
        status=row[4],
        total=Money(row[5]),
        item_count=row[6],
        created_at=row[7],
        created_by=UserId(row[8]) if row[8] else None,
        needs_four_eyes=row[9],
        content_hash=row[10],
        message_id=row[11],
        sepa_sha256=row[12],
        items=items,
    )


def _item(row: tuple[Any, ...]) -> PaymentItem:
    return PaymentItem(
        id=PaymentItemId(row[0]),
        invoice_id=InvoiceId(row[1]),
        party_id=PartyId(row[2]),
        invoice_number=row[3],
        vendor_name=row[4],
        vendor_iban=row[5],
        vendor_bic=row[6],
        vendor_city=row[7],
        vendor_country=row[8],
        amount=Money(row[9]),
        reference=row[10],
    )


def _payable(row: tuple[Any, ...]) -> Payable:
    iban = ibans.compact(row[10]) if row[10] else None
    return Payable(
        invoice_id=InvoiceId(row[0]),
        party_id=PartyId(row[1]),
        vendor_name=row[2],
        number=row[3],
        invoice_date=row[4],
        due_date=row[5],
        gross=Money(row[6], row[7]),
        open_amount=Money(row[8]),
        intent_id=row[9],
        iban=iban if iban and ibans.is_valid(iban) else None,
        bic=row[11] or None,
        city=row[12],
        country=row[13],
        is_taken=row[14],
    )
