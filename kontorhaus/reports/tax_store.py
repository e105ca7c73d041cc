"""The coded events of a VAT return."""

from __future__ import annotations

from datetime import date

from kontorhaus.reports.vat_return import TaxEvent
from kontorhaus.runtime.work import Work

# Most entries are taxed on their own day; the few others have an index of their own.
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
)
select journal_number, intent_id, booking_date, tax_date, tax_code, kind, amount
from taxed order by journal_number
"""


def tax_events(work: Work, *, first_day: date, last_day: date) -> list[TaxEvent]:
    """The coded events whose tax date lies in these days, by number; debits are positive."""
    rows = work.connection.execute(
        _EVENTS, {"tenant": work.tenant_id, "first": first_day, "last": last_day}
    )
    return [TaxEvent(*row) for row in rows]
