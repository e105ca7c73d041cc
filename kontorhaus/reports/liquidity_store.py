"""What is open by party and age, and what moved on bank and cash accounts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from kontorhaus.reports.model import Movement
from kontorhaus.runtime.work import Work

_AGEING = """
with due as (
    select o.kind, o.account, o.party_id, %(on)s::date - coalesce(o.due_date, o.item_date) as days,
        o.remaining + coalesce((
            select sum(l.amount) from allocation l where l.tenant_id = %(tenant)s
            and l.open_item_id = o.id and l.settled_on > %(on)s), 0) as remaining
    from open_item o where o.tenant_id = %(tenant)s and o.item_date <= %(on)s
        and (o.remaining <> 0 or (%(is_past)s and exists (
            select from allocation l where l.tenant_id = %(tenant)s
            and l.open_item_id = o.id and l.settled_on > %(on)s)))
)
select d.kind, d.account, a.name, min(d.party_id::text)::uuid, count(*),
    coalesce(sum(d.remaining) filter (where d.days <= 0), 0)::bigint,
    coalesce(sum(d.remaining) filter (where d.days between 1 and 30), 0)::bigint,
    coalesce(sum(d.remaining) filter (where d.days between 31 and 60), 0)::bigint,
    coalesce(sum(d.remaining) filter (where d.days between 61 and 90), 0)::bigint,
    coalesce(sum(d.remaining) filter (where d.days > 90), 0)::bigint
from due d join account a on a.tenant_id = %(tenant)s and a.number = d.account
where d.remaining <> 0
group by d.kind, d.account, a.name order by d.kind, d.account
"""

_CASH = """
with liquid as (
    select number from account where tenant_id = %(tenant)s
        and (report_group = 'cash' or number in (
            select account_number from bank_account where tenant_id = %(tenant)s))
), moved as (
    select e.booking_date, e.account_credit as contra, e.amount as debit, 0::bigint as credit
    from event e where e.tenant_id = %(tenant)s
        and e.account_debit in (select number from liquid)
        and e.account_credit not in (select number from liquid)
        and e.booking_date between %(first)s and %(last)s
    union all
    select e.booking_date, e.account_debit, 0, e.amount
    from event e where e.tenant_id = %(tenant)s
        and e.account_credit in (select number from liquid)
        and e.account_debit not in (select number from liquid)
        and e.booking_date between %(first)s and %(last)s
), sums as (
    select date_trunc('month', booking_date::timestamp) as month, contra, sum(debit) as debit,
        sum(credit) as credit
    from moved group by 1, 2
)
select to_char(s.month, 'YYYY-MM'),
    case a.kind when 'customer' then 'customers' when 'vendor' then 'vendors'
        else coalesce(a.report_group, a.type) end,
    sum(s.debit)::bigint, sum(s.credit)::bigint
from sums s join account a on a.tenant_id = %(tenant)s and a.number = s.contra
group by 1, 2 order by 1, 2
"""


def ageing(
    work: Work, *, on: date, is_past: bool
) -> list[tuple[str, str, str, UUID | None, int, tuple[int, ...]]]:
    """Kind, account, its name, party, number of items, and cents by age, by kind and account.

    The ages are: not due, 1 to 30 days overdue, 31 to 60, 61 to 90, more. On a past day what was
    settled later is open still.
    """
    rows = work.connection.execute(
        _AGEING, {"tenant": work.tenant_id, "on": on, "is_past": is_past}
    )
    return [(row[0], row[1], row[2], row[3], row[4], tuple(row[5:])) for row in rows]


def cash(work: Work, *, first_day: date, last_day: date) -> list[tuple[str, str, Movement]]:
    """Month, group of the contra account, and what came in (debit) and went out (credit).

    Transfers between bank and cash accounts are left out.
    """
    rows = work.connection.execute(
        _CASH, {"tenant": work.tenant_id, "first": first_day, "last": last_day}
    )
    return [(row[0], row[1], Movement(row[2], row[3])) for row in rows]
