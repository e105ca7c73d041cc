"""The tables of the journal: intents and events are appended and read, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import EventId, FileId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.model import Event, Fx, Head, Intent, Transfer
from kontorhaus.ledger.sums import Sums
from kontorhaus.runtime import arrays
from kontorhaus.runtime.work import Work

Row = tuple[Any, ...]

INTENT = (
    "i.id, i.booking_date, i.period, i.tax_date, i.description, i.source, i.total, i.event_count,"
    " i.external_reference, i.custom_metadata, i.document_id, i.reverses_intent_id, i.reason,"
    " i.fx_currency, i.fx_amount, i.fx_rate, i.fx_rate_date, i.fx_source, i.actor, i.created_at"
)
INTENT_WIDTH = 20
EVENT = (
    "e.journal_number, e.id, e.intent_id, e.account_debit, e.account_credit, e.amount, e.pair,"
    " e.line, e.kind, e.tax_code, e.tax_side, e.prev_hash, e.hash"
)

# The rows of account_year that the sums `moves` (per account and month of the day `day`) change.
YEAR_SUMS = """
    select %(tenant)s, y.first_day, m.account, a.kind,
        coalesce(sum(m.debit - m.credit) filter (where m.day < y.first_day), 0)::bigint,
        coalesce(sum(m.debit) filter (where m.day >= y.first_day), 0)::bigint,
        coalesce(sum(m.credit) filter (where m.day >= y.first_day), 0)::bigint
    from moves m join account a on a.tenant_id = %(tenant)s and a.number = m.account
    join (
        select first_day, lead(first_day) over (order by first_day) as next_day
        from fiscal_year where tenant_id = %(tenant)s
    ) y on y.next_day is null or m.day < y.next_day
    group by y.first_day, m.account, a.kind
"""

_APPEND = """
with new_intent as (
    insert into intent (tenant_id, actor, created_at, id, booking_date, period, tax_date,
        description, source, total, event_count, duplicate_key, external_reference,
        custom_metadata, document_id, reverses_intent_id, reason, fx_currency, fx_amount,
        fx_rate, fx_rate_date, fx_source)
    select %(tenant)s, %(actor)s::jsonb, %(now)s::timestamptz, t.* from unnest(
        %(i_id)s::uuid[], %(i_date)s::date[], %(i_period)s::text[], %(i_tax_date)s::date[],
        %(i_text)s::text[], %(i_source)s::text[], %(i_total)s::bigint[], %(i_count)s::int[],
        %(i_key)s::bytea[], %(i_reference)s::text[], %(i_metadata)s::jsonb[],
        %(i_document)s::uuid[], %(i_reverses)s::uuid[], %(i_reason)s::text[],
        %(i_fx_currency)s::text[], %(i_fx_amount)s::numeric[], %(i_fx_rate)s::numeric[],
        %(i_fx_date)s::date[], %(i_fx_source)s::text[]) as t
)
insert into event (tenant_id, journal_number, id, intent_id, booking_date, period,
    account_debit, account_credit, amount, pair, line, kind, tax_code, tax_side,
    prev_hash, hash)
select %(tenant)s, t.* from unnest(%(e_number)s::bigint[], %(e_id)s::uuid[],
    %(e_intent)s::uuid[], %(e_date)s::date[], %(e_period)s::text[], %(e_debit)s::text[],
    %(e_credit)s::text[], %(e_amount)s::bigint[], %(e_pair)s::int[], %(e_line)s::int[],
    %(e_kind)s::text[], %(e_code)s::text[], %(e_side)s::text[], %(e_prev)s::bytea[],
    %(e_hash)s::bytea[]) as t
"""

_ADVANCE = f"""
with moves as (
    select t.account, t.period, t.day, t.debit, t.credit from unnest(%(b_account)s::text[],
        %(b_period)s::text[], %(b_day)s::date[], %(b_debit)s::bigint[], %(b_credit)s::bigint[])
        as t (account, period, day, debit, credit)
), new_year as (
    insert into account_year (tenant_id, first_day, account, kind, opening, debit, credit)
    {YEAR_SUMS}
    on conflict (tenant_id, first_day, kind, account) do update
        set opening = account_year.opening + excluded.opening,
            debit = account_year.debit + excluded.debit,
            credit = account_year.credit + excluded.credit
), new_balance as (
    insert into account_balance (tenant_id, account, period, debit, credit)
    select %(tenant)s, account, period, debit, credit from moves
    on conflict (tenant_id, account, period) do update
        set debit = account_balance.debit + excluded.debit,
            credit = account_balance.credit + excluded.credit
), new_tax as (
    insert into tax_balance (tenant_id, tax_code, kind, month, debit, credit)
    select %(tenant)s, t.* from unnest(%(t_code)s::text[], %(t_kind)s::text[],
        %(t_month)s::text[], %(t_debit)s::bigint[], %(t_credit)s::bigint[]) as t
    on conflict (tenant_id, tax_code, kind, month) do update
        set debit = tax_balance.debit + excluded.debit,
            credit = tax_balance.credit + excluded.credit
)
update chain_head set journal_number = %(head_number)s, hash = %(head_hash)s
where tenant_id = %(tenant)s
"""


def append(work: Work, *, intents: Sequence[tuple[Intent, bytes]], events: Sequence[Event]) -> None:
    """Write intents of one actor and instant, each with its duplicate key, and their events.

    One statement for any number of intents. `events` are in the order of their intents; the
    caller has locked the end of the chain and moves it, and the sums, by `advance`.
    """
    first = intents[0][0]
    work.connection.execute(
        _APPEND,
        {
            "tenant": work.tenant_id,
            "actor": _json(first.actor),
            "now": first.created_at,
            **_intent_columns(intents),
            **_event_columns(events, [intent for intent, _ in intents]),
        },
    )


def advance(work: Work, *, sums: Sums, head: Head) -> None:
    """Move the kept sums by what was appended, and the end of the chain, which is locked."""
    balances, codes = list(sums.of_accounts()), list(sums.of_codes())
    work.connection.execute(
        _ADVANCE,
        {
            "tenant": work.tenant_id,
            "head_number": head.journal_number,
            "head_hash": head.hash,
            "b_account": arrays.words([row[0] for row in balances]),
            "b_period": arrays.words([row[1] for row in balances]),
            "b_day": arrays.words([row[2] for row in balances]),
            "b_debit": arrays.words([row[3] for row in balances]),
            "b_credit": arrays.words([row[4] for row in balances]),
            "t_code": arrays.texts([row[0] for row in codes]),
            "t_kind": arrays.words([row[1] for row in codes]),
            "t_month": arrays.words([row[2] for row in codes]),
            "t_debit": arrays.words([row[3] for row in codes]),
            "t_credit": arrays.words([row[4] for row in codes]),
        },
    )


def _intent_columns(intents: Sequence[tuple[Intent, bytes]]) -> dict[str, str | None]:
    only = [intent for intent, _ in intents]
    foreign = [i.fx for i in only]
    return {
        "i_id": arrays.ids([i.id for i in only]),
        "i_date": arrays.words([i.booking_date for i in only]),
        "i_period": arrays.words([i.period.text for i in only]),
        "i_tax_date": arrays.words([i.tax_date for i in only]),
        "i_text": arrays.texts([i.description for i in only]),
        "i_source": arrays.texts([i.source for i in only]),
        "i_total": arrays.words([i.total.minor for i in only]),
        "i_count": arrays.words([i.event_count for i in only]),
        "i_key": arrays.binary([key for _, key in intents]),
        "i_reference": arrays.texts([i.external_reference for i in only]),
        "i_metadata": arrays.rare([_json(i.custom_metadata) for i in only]),
        "i_document": arrays.rare([i.document_id for i in only]),
        "i_reverses": arrays.rare([i.reverses for i in only]),
        "i_reason": arrays.rare([i.reason for i in only]),
        "i_fx_currency": arrays.rare([fx and fx.currency for fx in foreign]),
        "i_fx_amount": arrays.rare([fx and fx.amount for fx in foreign]),
        "i_fx_rate": arrays.rare([fx and fx.rate for fx in foreign]),
        "i_fx_date": arrays.rare([fx and fx.rate_date for fx in foreign]),
        "i_fx_source": arrays.rare([fx and fx.source for fx in foreign]),
    }


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else exact_json.encode(value)


def _event_columns(events: Sequence[Event], intents: Sequence[Intent]) -> dict[str, str]:
    moves = [event.transfer for event in events]
    homes = [intent for intent in intents for _ in range(intent.event_count)]
    return {
        "e_number": arrays.words([e.journal_number for e in events]),
        "e_id": arrays.ids([e.id for e in events]),
        "e_intent": arrays.ids([e.intent_id for e in events]),
        "e_date": arrays.words([home.booking_date for home in homes]),
        "e_period": arrays.words([home.period.text for home in homes]),
        "e_debit": arrays.words([t.debit for t in moves]),
        "e_credit": arrays.words([t.credit for t in moves]),
        "e_amount": arrays.words([t.amount.minor for t in moves]),
        "e_pair": arrays.words([t.pair for t in moves]),
        "e_line": arrays.words([t.line for t in moves]),
        "e_kind": arrays.words([t.kind for t in moves]),
        "e_code": arrays.texts([t.tax_code for t in moves]),
        "e_side": arrays.words([t.tax_side for t in moves]),
        "e_prev": arrays.binary([e.prev_hash for e in events]),
        "e_hash": arrays.binary([e.hash for e in events]),
    }


def intent(work: Work, *, intent_id: IntentId) -> Intent | None:
    """One intent."""
    row = work.connection.execute(
        f"select {INTENT} from intent i where i.tenant_id = %(tenant)s and i.id = %(id)s",
        {"tenant": work.tenant_id, "id": intent_id},
    ).fetchone()
    return intent_of(row) if row else None


def events(work: Work, *, intent_id: IntentId) -> list[Event]:
    """The events of an intent in their order."""
    rows = work.connection.execute(
        f"select {EVENT} from event e where e.tenant_id = %(tenant)s"
        " and e.intent_id = %(intent)s order by e.journal_number",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [event_of(row) for row in rows]


def reversal_of(work: Work, *, intent_id: IntentId) -> IntentId | None:
    """The intent that reversed this one."""
    row = work.connection.execute(
        "select id from intent where tenant_id = %(tenant)s and reverses_intent_id = %(id)s",
        {"tenant": work.tenant_id, "id": intent_id},
    ).fetchone()
    return IntentId(row[0]) if row else None


def before_opening(
    work: Work, *, booking_date: date, source: str, types: Sequence[str]
) -> IntentId | None:
    """A standing intent that forbids opening balances on a day.

    That is one of this source on any day, or one that moved an account of these types before it.
    What was reversed of this source does not count, nor does its reversal.
    """
    row = work.connection.execute(
        "select i.id from intent i where i.tenant_id = %(tenant)s"
        " and (i.booking_date < %(day)s or i.source = %(source)s)"
        " and case when i.source = %(source)s then not exists (select from intent r"
        "  where r.tenant_id = i.tenant_id and r.reverses_intent_id = i.id)"
        " else not exists (select from intent o"
        "  where o.tenant_id = i.tenant_id and o.id = i.reverses_intent_id"
        "  and o.source = %(source)s) and exists (select from event e join account a"
        "  on a.tenant_id = e.tenant_id and a.number in (e.account_debit, e.account_credit)"
        "  where e.tenant_id = i.tenant_id and e.intent_id = i.id and a.type = any(%(types)s)) end"
        " limit 1",
        {
            "tenant": work.tenant_id,
            "day": booking_date,
            "source": source,
            "types": list(types),
        },
    ).fetchone()
    return IntentId(row[0]) if row else None


def is_empty(work: Work) -> bool:
    """Whether nothing was ever posted."""
    row = work.connection.execute(
        "select 1 from intent where tenant_id = %(tenant)s limit 1", {"tenant": work.tenant_id}
    ).fetchone()
    return row is None


def intent_of(row: Row) -> Intent:
    """An intent from the columns of INTENT."""
    fx = Fx(row[13], row[14], row[15], row[16], row[17]) if row[13] else None
    return Intent(
        id=IntentId(row[0]),
        booking_date=row[1],
        period=Period(row[2]),
        tax_date=row[3],
        description=row[4],
        source=row[5],
        total=Money(row[6]),
        event_count=row[7],
        external_reference=row[8],
        custom_metadata=row[9],
        document_id=FileId(row[10]) if row[10] else None,
        reverses=IntentId(row[11]) if row[11] else None,
        reason=row[12],
        fx=fx,
        actor=row[18],
        created_at=row[19],
    )


def event_of(row: Row) -> Event:
    """An event from the columns of EVENT."""
    move = Transfer(
        debit=row[3],
        credit=row[4],
        amount=Money(row[5]),
        pair=row[6],
        line=row[7],
        kind=row[8],
        tax_code=row[9],
        tax_side=row[10],
    )
    return Event(row[0], EventId(row[1]), IntentId(row[2]), move, row[11], row[12])
