"""The reports' own reading of the ledger: sums per account, period and tax code, and events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import starmap
from typing import Any

from kontorhaus.kernel.period import Period
from kontorhaus.reports.model import AccountFigures, Movement, Reading, ReportRow, Share
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


# Movements of accounts, and the sign with which each counts in the segments of the window. The rows
# of the first year say what lies before it, those of whole years what moved in them; months and
# days that count otherwise than the rest of their year are taken out of it.
_MOVED = """
    select account, 1 as before, 0 as between_, 0 as within, opening as debit, 0::bigint as credit
    from account_year where tenant_id = %(tenant)s and first_day = %(base)s and {kinds}
    union all
    select y.account, w.before, w.between_, w.within, y.debit, y.credit
    from unnest(%(whole)s::date[], %(whole_before)s::int[], %(whole_between)s::int[],
        %(whole_within)s::int[]) as w (first_day, before, between_, within)
    join account_year y on y.first_day = w.first_day
    where y.tenant_id = %(tenant)s and {kinds}
    union all
    select b.account, m.before, m.between_, m.within, b.debit, b.credit
    from unnest(%(months)s::text[], %(months_before)s::int[], %(months_between)s::int[],
        %(months_within)s::int[]) as m (period, before, between_, within)
    join account_balance b on b.period = m.period
    where b.tenant_id = %(tenant)s {balances}
    union all
    select account, before, between_, within, debit, credit from daily
"""
_STRETCHES = """
    unnest(%(firsts)s::date[], %(lasts)s::date[], %(days_before)s::int[], %(days_between)s::int[],
        %(days_within)s::int[]) as r (first_day, last_day, before, between_, within)
"""
_OF_STRETCH = "tenant_id = %(tenant)s and booking_date between r.first_day and r.last_day"
# General accounts are few: what moved on each is summed from its own two indexes.
_DAYS_OF_USED = f"""
    select u.account, r.before, r.between_, r.within,
        (select coalesce(sum(amount), 0)::bigint from event
            where {_OF_STRETCH} and account_debit = u.account) as debit,
        (select coalesce(sum(amount), 0)::bigint from event
            where {_OF_STRETCH} and account_credit = u.account) as credit
    from {_STRETCHES} cross join used u
"""
# Personal accounts are many: the events of the days are read, from an index that holds all of it.
_DAYS_OF_ALL = f"""
    select coalesce(d.account_debit, d.account_credit) as account, r.before, r.between_, r.within,
        case when d.account_credit is null then d.amount else 0 end as debit,
        case when d.account_debit is null then d.amount else 0 end as credit
    from {_STRETCHES} cross join lateral (
        select account_debit, account_credit, sum(amount)::bigint as amount from event
        where {_OF_STRETCH} group by grouping sets ((account_debit), (account_credit))
    ) d
"""
_SUMS = """
    select account, sum(before * (debit - credit))::bigint as before,
        sum(between_ * debit)::bigint as between_debit,
        sum(between_ * credit)::bigint as between_credit,
        sum(within * debit)::bigint as within_debit,
        sum(within * credit)::bigint as within_credit
    from moved group by account
"""

# The accounts that have a row in one of the years are few, so their months are looked up.
_GENERAL = f"""
with used as (
    select a.number as account, a.name, a.name_en, a.type, a.category, a.report_group, a.kind
    from account a where a.tenant_id = %(tenant)s and a.type = any(%(types)s) and a.number in (
        select account from account_year
        where tenant_id = %(tenant)s and first_day = any(%(years)s) and kind = 'general')
), daily as ({_DAYS_OF_USED}), moved as ({_MOVED.format(
    kinds="kind = 'general'",
    balances="and b.account in (select account from used)",
)}), figures as ({_SUMS})
select u.account, u.name, u.name_en, u.type, u.category, u.report_group, u.kind, f.before,
    f.between_debit, f.between_credit, f.within_debit, f.within_credit
from figures f join used u on u.account = f.account order by u.account
"""  # fmt: skip
_PERSONAL_MOVED = f"daily as ({_DAYS_OF_ALL}), moved as ({_MOVED})".format(
    kinds="kind <> 'general'", balances=""
)
# Opening balance, debits and credits of a window; a window that begins with or before its fiscal
# year shows all that moved since.
_PERSONAL_SUMS = f"""
with {_PERSONAL_MOVED}, sums as (
    select account,
        sum((before + (1 - %(shows_between)s) * between_) * (debit - credit))::bigint as opening,
        sum((within + %(shows_between)s * between_) * debit)::bigint as debit,
        sum((within + %(shows_between)s * between_) * credit)::bigint as credit
    from moved group by account
)
"""
# Where the row of the year says everything, nothing has to be summed.
_PERSONAL_SUMS_OF_YEAR = """
with sums as (
    select account, case when %(is_shown)s then opening else opening + debit - credit end
        as opening,
        case when %(is_shown)s then debit else 0 end as debit,
        case when %(is_shown)s then credit else 0 end as credit
    from account_year where tenant_id = %(tenant)s and first_day = %(base)s and kind <> 'general'
)
"""
# The names are read once as a whole: many accounts are not looked up one by one.
_PERSONAL_ROWS = """
, person as materialized (
    select number, name, name_en, type, category, report_group from account
    where tenant_id = %(tenant)s and kind <> 'general'
)
select p.number, p.name, p.name_en, p.type, p.category, p.report_group, s.debit, s.credit, s.opening
from sums s join person p on p.number = s.account
where s.debit <> 0 or s.credit <> 0 or s.opening <> 0
"""
_ROLLED_UP = f"""
with {_PERSONAL_MOVED}, figures as ({_SUMS}), persons as (
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
    """The row of every personal account that moved or has a balance, in no order."""
    sums = _PERSONAL_SUMS_OF_YEAR if reading.is_one_year else _PERSONAL_SUMS
    return list(starmap(ReportRow, _read(work, sums + _PERSONAL_ROWS, reading, ())))


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
    shows_between = window.first_day <= window.year_start
    only = reading.whole[0][1] if reading.whole else None
    return work.connection.execute(
        statement,
        {
            "tenant": work.tenant_id,
            "base": reading.base,
            "years": list(reading.years),
            "segment": only,
            "is_shown": only == 2 or (only == 1 and shows_between),
            "shows_between": int(shows_between),
            "types": list(types),
            "whole": [year for year, _ in reading.whole],
            **_signs("whole", [Share(segment) for _, segment in reading.whole]),
            "months": [period for period, _ in reading.months],
            **_signs("months", [share for _, share in reading.months]),
            "firsts": [each.first_day for each in reading.days],
            "lasts": [each.last_day for each in reading.days],
            **_signs("days", [each.share for each in reading.days]),
        },
    ).fetchall()


def _signs(name: str, shares: Iterable[Share]) -> dict[str, list[int]]:
    """The signs of shares by segment, as the statements take them."""
    signs = [share.signs for share in shares]
    return {
        f"{name}_{segment}": [each[place] for each in signs]
        for place, segment in enumerate(("before", "between", "within"))
    }


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
