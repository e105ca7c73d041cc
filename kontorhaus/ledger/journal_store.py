"""The tables of the journal: intents and events are appended and read, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import EventId, FileId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.model import Event, Fx, Head, Intent, Transfer
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

_APPEND = f"""
with moves as (
    select t.account, t.day, t.debit, t.credit from unnest(%(b_account)s::text[],
        %(b_day)s::date[], %(b_debit)s::bigint[], %(b_credit)s::bigint[])
        as t (account, day, debit, credit)
), new_year as (
    insert into account_year (tenant_id, first_day, account, kind, opening, debit, credit)
    {YEAR_SUMS}
    on conflict (tenant_id, first_day, kind, account) do update
        set opening = account_year.opening + excluded.opening,
            debit = account_year.debit + excluded.debit,
            credit = account_year.credit + excluded.credit
), new_intent as (
    insert into intent (tenant_id, id, booking_date, period, tax_date, description, source,
        total, event_count, external_reference, custom_metadata, document_id,
        reverses_intent_id, reason, fx_currency, fx_amount, fx_rate, fx_rate_date, fx_source,
        duplicate_key, actor, created_at)
    select %(tenant)s, t.* from unnest(%(i_id)s::uuid[], %(i_date)s::date[],
        %(i_period)s::text[], %(i_tax_date)s::date[], %(i_text)s::text[], %(i_source)s::text[],
        %(i_total)s::bigint[], %(i_count)s::int[], %(i_reference)s::text[],
        %(i_metadata)s::jsonb[], %(i_document)s::uuid[], %(i_reverses)s::uuid[],
        %(i_reason)s::text[], %(i_fx_currency)s::text[], %(i_fx_amount)s::numeric[],
        %(i_fx_rate)s::numeric[], %(i_fx_date)s::date[], %(i_fx_source)s::text[],
        %(i_key)s::bytea[], %(i_actor)s::jsonb[], %(i_created)s::timestamptz[]) as t
), new_event as (
    insert into event (tenant_id, journal_number, id, intent_id, booking_date, period,
        account_debit, account_credit, amount, pair, line, kind, tax_code, tax_side,
        prev_hash, hash)
    select %(tenant)s, t.* from unnest(%(e_number)s::bigint[], %(e_id)s::uuid[],
        %(e_intent)s::uuid[], %(e_date)s::date[], %(e_period)s::text[], %(e_debit)s::text[],
        %(e_credit)s::text[], %(e_amount)s::bigint[], %(e_pair)s::int[], %(e_line)s::int[],
        %(e_kind)s::text[], %(e_code)s::text[], %(e_side)s::text[], %(e_prev)s::bytea[],
        %(e_hash)s::bytea[]) as t
), new_balance as (
    insert into account_balance (tenant_id, account, period, debit, credit)
    select %(tenant)s, t.* from unnest(%(b_account)s::text[], %(b_period)s::text[],
        %(b_debit)s::bigint[], %(b_credit)s::bigint[]) as t
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


def append(
    work: Work, *, intents: Sequence[tuple[Intent, bytes]], events: Sequence[Event], head: Head
) -> None:
    """Write intents (each with its duplicate key) and their events, move balances and head.

    One statement for any number of intents; the head is locked by the caller.
    """
    home = {intent.id: intent for intent, _ in intents}
    work.connection.execute(
        _APPEND,
        {
            "tenant": work.tenant_id,
            "head_number": head.journal_number,
            "head_hash": head.hash,
            **_intent_columns(intents),
            **_event_columns(events, home),
            **_balance_columns(events, home),
            **_tax_columns(events, home),
        },
    )


# PostgreSQL arrays as text: psycopg, which asks the type of each element, is far slower.
def _array(elements: Iterable[str]) -> str:
    return "{" + ",".join(elements) + "}"


def _words(values: Iterable[object]) -> str:
    """Numbers, days and words without signs of their own."""
    return _array(["NULL" if value is None else str(value) for value in values])


def _ids(values: Iterable[UUID | None]) -> str:
    return _array(["NULL" if value is None else value.hex for value in values])


def _bytes(values: Iterable[bytes]) -> str:
    return _array([rf'"\\x{value.hex()}"' for value in values])


def _texts(values: Iterable[object]) -> str:
    return _array(
        [
            "NULL"
            if value is None
            else '"' + str(value).replace("\\", r"\\").replace('"', r"\"") + '"'
            for value in values
        ]
    )


def _intent_columns(intents: Sequence[tuple[Intent, bytes]]) -> dict[str, str]:
    only = [intent for intent, _ in intents]
    actors = {id(i.actor): i.actor for i in only}
    actors_json = {key: _json(actor) for key, actor in actors.items()}
    return {
        "i_id": _ids([i.id for i in only]),
        "i_date": _words([i.booking_date for i in only]),
        "i_period": _words([i.period.text for i in only]),
        "i_tax_date": _words([i.tax_date for i in only]),
        "i_text": _texts([i.description for i in only]),
        "i_source": _texts([i.source for i in only]),
        "i_total": _words([i.total.minor for i in only]),
        "i_count": _words([i.event_count for i in only]),
        "i_reference": _texts([i.external_reference for i in only]),
        "i_metadata": _texts([_json(i.custom_metadata) for i in only]),
        "i_document": _ids([i.document_id for i in only]),
        "i_reverses": _ids([i.reverses for i in only]),
        "i_reason": _texts([i.reason for i in only]),
        "i_fx_currency": _texts([i.fx.currency if i.fx else None for i in only]),
        "i_fx_amount": _words([i.fx.amount if i.fx else None for i in only]),
        "i_fx_rate": _words([i.fx.rate if i.fx else None for i in only]),
        "i_fx_date": _words([i.fx.rate_date if i.fx else None for i in only]),
        "i_fx_source": _texts([i.fx.source if i.fx else None for i in only]),
        "i_key": _bytes([key for _, key in intents]),
        "i_actor": _texts([actors_json[id(i.actor)] for i in only]),
        "i_created": _texts([i.created_at for i in only]),
    }


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else exact_json.encode(value)


def _event_columns(events: Sequence[Event], home: Mapping[IntentId, Intent]) -> dict[str, str]:
    moves = [event.transfer for event in events]
    return {
        "e_number": _words([e.journal_number for e in events]),
        "e_id": _ids([e.id for e in events]),
        "e_intent": _ids([e.intent_id for e in events]),
        "e_date": _words([home[e.intent_id].booking_date for e in events]),
        "e_period": _words([home[e.intent_id].period.text for e in events]),
        "e_debit": _words([t.debit for t in moves]),
        "e_credit": _words([t.credit for t in moves]),
        "e_amount": _words([t.amount.minor for t in moves]),
        "e_pair": _words([t.pair for t in moves]),
        "e_line": _words([t.line for t in moves]),
        "e_kind": _words([t.kind for t in moves]),
        "e_code": _texts([t.tax_code for t in moves]),
        "e_side": _words([t.tax_side for t in moves]),
        "e_prev": _bytes([e.prev_hash for e in events]),
        "e_hash": _bytes([e.hash for e in events]),
    }


def _balance_columns(events: Sequence[Event], home: Mapping[IntentId, Intent]) -> dict[str, str]:
    sums: dict[tuple[str, str], list[int]] = {}
    for event in events:
        period, amount = home[event.intent_id].period.text, event.transfer.amount.minor
        sums.setdefault((event.transfer.debit, period), [0, 0])[0] += amount
        sums.setdefault((event.transfer.credit, period), [0, 0])[1] += amount
    rows = sorted(sums.items())
    # all days of a period lie in one month, those of P13 and P14 in the last of the fiscal year
    days = {each.period.text: each.booking_date.replace(day=1) for each in home.values()}
    return {
        "b_account": _words([key[0] for key, _ in rows]),
        "b_period": _words([key[1] for key, _ in rows]),
        "b_day": _words([days[key[1]] for key, _ in rows]),
        "b_debit": _words([pair[0] for _, pair in rows]),
        "b_credit": _words([pair[1] for _, pair in rows]),
    }


def _tax_columns(events: Sequence[Event], home: Mapping[IntentId, Intent]) -> dict[str, str]:
    sums: dict[tuple[str, str, str], list[int]] = {}
    for event in events:
        move = event.transfer
        if move.tax_code:
            month = f"{home[event.intent_id].tax_date:%Y-%m}"
            pair = sums.setdefault((move.tax_code, move.kind, month), [0, 0])
            pair[move.tax_side == "credit"] += move.amount.minor
    rows = sorted(sums.items())
    return {
        "t_code": _texts([key[0] for key, _ in rows]),
        "t_kind": _words([key[1] for key, _ in rows]),
        "t_month": _words([key[2] for key, _ in rows]),
        "t_debit": _words([pair[0] for _, pair in rows]),
        "t_credit": _words([pair[1] for _, pair in rows]),
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

    That is one of this source on the day itself, or one that moved an account of these types
    before it. What was reversed of this source does not count, nor does its reversal.
    """
    row = work.connection.execute(
        "select i.id from intent i where i.tenant_id = %(tenant)s and i.booking_date <= %(day)s"
        " and case when i.source = %(source)s then not exists (select from intent r"
        "  where r.tenant_id = i.tenant_id and r.reverses_intent_id = i.id)"
        " else i.booking_date < %(day)s and not exists (select from intent o"
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
