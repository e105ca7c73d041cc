"""What the tables of documents and claims say of one customer's invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from kontorhaus.invoicing.customers import rules
from kontorhaus.invoicing.customers.model import (
    USUAL_TYPE,
    CustomerInvoice,
    Filed,
    Filter,
    Gateway,
    Payment,
)
from kontorhaus.invoicing.model import Line
from kontorhaus.kernel.ids import InvoiceId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.invoices.model import InvoiceLine
from kontorhaus.runtime.work import Work

_LINES = TypeAdapter(tuple[Line, ...])
_CLAIMED = TypeAdapter(tuple[InvoiceLine, ...])
_TYPES = TypeAdapter(dict[str, str])

# A claim is over when it was cancelled, or its booking reversed, or credit notes gave it all back.
_FROM = """
from document d
join outgoing_invoice_state s on s.tenant_id = d.tenant_id and s.id = d.invoice_id
left join open_item i on i.tenant_id = s.tenant_id and i.intent_id = s.intent_id
    and i.account = s.account
left join cancellation c on c.tenant_id = d.tenant_id and c.document_id = d.id
cross join lateral (
    select case
        when c.document_id is not null or s.is_reversed then 'Cancelled'
        when s.total_gross > 0 and s.total_gross <= (
            select sum((n.totals->'gross'->>'minor')::bigint) from document n
            where n.tenant_id = d.tenant_id and n.parent_id = d.id
            and n.content->>'form' = 'credit-note' and n.finalized_at is not null
        ) then 'Refunded'
        when s.remaining = 0 then 'Paid'
        when d.content->'agreement'->>'direct_debit' is not null then 'Payment Pending'
        else 'Unpaid'
    end as status
) state
where d.tenant_id = %(tenant)s and s.party_id = %(party)s and s.type = 'invoice'
"""
# Money that came in: neither credit that was applied nor what was set off against a credit note.
_PAYMENTS = """
from allocation a join intent p on p.tenant_id = a.tenant_id and p.id = a.intent_id
where a.tenant_id = d.tenant_id and a.open_item_id = i.id and a.undoes_id is null
and not exists (select from allocation u where u.tenant_id = a.tenant_id and u.undoes_id = a.id)
and not exists (select from credit_entry e where e.tenant_id = a.tenant_id
    and e.intent_id = a.intent_id and e.open_item_id = a.open_item_id)
and not exists (select from open_item k where k.tenant_id = a.tenant_id
    and k.intent_id = a.intent_id)
"""
_COLUMNS = f"""
d.serial, d.public_id, d.number, state.status, d.content->>'language', d.content->>'export_type',
s.invoice_date, coalesce(s.due_date, s.invoice_date),
case when c.document_id is not null then c.paid_date
    when state.status in ('Paid', 'Refunded') then coalesce(s.paid_on, d.finalized_date) end,
s.total_net, s.total_tax, s.total_gross, s.currency, s.open_amount, d.content->'lines', s.lines,
(select jsonb_object_agg(p.public_id, p.type) from product p where p.tenant_id = d.tenant_id
    and p.type is not null and p.public_id in (
        select l->>'product_id' from jsonb_array_elements(d.content->'lines') l)),
(select -coalesce(sum(e.amount), 0)::bigint from credit_entry e
    where e.tenant_id = d.tenant_id and e.open_item_id = i.id),
(select jsonb_build_array((select min(v.journal_number) from event v
        where v.tenant_id = p.tenant_id and v.intent_id = p.id), a.settled_on, a.amount,
        case when p.source <> 'bank' then 'manual'
            when d.content->'agreement'->>'direct_debit' is not null then 'directdebit'
            else 'banktransfer' end)
    {_PAYMENTS} order by a.settled_on desc, a.id desc limit 1)
"""
_IS_WANTED = f"""
and (%(status)s::text is null or lower(state.status) = lower(%(status)s))
and (%(type)s::text is null or exists (select from jsonb_array_elements(d.content->'lines') l
    left join product p on p.tenant_id = d.tenant_id and p.public_id = l->>'product_id'
    where lower(coalesce(l->'purpose'->>'type', p.type, %(usual)s)) = lower(%(type)s)))
and (not %(with_payments)s or exists (select {_PAYMENTS}))
"""
_ORDER = " order by s.invoice_date desc, d.serial desc"
_PAYMENT = TypeAdapter(tuple[int, Any, int, Gateway])


def matching(
    work: Work, *, party_id: PartyId, wanted: Filter, limit: int, offset: int
) -> tuple[list[CustomerInvoice], int]:
    """A page of a customer's invoices, newest first, and how many match."""
    values = {**_values(work, party_id, wanted), "limit": limit, "offset": offset}
    rows = work.connection.execute(
        f"select {_COLUMNS} {_FROM} {_IS_WANTED} {_ORDER} limit %(limit)s offset %(offset)s", values
    ).fetchall()
    counted = work.connection.execute(f"select count(*) {_FROM} {_IS_WANTED}", values).fetchone()
    return [_invoice(row) for row in rows], counted[0] if counted else 0


def by_serial(work: Work, *, party_id: PartyId, serial: int) -> CustomerInvoice | None:
    """One of a customer's invoices."""
    row = work.connection.execute(
        f"select {_COLUMNS} {_FROM} and d.serial = %(serial)s",
        {"tenant": work.tenant_id, "party": party_id, "serial": serial},
    ).fetchone()
    return _invoice(row) if row else None


def claim_of(work: Work, *, party_id: PartyId, serial: int) -> InvoiceId | None:
    """The claim of one of a customer's invoices."""
    row = work.connection.execute(
        "select d.invoice_id from document d join outgoing_invoice o on o.tenant_id = d.tenant_id"
        " and o.id = d.invoice_id where d.tenant_id = %(tenant)s and d.serial = %(serial)s"
        " and o.party_id = %(party)s and o.type = 'invoice'",
        {"tenant": work.tenant_id, "party": party_id, "serial": serial},
    ).fetchone()
    return InvoiceId(row[0]) if row else None


def filed(
    work: Work, *, party_id: PartyId, wanted: Filter, after: Filed | None, limit: int
) -> list[Filed]:
    """The next of a customer's invoices after one, newest first, with their stored PDFs."""
    rows = work.connection.execute(
        "select d.serial, d.public_id, d.number, s.invoice_date, d.content->>'export_type',"
        " (select a.sha256 from artefact a where a.tenant_id = d.tenant_id"
        "  and a.document_id = d.id and a.kind = case d.content->>'export_type'"
        f"  when 'xrechnung' then 'preview' else 'pdf' end) {_FROM} {_IS_WANTED}"
        " and (%(serial)s::bigint is null or (s.invoice_date, d.serial) < (%(day)s, %(serial)s))"
        f" {_ORDER} limit %(limit)s",
        {
            **_values(work, party_id, wanted),
            "day": after.invoice_date if after else None,
            "serial": after.serial if after else None,
            "limit": limit,
        },
    ).fetchall()
    return [Filed(*row) for row in rows]


def types(work: Work, *, party_id: PartyId) -> list[str]:
    """The types of all lines of a customer's invoices, by name."""
    rows = work.connection.execute(
        "select distinct coalesce(l->'purpose'->>'type', p.type, %(usual)s) as type"
        " from document d join outgoing_invoice_state s on s.tenant_id = d.tenant_id"
        " and s.id = d.invoice_id cross join jsonb_array_elements(d.content->'lines') l"
        " left join product p on p.tenant_id = d.tenant_id and p.public_id = l->>'product_id'"
        " where d.tenant_id = %(tenant)s and s.party_id = %(party)s and s.type = 'invoice'"
        " order by type",
        _values(work, party_id, Filter()),
    ).fetchall()
    return [row[0] for row in rows]


def open_total(work: Work, *, party_id: PartyId) -> Money:
    """What is open of all of a customer's invoices."""
    row = work.connection.execute(
        f"select coalesce(sum(s.open_amount), 0)::bigint {_FROM}"
        " and state.status in ('Unpaid', 'Payment Pending')",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchone()
    return Money(row[0] if row else 0)


def _values(work: Work, party_id: PartyId, wanted: Filter) -> dict[str, Any]:
    return {
        "tenant": work.tenant_id,
        "party": party_id,
        "status": wanted.status,
        "type": wanted.type,
        "with_payments": wanted.with_payments,
        "usual": USUAL_TYPE,
    }


def _invoice(row: tuple[Any, ...]) -> CustomerInvoice:
    serial, currency = row[0], row[12]
    claimed = _CLAIMED.validate_python(row[15])
    found = CustomerInvoice(
        serial=serial,
        public_id=row[1],
        number=row[2],
        status=row[3],
        language=row[4],
        export_type=row[5],
        invoice_date=row[6],
        due_date=row[7],
        paid_on=row[8],
        net=Money(row[9], currency),
        tax=Money(row[10], currency),
        gross=Money(row[11], currency),
        credit=Money(row[17]),
        remaining=Money(0),
        rate=claimed[0].tax_rate,
        items=rules.items(
            serial,
            _LINES.validate_python(row[14]),
            claimed,
            _TYPES.validate_python(row[16] or {}),
        ),
        payment=_payment(row[18]) if row[18] else None,
    )
    return replace(found, remaining=Money(row[13])) if found.is_open else found


def _payment(row: Any) -> Payment:
    number, day, amount, gateway = _PAYMENT.validate_python(row)
    return Payment(number, date.fromisoformat(day), Money(amount), gateway)
