"""What verification reads: the whole chain, and sums counted again."""

from __future__ import annotations

from collections.abc import Iterator

from kontorhaus.ledger.journal_store import EVENT, INTENT, INTENT_WIDTH, Row, event_of, intent_of
from kontorhaus.ledger.model import Event, Intent
from kontorhaus.runtime.work import Work


def chain(work: Work) -> Iterator[tuple[Event, Intent | None]]:
    """Every event in order with its intent, None where that is missing; streamed."""
    with work.connection.cursor(name="chain") as cursor:
        cursor.itersize = 5000
        cursor.execute(
            f"select {EVENT}, {INTENT} from event e left join intent i"
            " on i.tenant_id = e.tenant_id and i.id = e.intent_id"
            " where e.tenant_id = %(tenant)s order by e.journal_number",
            {"tenant": work.tenant_id},
        )
        for row in cursor:
            rest = row[-INTENT_WIDTH:]
            yield event_of(row), intent_of(rest) if rest[0] else None


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
        "with counted as (select e.tax_code, e.kind, to_char(i.tax_date, 'YYYY-MM') as month,"
        " coalesce(sum(e.amount) filter (where e.tax_side = 'debit'), 0)::bigint as debit,"
        " coalesce(sum(e.amount) filter (where e.tax_side = 'credit'), 0)::bigint as credit"
        " from event e join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id"
        " where e.tenant_id = %(tenant)s and e.tax_code is not null group by 1, 2, 3)"
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
