"""Another chart for books in which nothing is posted yet."""

from __future__ import annotations

from kontorhaus.ledger import chart_store, charts
from kontorhaus.ledger.model import Account
from kontorhaus.runtime.work import Work


def replace(work: Work, *, chart: str) -> None:
    """Put the accounts of `chart` in the place of the present system accounts.

    Numbers that both charts have mean different things: they take the new meaning. Accounts of
    the old chart alone are switched off, the tenant's own accounts stay.
    """
    chart_store.retire_system_accounts(work)
    chart_store.put_accounts(work, accounts=system_accounts(chart))


def system_accounts(chart: str) -> list[Account]:
    """The accounts that a chart gives a tenant."""
    return [
        Account(
            number=entry.number,
            name=entry.name_de,
            name_en=entry.name_en,
            type=entry.type,
            category=entry.hgb_position or None,
            report_group=entry.report_group or None,
            kind="general",
            is_system=True,
            is_active=entry.is_active,
        )
        for entry in charts.chart(chart).values()
    ]
