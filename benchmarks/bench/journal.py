"""Years of a hosting company in the ledger's tables and, the same, as a plain-text journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

from bench.ground import Ground
from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger.journal_store import YEAR_SUMS
from kontorhaus.runtime.database import SCHEMA

YEAR = 2025  # the last one
REVENUES = ("4400", "4300", "4338")

# Every third event is a payment; the two before it are an invoice (net and tax). The day follows
# the round, so that the journal is in the order of its days; a customer has events every month.
_EVENTS = """
create temp table made on commit drop as
select n, (n - 1) / 3 as round, ((n - 1) %% 3)::int as step,
    %(first)s::date + ((n - 1) / 3 * 3 * %(days)s / %(count)s)::int as day,
    (10001 + ((n - 1) / 3 * 7919) %% %(customers)s)::text as customer,
    1000 + ((n - 1) / 3 * 104729) %% 90000 as net
from generate_series(1::bigint, %(count)s) n
"""
_INTENTS = """
insert into intent (tenant_id, id, booking_date, period, tax_date, description, source, total,
    event_count, external_reference, duplicate_key, actor, created_at)
select %(tenant)s, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, day,
    to_char(day, 'YYYY-MM'), day,
    case step when 0 then 'Hosting für Müller, Rechnung ' else 'Zahlung ' end || round,
    'import', net + (net * 19 + 50) / 100, case step when 0 then 2 else 1 end, 'RE-' || round,
    sha256(n::text::bytea), '{}', day
from made where step <> 1
"""
_JOURNAL = """
insert into event (tenant_id, journal_number, id, intent_id, booking_date, period, account_debit,
    account_credit, amount, pair, line, kind, tax_code, tax_side, prev_hash, hash)
select %(tenant)s, n, ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
    ('01900000-0000-7000-8000-' || lpad(to_hex(n - (step = 1)::int), 12, '0'))::uuid,
    day, to_char(day, 'YYYY-MM'), case step when 2 then '1800' else customer end,
    case step when 0 then '4400' when 1 then '3806' else customer end,
    case step when 0 then net when 1 then (net * 19 + 50) / 100
        else net + (net * 19 + 50) / 100 end,
    1, 1, case step when 1 then 'tax' else 'net' end, case when step < 2 then 'UST19' end,
    case when step < 2 then 'credit' end, sha256((n - 1)::text::bytea), sha256(n::text::bytea)
from made
"""
_BALANCES = """
insert into account_balance (tenant_id, account, period, debit, credit)
select tenant_id, account, period, sum(debit), sum(credit) from (
    select tenant_id, account_debit as account, period, amount as debit, 0::bigint as credit
    from event where tenant_id = %(tenant)s
    union all
    select tenant_id, account_credit, period, 0, amount from event where tenant_id = %(tenant)s
) as side group by tenant_id, account, period
"""
_YEARS = """
insert into fiscal_year (tenant_id, first_day)
select %(tenant)s, day::date
from generate_series(%(first)s::date, %(first)s::date + %(days)s - 1, '1 year') day
"""
_YEAR_SUMS = f"""
insert into account_year (tenant_id, first_day, account, kind, opening, debit, credit)
select * from (
    with moves as (
        select account, (period || '-01')::date as day, debit, credit from account_balance
        where tenant_id = %(tenant)s
    )
    {YEAR_SUMS}
) as sums
"""
_ACCOUNTS = """
insert into account (tenant_id, number, name, name_en, type, kind, is_system)
select %(tenant)s, (10000 + n)::text, 'Kunde ' || n, 'Customer ' || n, 'asset', 'customer', false
from generate_series(1, %(customers)s) n
"""
_PERIODS = """
insert into period (tenant_id, period)
select %(tenant)s, to_char(day, 'YYYY-MM')
from generate_series(%(first)s::date, %(first)s::date + %(days)s - 1, '1 month') day
"""
_HEAD = """
update chain_head set journal_number = %(count)s where tenant_id = %(tenant)s
"""


def fill(
    ground: Ground, tenant_id: TenantId, *, events: int, customers: int, years: int = 1
) -> None:
    """Write events with their intents, accounts and balances; the hashes form no true chain."""
    first = date(YEAR - years + 1, 1, 1)
    arguments = {
        "tenant": tenant_id,
        "count": events,
        "customers": customers,
        "first": first,
        "days": (date(YEAR + 1, 1, 1) - first).days,
    }
    with psycopg.connect(ground.conninfo(is_super=True)) as connection:
        # rows that fit together by construction need no check of their foreign keys
        connection.execute(f"set search_path = {SCHEMA}; set session_replication_role = replica")
        connection.execute("set local synchronous_commit = off")
        cursor = psycopg.ClientCursor(connection)
        for statement in (
            _EVENTS,
            _ACCOUNTS,
            _PERIODS,
            _INTENTS,
            _JOURNAL,
            _BALANCES,
            _YEARS,
            _YEAR_SUMS,
            _HEAD,
        ):
            cursor.execute(statement, arguments)


_INDEXES = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
where indrelid in ('event'::regclass, 'intent'::regclass) and not indisprimary
and indexrelid not in (select conindid from pg_constraint)
"""


@contextmanager
def without_indexes(ground: Ground) -> Iterator[None]:
    """Build the indexes of the journal after the block, which is several times quicker."""
    with psycopg.connect(ground.conninfo(is_super=True), autocommit=True) as connection:
        connection.execute(f"set search_path = {SCHEMA}")
        indexes = connection.execute(_INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f"drop index {name}")
        yield
        for _, definition in indexes:
            connection.execute(definition)


def settle(ground: Ground) -> None:
    """What autovacuum does after a while."""
    with psycopg.connect(ground.conninfo(is_super=True), autocommit=True) as connection:
        connection.execute(f"set search_path = {SCHEMA}")
        connection.execute("vacuum analyze intent, event, account_balance, account_year, account")


_LINES = """
copy (
    select text from (
        select journal_number - (kind = 'tax')::int as first, journal_number, part, text
        from event e join intent i on i.tenant_id = e.tenant_id and i.id = e.intent_id
        cross join lateral (values
            (0, e.booking_date::text || ' ' || i.description, kind = 'net'),
            (1, {debit}, kind = 'net'),
            (2, {credit}, true)
        ) as shown (part, text, is_shown)
        where e.tenant_id = %(tenant)s and is_shown
    ) as lines order by first, journal_number, part
) to stdout
"""
_POSTING = "'    K' || {} || '  {}' || {} / 100 || '.' || lpad(({} %% 100)::text, 2, '0') || ' EUR'"
_DEBIT = _POSTING.format("account_debit", "", "total", "total")
_CREDIT = _POSTING.format("account_credit", "-", "amount", "amount")


def export(ground: Ground, tenant_id: TenantId, target: Path) -> int:
    """Write a tenant's journal for hledger and ledger; the number of its lines."""
    count = 0
    with psycopg.connect(ground.conninfo(is_super=True)) as connection, target.open("wb") as file:
        connection.execute(f"set search_path = {SCHEMA}")
        text = psycopg.ClientCursor(connection).mogrify(
            _LINES.format(debit=_DEBIT, credit=_CREDIT), {"tenant": tenant_id}
        )
        with connection.cursor().copy(text) as copy:
            for block in copy:
                count += bytes(block).count(b"\n")
                file.write(block)
    return count
