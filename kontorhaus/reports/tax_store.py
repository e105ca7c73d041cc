"""The coded events of a VAT return."""

from __future__ import annotations

from datetime import date

from kontorhaus.reports.vat_return import TaxEvent
from kontorhaus.runtime.work import Work

# Most entries are taxed on their own day; the few others have an index of their own. The base that
# a settlement released stands at the first event of its booking.
_EVENTS = """
with taxed as (
    select e.journal_number, e.intent_id, e.booking_date, i.tax_date, e.tax_code, e.kind,
        case e.tax_side when 'debit' then e.amount else -e.amount end as amount
    from event e join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id
    where e.tenant_id = %(tenant)s and e.tax_code is not null and i.tax_date = i.booking_date
        and e.booking_date between %(first)s and %(last)s
    union all
    select e.journal_number, e.intent_id, e.booking_date, i.tax_date, e.tax_code, e.kind,
        case e.tax_side when 'debit' then e.amount else -e.amount end
    from intent i join event e on e.tenant_id = i.tenant_id and e.intent_id = i.id
    where i.tenant_id = %(tenant)s and e.tax_code is not null and i.tax_date <> i.booking_date
        and i.tax_date between %(first)s and %(last)s
    union all
    select v.journal_number, r.intent_id, i.booking_date, i.tax_date, r.tax_code, 'net',
        -sum(r.net)::bigint
    from tax_release r join intent i on i.tenant_id = r.tenant_id and i.id = r.intent_id
    cross join lateral (
        select min(e.journal_number) as journal_number from event e
        where e.tenant_id = r.tenant_id and e.intent_id = r.intent_id
    ) v
    where r.tenant_id = %(tenant)s and r.month between %(first_month)s and %(last_month)s
    group by v.journal_number, r.intent_id, i.booking_date, i.tax_date, r.tax_code
)
select journal_number, intent_id, booking_date, tax_date, tax_code, kind, amount
from taxed order by journal_number, kind
"""

# What was paid in advance for the year; it stays paid when it is cleared at the end of the year.
_PREPAID = """
select e.journal_number, e.intent_id, e.booking_date, i.tax_date, null, e.kind,
    case e.account_debit when %(account)s then e.amount else -e.amount end
from event e join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id
where e.tenant_id = %(tenant)s and e.booking_date between %(first)s and %(last)s
    and (e.account_debit = %(account)s and i.reverses_intent_id is null
        or e.account_credit = %(account)s and i.reverses_intent_id is not null)
order by e.journal_number
"""


def prepaid(work: Work, *, account: str, first_day: date, last_day: date) -> list[TaxEvent]:
    """The payments on the account of the special prepayment in these days, less those reversed."""
    rows = work.connection.execute(
        _PREPAID,
        {"tenant": work.tenant_id, "account": account, "first": first_day, "last": last_day},
    )
    return [TaxEvent(*row) for row in rows]


def tax_events(work: Work, *, first_day: date, last_day: date) -> list[TaxEvent]:
    """The coded events whose tax date lies in these days, by number; debits are positive."""
    rows = work.connection.execute(
        _EVENTS,
        {
            "tenant": work.tenant_id,
            "first": first_day,
            "last": last_day,
            "first_month": f"{first_day:%Y-%m}",
            "last_month": f"{last_day:%Y-%m}",
        },
    )
    return [TaxEvent(*row) for row in rows]
