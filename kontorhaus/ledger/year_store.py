"""The fiscal years that the books know, and their sums per account."""

from __future__ import annotations

from datetime import date

from kontorhaus.ledger.journal_store import YEAR_SUMS, Row
from kontorhaus.runtime.work import Work

_BEGIN = """
with new_year as (
    insert into fiscal_year (tenant_id, first_day)
    select %(tenant)s, %(first)s where not exists (
        select from event where tenant_id = %(tenant)s and booking_date >= %(first)s
        and booking_date < coalesce((select min(first_day) from fiscal_year
            where tenant_id = %(tenant)s and first_day > %(first)s), 'infinity'))
    on conflict (tenant_id, first_day) do nothing
    returning first_day
)
insert into account_year (tenant_id, first_day, account, kind, opening, debit, credit)
select %(tenant)s, n.first_day, y.account, y.kind, y.opening + y.debit - y.credit, 0, 0
from new_year n join account_year y on y.tenant_id = %(tenant)s and y.first_day = (
    select max(first_day) from fiscal_year
    where tenant_id = %(tenant)s and first_day < %(first)s)
where y.tenant_id = %(tenant)s and y.opening + y.debit <> y.credit
order by y.account
"""

_DIFFERENCES = f"""
with moves as (
    select account, day, sum(debit) as debit, sum(credit) as credit from (
        select account_debit as account, date_trunc('month', booking_date)::date as day,
            amount as debit, 0::bigint as credit from event where tenant_id = %(tenant)s
        union all
        select account_credit, date_trunc('month', booking_date)::date, 0, amount
        from event where tenant_id = %(tenant)s
    ) side group by account, day
), counted (tenant_id, first_day, account, kind, opening, debit, credit) as ({YEAR_SUMS}
), kept as (
    select first_day, account, opening, debit, credit from account_year
    where tenant_id = %(tenant)s
)
select coalesce(k.account, c.account), coalesce(k.first_day, c.first_day),
    coalesce(k.opening, 0), coalesce(k.debit, 0), coalesce(k.credit, 0),
    coalesce(c.opening, 0), coalesce(c.debit, 0), coalesce(c.credit, 0)
from kept k full join counted c on c.first_day = k.first_day and c.account = k.account
where (coalesce(k.opening, 0), coalesce(k.debit, 0), coalesce(k.credit, 0))
    <> (coalesce(c.opening, 0), coalesce(c.debit, 0), coalesce(c.credit, 0))
order by 1, 2
"""


def begin(work: Work, *, first_day: date) -> None:
    """Begin a fiscal year with the balances of the one before; the caller locked the head.

    Where events lie in it already, because the tenant changed its fiscal year, they stay in the
    year that held them: reports then read more months, and find the same.
    """
    work.connection.execute(_BEGIN, {"tenant": work.tenant_id, "first": first_day})


def differences(work: Work) -> list[Row]:
    """Account, year, kept opening, debit and credit, counted ones, where they differ."""
    return work.connection.execute(_DIFFERENCES, {"tenant": work.tenant_id}).fetchall()
