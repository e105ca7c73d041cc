"""The reports' own reading of the ledger: sums per account, period and tax code, and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.reports.model import AccountFigures, Movement, Reading, ReportRow
from kontorhaus.runtime.work import Work


def periods(work: Work) -> list[Period]:
    """Every period that has postings."""
    rows = work.connection.execute(
        "select period from period where tenant_id = %(tenant)s order by period",
        {"tenant": work.tenant_id},
    )
    return [Period(text) for (text,) in rows]


def years(work: Work) -> list[date]:
    """The first days of the fiscal years that the books know, oldest first."""
    rows = work.connection.execute(
        "select first_day from fiscal_year where tenant_id = %(tenant)s order by first_day",
        {"tenant": work.tenant_id},
    )
    return [first_day for (first_day,) in rows]


def has_events(work: Work, *, first_day: date, last_day: date) -> bool:
    """Whether anything is dated on these days."""
    row = work.connection.execute(
        "select exists (select from event where tenant_id = %(tenant)s"
        " and booking_date between %(first)s and %(last)s)",
        {"tenant": work.tenant_id, "first": first_day, "last": last_day},
    ).fetchone()
    return bool(row and row[0])


# Movements of accounts by segment of the window. The rows of the first year say what lies before
# it (segment 0), those of whole years what moved in them; months that lie in another segment than
# the rest of their year are taken out again.
_MOVED = """
    select account, 0 as segment, opening as debit, 0::bigint as credit from account_year
    where tenant_id = %(tenant)s and first_day = %(base)s and {kinds}
    union all
    select y.account, w.segment, y.debit, y.credit
    from unnest(%(whole)s::date[], %(whole_segments)s::int[]) as w (first_day, segment)
    join account_year y on y.first_day = w.first_day
    where y.tenant_id = %(tenant)s and {kinds}
    union all
    select b.account, s.segment, s.sign * b.debit, s.sign * b.credit
    from unnest(%(periods)s::text[], %(segments)s::int[], %(signs)s::int[])
        as s (period, segment, sign)
    join account_balance b on b.period = s.period
    where b.tenant_id = %(tenant)s {balances}
    union all
    select side.account,
        case when e.booking_date < %(low)s then 0 when e.booking_date < %(high)s then 1 else 2 end,
        side.debit, side.credit
    from unnest(%(firsts)s::date[], %(lasts)s::date[]) as r (first_day, last_day)
    join event e on e.booking_date between r.first_day and r.last_day
    cross join lateral (values (e.account_debit, e.amount, 0::bigint),
        (e.account_credit, 0::bigint, e.amount)) as side (account, debit, credit)
    where e.tenant_id = %(tenant)s {events}
"""
_SUMS = """
    select account,
        coalesce(sum(debit - credit) filter (where segment = 0), 0)::bigint as before,
        coalesce(sum(debit) filter (where segment = 1), 0)::bigint as between_debit,
        coalesce(sum(credit) filter (where segment = 1), 0)::bigint as between_credit,
        coalesce(sum(debit) filter (where segment = 2), 0)::bigint as within_debit,
        coalesce(sum(credit) filter (where segment = 2), 0)::bigint as within_credit
    from moved group by account
"""

# The accounts that have a row in one of the years are few, so their months are looked up.
_GENERAL = f"""
with used as (
    select distinct account from account_year
    where tenant_id = %(tenant)s and first_day = any(%(years)s) and kind = 'general'
), moved as ({_MOVED.format(
    kinds="kind = 'general'",
    balances="and b.account in (select account from used)",
    events="and side.account in (select account from used)",
)}), figures as ({_SUMS})
select a.number, a.name, a.name_en, a.type, a.category, a.report_group, a.kind, f.before,
    f.between_debit, f.between_credit, f.within_debit, f.within_credit
from figures f join account a on a.tenant_id = %(tenant)s and a.number = f.account
where a.type = any(%(types)s) and a.kind = 'general' order by a.number
"""  # fmt: skip
_PERSONAL_MOVED = _MOVED.format(kinds="kind <> 'general'", balances="", events="")
# Opening balance, debits and credits of a window; a window that begins with or before its fiscal
# year shows all that moved since.
_PERSONAL = f"""
with moved as ({_PERSONAL_MOVED}), figures as ({_SUMS}), sums as (
    select account, case when %(shows_between)s then before
            else before + between_debit - between_credit end as opening,
        case when %(shows_between)s then between_debit else 0 end + within_debit as debit,
        case when %(shows_between)s then between_credit else 0 end + within_credit as credit
    from figures
)
select a.number, a.name, a.name_en, a.type, a.category, a.report_group, s.debit, s.credit, s.opening
from sums s join account a on a.tenant_id = %(tenant)s and a.number = s.account
where a.kind <> 'general' and (s.debit <> 0 or s.credit <> 0 or s.opening <> 0) order by a.number
"""
_ROLLED_UP = f"""
with moved as ({_PERSONAL_MOVED}), figures as ({_SUMS}), persons as (
    select account, min(kind) as kind from account_year
    where tenant_id = %(tenant)s and first_day = any(%(years)s) and kind <> 'general'
    group by account
)
select '', '', '', case p.kind when 'customer' then 'asset' else 'liability' end, null, null,
    p.kind, sum(f.before)::bigint, sum(f.between_debit)::bigint, sum(f.between_credit)::bigint,
    sum(f.within_debit)::bigint, sum(f.within_credit)::bigint
from figures f join persons p on p.account = f.account
group by p.kind, sign(f.before + f.between_debit - f.between_credit
    + f.within_debit - f.within_credit)
"""
# Where the rows of the year say everything, no account has to be looked up.
_ROLLED_UP_YEAR = """
select '', '', '', case kind when 'customer' then 'asset' else 'liability' end, null, null, kind,
    sum(opening + case when %(segment)s = 0 then debit - credit else 0 end)::bigint,
    sum(case when %(segment)s = 1 then debit else 0 end)::bigint,
    sum(case when %(segment)s = 1 then credit else 0 end)::bigint,
    sum(case when %(segment)s = 2 then debit else 0 end)::bigint,
    sum(case when %(segment)s = 2 then credit else 0 end)::bigint
from account_year
where tenant_id = %(tenant)s and first_day = %(base)s and kind <> 'general'
group by kind, sign(opening + debit - credit)
"""


def general_figures(work: Work, *, reading: Reading, types: Sequence[str]) -> list[AccountFigures]:
    """What every general account of these types did, by number."""
    return _figures(work, _GENERAL, reading, types)


def personal_rows(work: Work, *, reading: Reading) -> list[ReportRow]:
    """The row of every personal account that moved or has a balance, by number."""
    return [
        ReportRow(*row[:6], *map(Money, row[6:])) for row in _read(work, _PERSONAL, reading, ())
    ]


def rolled_up_figures(work: Work, *, reading: Reading) -> list[AccountFigures]:
    """The personal accounts of a kind that stand on the same side as one row without number."""
    return _figures(work, _ROLLED_UP_YEAR if reading.is_one_year else _ROLLED_UP, reading, ())


def _figures(
    work: Work, statement: str, reading: Reading, types: Sequence[str]
) -> list[AccountFigures]:
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
        for row in _read(work, statement, reading, types)
    ]


def _read(
    work: Work, statement: str, reading: Reading, types: Sequence[str]
) -> list[tuple[Any, ...]]:
    # more processes take longer to start than these sums take, as does compiling them
    work.connection.execute("set local max_parallel_workers_per_gather = 0; set local jit = off")
    window = reading.window
    return work.connection.execute(
        statement,
        {
            "tenant": work.tenant_id,
            "base": reading.base,
            "years": list(reading.years),
            "whole": [year for year, _ in reading.whole],
            "whole_segments": [segment for _, segment in reading.whole],
            "segment": reading.whole[0][1] if reading.whole else None,
            "periods": [part.period for part in reading.months],
            "segments": [part.segment for part in reading.months],
            "signs": [part.sign for part in reading.months],
            "firsts": [first for first, _ in reading.days],
            "lasts": [last for _, last in reading.days],
            "low": window.low,
            "high": window.high,
            "shows_between": window.first_day <= window.year_start,
            "types": list(types),
        },
    ).fetchall()


def sums_by_period(
    work: Work, *, types: Sequence[str], periods: Sequence[str], years: Sequence[date]
) -> list[tuple[str, str, str, Movement]]:
    """Account, its type, period and movement of the general accounts of these types.

    `years` are the first days of the fiscal years in which the periods lie.
    """
    rows = work.connection.execute(
        "with used as (select distinct y.account from account_year y where"
        " y.tenant_id = %(tenant)s and y.first_day = any(%(years)s) and y.kind = 'general')"
        " select a.number, a.type, b.period, b.debit, b.credit from used u"
        " join account a on a.tenant_id = %(tenant)s and a.number = u.account"
        " join account_balance b on b.tenant_id = %(tenant)s and b.account = u.account"
        " where a.type = any(%(types)s) and b.period = any(%(periods)s)"
        " order by a.number, b.period",
        {
            "tenant": work.tenant_id,
            "years": list(years),
            "types": list(types),
            "periods": list(periods),
        },
    )
    return [(row[0], row[1], row[2], Movement(row[3], row[4])) for row in rows]


def sums_by_tax_code(
    work: Work, *, first_month: str, last_month: str
) -> list[tuple[str, str, str, Movement]]:
    """Tax code, kind (net, tax, self_assessed), month of the tax date and movement."""
    rows = work.connection.execute(
        "select tax_code, kind, month, debit, credit from tax_balance"
        " where tenant_id = %(tenant)s and month between %(first)s and %(last)s"
        " order by tax_code, kind, month",
        {"tenant": work.tenant_id, "first": first_month, "last": last_month},
    )
    return [(row[0], row[1], row[2], Movement(row[3], row[4])) for row in rows]
