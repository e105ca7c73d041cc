"""What verification reads: the whole chain, and sums counted again."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kontorhaus.kernel.ids import IntentId
from kontorhaus.ledger.journal_store import EVENT, INTENT, Row, event_of, intent_of
from kontorhaus.ledger.model import Event, Intent
from kontorhaus.runtime.work import Work

_AT_ONCE = 20_000


def chain(work: Work) -> Iterator[tuple[Event, Intent | None]]:
    """Every event in order with its intent, None where that is missing; some at a time."""
    last = 0
    while events := _events_after(work, last):
        intents = _intents(work, {event.intent_id for event in events})
        for event in events:
            yield event, intents.get(event.intent_id)
        last = events[-1].journal_number


def _events_after(work: Work, last: int) -> list[Event]:
    rows = work.connection.execute(
        f"select {EVENT} from event e where e.tenant_id = %(tenant)s"
        " and e.journal_number > %(last)s order by e.journal_number limit %(limit)s",
        {"tenant": work.tenant_id, "last": last, "limit": _AT_ONCE},
    )
    return [event_of(row) for row in rows]


def _intents(work: Work, ids: Collection[IntentId]) -> dict[IntentId, Intent]:
    rows = work.connection.execute(
        f"select {INTENT} from intent i where i.tenant_id = %(tenant)s and i.id = any(%(ids)s)",
        {"tenant": work.tenant_id, "ids": list(ids)},
    )
    return {intent.id: intent for intent in map(intent_of, rows)}


def join_as_a_whole(work: Work) -> None:
    """Join whole tables in one go until the transaction ends.

    Row by row would be chosen for a tenant that the statistics do not know yet, and never end.
    """
    work.connection.execute("set local enable_nestloop = off")


def balance_differences(work: Work) -> list[Row]:
    """Account, period, kept debit and credit, counted debit and credit, where they differ."""
    return work.connection.execute(
        "with counted as (select account, period, sum(debit)::bigint as debit,"
        " sum(credit)::bigint as credit from (select account_debit as account, period,"
        " amount as debit, 0::bigint as credit from event where tenant_id = %(tenant)s"
        " union all select account_credit, period, 0, amount from event"
        " where tenant_id = %(tenant)s) moves group by account, period)"
        " select coalesce(b.account, c.account), coalesce(b.period, c.period),"
        " coalesce(b.debit, 0), coalesce(b.credit, 0), coalesce(c.debit, 0),"
        " coalesce(c.credit, 0) from (select account, period, debit, credit from account_balance"
        " where tenant_id = %(tenant)s) b"
        " full join counted c on c.account = b.account and c.period = b.period"
        " where (coalesce(b.debit, 0), coalesce(b.credit, 0))"
        " <> (coalesce(c.debit, 0), coalesce(c.credit, 0)) order by 1, 2",
        {"tenant": work.tenant_id},
    ).fetchall()


def tax_differences(work: Work) -> list[Row]:
    """Tax code, kind, month, kept debit and credit, counted ones, where they differ."""
    return work.connection.execute(
        "with coded as (select e.tax_code, e.kind, e.intent_id,"
        " case e.tax_side when 'debit' then e.amount else 0 end as debit,"
        " case e.tax_side when 'credit' then e.amount else 0 end as credit"
        " from event e where e.tenant_id = %(tenant)s and e.tax_code is not null union all"
        " select tax_code, 'net', intent_id, greatest(-net, 0), greatest(net, 0)"
        " from tax_release where tenant_id = %(tenant)s),"
        " counted as (select c.tax_code, c.kind, to_char(i.tax_date, 'YYYY-MM') as month,"
        " sum(c.debit)::bigint as debit, sum(c.credit)::bigint as credit"
        " from coded c join intent i on i.tenant_id = %(tenant)s and i.id = c.intent_id"
        " group by 1, 2, 3)"
        " select coalesce(b.tax_code, c.tax_code), coalesce(b.kind, c.kind),"
        " coalesce(b.month, c.month), coalesce(b.debit, 0), coalesce(b.credit, 0),"
        " coalesce(c.debit, 0), coalesce(c.credit, 0) from (select tax_code, kind, month, debit,"
        " credit from tax_balance where tenant_id = %(tenant)s) b full join counted c"
        " on c.tax_code = b.tax_code and c.kind = b.kind and c.month = b.month"
        " where (coalesce(b.debit, 0), coalesce(b.credit, 0))"
        " <> (coalesce(c.debit, 0), coalesce(c.credit, 0)) order by 1, 2, 3",
        {"tenant": work.tenant_id},
    ).fetchall()


def hollow_intents(work: Work) -> list[Row]:
    """Intents whose events are not as many as they say: id, said, found."""
    return work.connection.execute(
        "select i.id, i.event_count, count(e.id) from intent i left join event e"
        " on e.tenant_id = i.tenant_id and e.intent_id = i.id"
        " where i.tenant_id = %(tenant)s group by i.id, i.event_count"
        " having count(e.id) <> i.event_count order by i.id",
        {"tenant": work.tenant_id},
    ).fetchall()
