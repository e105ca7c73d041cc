"""The tables of the ledger that move: chart, periods, the end of the chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kontorhaus.kernel.ids import IntentId
from kontorhaus.kernel.period import Period
from kontorhaus.ledger.model import Account, Head
from kontorhaus.runtime import arrays, patterns
from kontorhaus.runtime.work import Work

_FEW_KEYS = 20

# Duplicate key, id, description and external reference of an intent.
Repeated = tuple[bytes, IntentId, str, str | None]

_ACCOUNT = "number, name, name_en, type, category, report_group, kind, is_system, is_active"


def insert_accounts(work: Work, *, accounts: Sequence[Account]) -> int:
    """Add accounts; those whose number is there already stay as they are."""
    cursor = work.connection.execute(
        "insert into account (tenant_id, number, name, name_en, type, category, report_group,"
        " kind, is_system, is_active)"
        " select %(tenant)s, * from unnest(%(number)s::text[], %(name)s::text[],"
        " %(name_en)s::text[], %(type)s::text[], %(category)s::text[], %(group)s::text[],"
        " %(kind)s::text[], %(system)s::boolean[], %(active)s::boolean[])"
        " on conflict (tenant_id, number) do nothing",
        {
            "tenant": work.tenant_id,
            "number": [account.number for account in accounts],
            "name": [account.name for account in accounts],
            "name_en": [account.name_en for account in accounts],
            "type": [account.type for account in accounts],
            "category": [account.category for account in accounts],
            "group": [account.report_group for account in accounts],
            "kind": [account.kind for account in accounts],
            "system": [account.is_system for account in accounts],
            "active": [account.is_active for account in accounts],
        },
    )
    return cursor.rowcount


def rename_accounts(work: Work, *, numbers: Sequence[str], name: str) -> None:
    """Give accounts another name, in both languages."""
    work.connection.execute(
        "update account set name = %(name)s, name_en = %(name)s"
        " where tenant_id = %(tenant)s and number = any(%(numbers)s)",
        {"tenant": work.tenant_id, "name": name, "numbers": list(numbers)},
    )


def accounts(work: Work, *, numbers: Sequence[str]) -> dict[str, Account]:
    """Accounts by number; those that are not there are left out."""
    rows = work.connection.execute(
        f"select {_ACCOUNT} from account"
        " where tenant_id = %(tenant)s and number = any(%(numbers)s)",
        {"tenant": work.tenant_id, "numbers": list(numbers)},
    )
    return {row[0]: Account(*row) for row in rows}


def general_accounts(work: Work, *, limit: int, offset: int) -> tuple[list[Account], int]:
    """Active general accounts by number, and how many there are."""
    where = "tenant_id = %(tenant)s and is_active and kind = 'general'"
    rows = work.connection.execute(
        f"select {_ACCOUNT} from account where {where}"
        " order by number limit %(limit)s offset %(offset)s",
        {"tenant": work.tenant_id, "limit": limit, "offset": offset},
    ).fetchall()
    count = work.connection.execute(
        f"select count(*) from account where {where}", {"tenant": work.tenant_id}
    ).fetchone()
    return [Account(*row) for row in rows], count[0] if count else 0


def search_accounts(
    work: Work, *, text: str, account_type: str | None, limit: int
) -> list[Account]:
    """Active accounts whose number begins with a text or whose name holds it."""
    rows = work.connection.execute(
        f"select {_ACCOUNT} from account where tenant_id = %(tenant)s and is_active"
        " and (number like %(prefix)s or name ilike %(part)s or name_en ilike %(part)s)"
        " and (%(type)s::text is null or type = %(type)s)"
        " order by number like %(prefix)s desc, number limit %(limit)s",
        {
            "tenant": work.tenant_id,
            "prefix": patterns.beginning_with(text),
            "part": patterns.containing(text),
            "type": account_type,
            "limit": limit,
        },
    )
    return [Account(*row) for row in rows]


def insert_head(work: Work, *, head: Head) -> None:
    """Begin the chain; one that has begun stays."""
    work.connection.execute(
        "insert into chain_head (tenant_id, journal_number, hash)"
        " values (%(tenant)s, %(number)s, %(hash)s) on conflict (tenant_id) do nothing",
        {"tenant": work.tenant_id, "number": head.journal_number, "hash": head.hash},
    )


def share_period(work: Work, *, period: Period) -> str | None:
    """The state of a period, which stays so until the transaction ends.

    The advisory lock is a door with a queue: whoever wants the period alone waits for those who
    are in, and later ones wait behind. The row lock by itself would let them pass for ever.
    """
    with work.connection.pipeline():
        work.connection.execute(
            "select pg_advisory_xact_lock_shared("
            "hashtextextended(%(tenant)s::text || %(period)s, 0))",
            {"tenant": work.tenant_id, "period": period.text},
        )
        found = work.connection.execute(
            "select state from period"
            " where tenant_id = %(tenant)s and period = %(period)s for share",
            {"tenant": work.tenant_id, "period": period.text},
        )
        row = found.fetchone()
    return row[0] if row else None


def insert_period(work: Work, *, period: Period) -> None:
    """Create a period that is open."""
    work.connection.execute(
        "insert into period (tenant_id, period) values (%(tenant)s, %(period)s)"
        " on conflict (tenant_id, period) do nothing",
        {"tenant": work.tenant_id, "period": period.text},
    )


def lock_head(
    work: Work, *, duplicate_keys: Sequence[bytes]
) -> tuple[Head, list[Repeated], list[date]]:
    """Lock the end of the chain; then look for intents with one of these keys, and for the years.

    The statements travel together; the later ones see what was committed before the lock came.
    """
    with work.connection.pipeline():
        head = work.connection.execute(
            "select journal_number, hash from chain_head where tenant_id = %(tenant)s for update",
            {"tenant": work.tenant_id},
        )
        found = repeated(work, duplicate_keys=duplicate_keys)
        years = work.connection.execute(
            "select first_day from fiscal_year where tenant_id = %(tenant)s order by first_day",
            {"tenant": work.tenant_id},
        )
        row = head.fetchone()
        begun = [first_day for (first_day,) in years]
    assert row is not None, "the books of this tenant were opened"
    return Head(row[0], row[1]), list(found), begun


def repeated(work: Work, *, duplicate_keys: Sequence[bytes]) -> Iterator[Repeated]:
    """Standing intents with one of these keys; the caller locked the end of the chain."""
    if not duplicate_keys:
        return iter(())
    rows = work.connection.execute(
        "select i.duplicate_key, i.id, i.description, i.external_reference from intent i"
        " where i.tenant_id = %(tenant)s and i.duplicate_key = any(%(keys)s::bytea[])"
        " and i.reverses_intent_id is null and not exists (select from intent r"
        " where r.tenant_id = i.tenant_id and r.reverses_intent_id = i.id) order by i.id",
        {"tenant": work.tenant_id, "keys": arrays.binary(duplicate_keys)},
        # a plan that is kept was made for few keys, in books that may have been empty
        prepare=False if len(duplicate_keys) > _FEW_KEYS else None,
    )
    return ((key, IntentId(i), text, ref) for key, i, text, ref in rows)


def head(work: Work) -> Head | None:
    """The end of the chain, not locked."""
    row = work.connection.execute(
        "select journal_number, hash from chain_head where tenant_id = %(tenant)s",
        {"tenant": work.tenant_id},
    ).fetchone()
    return Head(*row) if row else None
