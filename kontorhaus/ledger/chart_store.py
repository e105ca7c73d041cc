"""The chart of a tenant as a whole, while nothing is posted on it."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.ledger.model import Account
from kontorhaus.runtime.work import Work


def retire_system_accounts(work: Work) -> None:
    """Switch every account off that came with a chart."""
    work.connection.execute(
        "update account set is_active = false"
        " where tenant_id = %(tenant)s and is_system and is_active",
        {"tenant": work.tenant_id},
    )


def put_accounts(work: Work, *, accounts: Sequence[Account]) -> None:
    """Add the accounts of a chart; numbers that are there take the new meaning.

    The tenant's own accounts keep theirs.
    """
    work.connection.cursor().executemany(
        "insert into account (tenant_id, number, name, name_en, type, category, report_group,"
        " kind, is_system, is_active) values (%(tenant)s, %(number)s, %(name)s, %(name_en)s,"
        " %(type)s, %(category)s, %(group)s, 'general', true, %(active)s)"
        " on conflict (tenant_id, number) do update set name = excluded.name,"
        " name_en = excluded.name_en, type = excluded.type, category = excluded.category,"
        " report_group = excluded.report_group, is_active = excluded.is_active"
        " where account.is_system",
        [
            {
                "tenant": work.tenant_id,
                "number": account.number,
                "name": account.name,
                "name_en": account.name_en,
                "type": account.type,
                "category": account.category,
                "group": account.report_group,
                "active": account.is_active,
            }
            for account in accounts
        ],
    )
