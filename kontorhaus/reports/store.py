"""The reports' own reading of the ledger: sums per account, period and tax code, and events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from kontorhaus.kernel.period import Period
from kontorhaus.reports.model import AccountFigures, JournalEvent, Movement, Window
from kontorhaus.runtime.work import Work


def periods(work: Work) -> list[Period]:
    """Every period that has postings."""
    rows = work.connection.execute(
        "select period from period where tenant_id = %(tenant)s order by period",
        {"tenant": work.tenant_id},
    )
    return [Period(text) for (text,) in rows]


_MOVED = """
with moved as (
    select b.account, s.segment, b.debit, b.credit
    from unnest(%(periods)s::text[], %(segments)s::int[]) as s (period, segment)
    join account_balance b on b.period = s.period
    where b.tenant_id = %(tenant)s {only_balances}
    union all
    select side.account,
        case when e.booking_date < %(low)s then 0 when e.booking_date < %(high)s then 1 else 2 end,
        side.debit, side.credit
    from unnest(%(firsts)s::date[], %(lasts)s::date[]) as r (first_day, last_day)
    join event e on e.booking_date between r.first_day and r.last_day
    cross join lateral (values (e.account_debit, e.amount, 0::bigint),
        (e.account_credit, 0::bigint, e.amount)) as side (account, debit, credit)
    where e.tenant_id = %(tenant)s {only_events}
), figures as (
    select account,
        coalesce(sum(debit - credit) filter (where segment = 0), 0)::bigint as before,
        coalesce(sum(debit) filter (where segment = 1), 0)::bigint as between_debit,
        coalesce(sum(credit) filter (where segment = 1), 0)::bigint as between_credit,
        coalesce(sum(debit) filter (where segment = 2), 0)::bigint as within_debit,
        coalesce(sum(credit) filter (where segment = 2), 0)::bigint as within_credit
    from moved group by account
)
"""

_SINGLE = """
select a.number, a.name, a.name_en, a.type, a.category, a.report_group, a.kind, f.before,
    f.between_debit, f.between_credit, f.within_debit, f.within_credit
from figures f join account a on a.tenant_id = %(tenant)s and a.number = f.account
where a.type = any(%(types)s) and (a.kind = 'general' or not %(rolled_up)s)
"""

_ROLLED_UP = """
union all
select '', '', '', a.type, null, null, a.kind, sum(f.before)::bigint,
    sum(f.between_debit)::bigint, sum(f.between_credit)::bigint,
    sum(f.within_debit)::bigint, sum(f.within_credit)::bigint
from figures f join account a on a.tenant_id = %(tenant)s and a.number = f.account
where a.type = any(%(types)s) and a.kind <> 'general' and %(rolled_up)s
group by a.type, a.kind, sign(f.before + f.between_debit - f.between_credit
    + f.within_debit - f.within_credit)
order by 1
"""

_OF_TYPES = """and {column} in (select number from account
    where tenant_id = %(tenant)s and type = any(%(types)s))"""

_ALL_FIGURES = _MOVED.format(only_balances="", only_events="") + _SINGLE + _ROLLED_UP
_FIGURES_OF_TYPES = (
    _MOVED.format(
        only_balances=_OF_TYPES.format(column="b.account"),
        only_events=_OF_TYPES.format(column="side.account"),
    )
    + _SINGLE
    + _ROLLED_UP
)


def figures(
    work: Work,
    *,
    window: Window,
    segments: Mapping[str, int],
    cut_months: Sequence[tuple[date, date]],
    types: Sequence[str],
    is_rolled_up: bool,
) -> list[AccountFigures]:
    """What every account of these types did, by number.

    Whole periods come from the balances, cut months from their events. Rolled up, the personal
    accounts of a kind that stand on the same side are one row without number.
    """
    # more processes take longer to start than these sums take
    work.connection.execute("set local max_parallel_workers_per_gather = 0")
    is_narrow = len(types) <= 2  # a few accounts, worth choosing before summing
    rows = work.connection.execute(
        _FIGURES_OF_TYPES if is_narrow else _ALL_FIGURES,
        {
            "tenant": work.tenant_id,
            "periods": list(segments),
            "segments": list(segments.values()),
            "firsts": [first for first, _ in cut_months],
            "lasts": [last for _, last in cut_months],
            "low": window.low,
            "high": window.high,
            "types": list(types),
            "rolled_up": is_rolled_up,
        },
    )
    return [
        AccountFigures(
            number=row[0],
            name=row[1],
            name_en=row[2],
            type=row[3],
            category=row[4],
            report_group=row[5],
            kind=row[6],
            before=row[7],
            between=Movement(row[8], row[9]),
            within=Movement(row[10], row[11]),
        )
        for row in rows
    ]


def sums_by_type(
    work: Work, *, types: Sequence[str], periods: Sequence[str]
) -> list[tuple[str, str, Movement]]:
    """Type of account, period and movement of all general accounts of these types."""
    rows = work.connection.execute(
        "select a.type, b.period, sum(b.debit)::bigint, sum(b.credit)::bigint"
        " from account a join account_balance b"
        " on b.tenant_id = a.tenant_id and b.account = a.number"
        " where a.tenant_id = %(tenant)s and b.tenant_id = %(tenant)s and a.kind = 'general'"
        " and a.type = any(%(types)s) and b.period = any(%(periods)s)"
        " group by a.type, b.period order by a.type, b.period",
        {"tenant": work.tenant_id, "types": list(types), "periods": list(periods)},
    )
    return [(row[0], row[1], Movement(row[2], row[3])) for row in rows]


def sums_by_tax_code(
    work: Work, *, first_month: str, last_month: str
) -> list[tuple[str, str, str, Movement]]:
    """Tax code, kind (tax, self_assessed), month of the tax date and movement."""
    rows = work.connection.execute(
        "select tax_code, kind, month, debit, credit from tax_balance"
        " where tenant_id = %(tenant)s and kind in ('tax', 'self_assessed')"
        " and month between %(first)s and %(last)s order by tax_code, kind, month",
        {"tenant": work.tenant_id, "first": first_month, "last": last_month},
    )
    return [(row[0], row[1], row[2], Movement(row[3], row[4])) for row in rows]


def account_length(work: Work) -> int:
    """Digits of the longest general account."""
    row = work.connection.execute(
        "select coalesce(max(length(number)), 0) from account"
        " where tenant_id = %(tenant)s and kind = 'general'",
        {"tenant": work.tenant_id},
    ).fetchone()
    return row[0] if row else 0


# The number of the document: the booking's own, that of the item it opened, that of the one item
# of the personal account which it settles, or that of the invoice linked to it.
_JOURNAL = """
select e.journal_number, e.intent_id, e.booking_date, i.tax_date, e.account_debit,
    e.account_credit, e.amount, e.pair, e.line, e.kind, e.tax_code, e.tax_side, i.description,
    coalesce(i.external_reference,
        (select min(o.reference) from open_item o
            where o.tenant_id = %(tenant)s and o.intent_id = e.intent_id),
        (select min(o.reference) from allocation l
            join open_item o on o.tenant_id = l.tenant_id and o.id = l.open_item_id
            where l.tenant_id = %(tenant)s and l.intent_id = e.intent_id
            and o.account in (e.account_debit, e.account_credit)
            having count(distinct o.reference) = 1),
        v.invoice_number),
    i.reverses_intent_id is not null, p.customer_account
from event e join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id
left join outgoing_invoice v on v.tenant_id = %(tenant)s
    and v.intent_id = coalesce(i.reverses_intent_id, i.id)
left join party p on p.tenant_id = %(tenant)s and p.id = v.party_id
where e.tenant_id = %(tenant)s and e.booking_date between %(first)s and %(last)s
order by e.journal_number
"""


def journal(work: Work, *, first_day: date, last_day: date) -> Iterator[JournalEvent]:
    """The events of a range of days in the order of their numbers, streamed."""
    with work.connection.cursor(name="datev_journal") as cursor:
        cursor.itersize = 5000
        cursor.execute(_JOURNAL, {"tenant": work.tenant_id, "first": first_day, "last": last_day})
        for row in cursor:
            yield JournalEvent(*row)
