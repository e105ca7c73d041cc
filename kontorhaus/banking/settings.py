"""How a tenant keeps its books; a new chart must fit what is linked with the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kontorhaus.banking import store
from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.identity.model import TenantSettings
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.ledger import queries as books
from kontorhaus.ledger import rechart
from kontorhaus.runtime.work import Work

# what every posting depends on from the first one on
_FIXED = ("chart", "fiscal_year_start_month")


def change(work: Work, *, changes: Mapping[str, Any]) -> TenantSettings:
    """Change the named settings.

    Invalid: no_changes, settings. Conflict("ledger_not_empty") for chart or fiscal year once
    something was posted, or while a bank account is linked with an account of the old chart.
    """
    if not changes:
        raise Invalid("no_changes", "There is nothing to change.")
    before = queries.settings(work)
    fixed = {name for name in _FIXED if name in changes and changes[name] != getattr(before, name)}
    if fixed and not books.is_empty(work):
        raise Conflict(
            "ledger_not_empty",
            "Chart and fiscal year can only change before the first posting.",
            field=min(fixed),
        )
    if "chart" in fixed and store.accounts(work):
        raise Conflict(
            "ledger_not_empty",
            "A bank account is linked with the present chart.",
            field="chart",
        )
    after = identity.change_settings(work, changes=changes)
    if "chart" in fixed:
        rechart.replace(work, chart=after.chart)
    return after
