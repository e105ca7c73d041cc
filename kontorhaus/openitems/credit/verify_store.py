"""What verification reads of credit: movements beside balances, bookings and claims."""

from __future__ import annotations

from typing import Any

from kontorhaus.runtime.work import Work


def wrong_balances(work: Work) -> list[tuple[Any, ...]]:
    """Balances that are not the sum of their movements: party, account, kept, counted."""
    return work.connection.execute(
        "with counted as (select party_id, account, sum(amount)::bigint as amount"
        " from credit_entry where tenant_id = %(tenant)s group by party_id, account)"
        " select coalesce(b.party_id, c.party_id), coalesce(b.account, c.account),"
        " coalesce(b.amount, 0), coalesce(c.amount, 0) from (select party_id, account, amount"
        "  from credit_balance where tenant_id = %(tenant)s) b full join counted c"
        " on c.party_id = b.party_id and c.account = b.account"
        " where coalesce(b.amount, 0) <> coalesce(c.amount, 0) order by 1, 2",
        {"tenant": work.tenant_id},
    ).fetchall()


def wrong_bookings(work: Work, *, source: str) -> list[tuple[Any, ...]]:
    """Bookings that moved another amount on an account of credit than is kept of them.

    Each with its account, what is kept and what it moved. Every booking of this source, and what
    reverses it, keeps all that it moves there.
    """
    return work.connection.execute(
        "with accounts as (select distinct account from credit_entry"
        "  where tenant_id = %(tenant)s),"
        " kept as (select intent_id, account, sum(amount)::bigint as amount from credit_entry"
        "  where tenant_id = %(tenant)s group by intent_id, account),"
        " asked as (select i.id as intent_id, a.account from intent i cross join accounts a"
        "  where i.tenant_id = %(tenant)s and (i.source = %(source)s or exists (select"
        "   from intent o where o.tenant_id = i.tenant_id and o.id = i.reverses_intent_id"
        "   and o.source = %(source)s)) union select intent_id, account from kept)"
        " select q.intent_id, q.account, coalesce(k.amount, 0), m.moved from asked q"
        " left join kept k on k.intent_id = q.intent_id and k.account = q.account"
        " cross join lateral (select coalesce(sum(case when e.account_credit = q.account"
        "  then e.amount else -e.amount end), 0)::bigint as moved from event e"
        "  where e.tenant_id = %(tenant)s and e.intent_id = q.intent_id"
        "  and q.account in (e.account_debit, e.account_credit)) m"
        " where coalesce(k.amount, 0) <> m.moved order by 1, 2",
        {"tenant": work.tenant_id, "source": source},
    ).fetchall()


def wrong_payments(work: Work) -> list[tuple[Any, ...]]:
    """Claims that credit paid by another amount than was taken off them: claim, spent, taken."""
    return work.connection.execute(
        "with spent as (select intent_id, open_item_id, -sum(amount)::bigint as amount"
        "  from credit_entry where tenant_id = %(tenant)s and open_item_id is not null"
        "  group by intent_id, open_item_id)"
        " select s.open_item_id, s.amount, coalesce(t.amount, 0) from spent s left join lateral"
        " (select sum(a.amount)::bigint as amount from allocation a where a.tenant_id = %(tenant)s"
        "  and a.intent_id = s.intent_id and a.open_item_id = s.open_item_id) t on true"
        " where s.amount <> coalesce(t.amount, 0) order by 1",
        {"tenant": work.tenant_id},
    ).fetchall()
