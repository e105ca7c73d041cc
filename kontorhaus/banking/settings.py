"""How a tenant keeps its books; a new chart must fit what is linked with the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kontorhaus.banking import store
from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.identity.model import TenantSettings
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.period import fiscal_year_start
from kontorhaus.ledger import queries as books
from kontorhaus.ledger import rechart
from kontorhaus.ledger.waiting import queries as waiting
from kontorhaus.runtime.work import Work

# what every posting depends on from the first one on
_FIXED = ("chart", "fiscal_year_start_month")
_VAT_METHOD = ("vat_method", "vat_method_from")


def change(work: Work, *, changes: Mapping[str, Any]) -> TenantSettings:
    """Change the named settings.

    Invalid: no_changes, settings, vat_method_from. Conflict("ledger_not_empty") for chart or
    fiscal year once something was posted, or while a bank account is linked with an account of
    the old chart; Conflict("vat_method_in_use") for days that turnover was posted for.
    """
    if not changes:
        raise Invalid("no_changes", "There is nothing to change.")
    before = queries.settings(work)
    changed = {name for name, value in changes.items() if value != getattr(before, name)}
    fixed = changed.intersection(_FIXED)
    if changed.intersection(_VAT_METHOD) and not books.is_empty(work):
        _check_vat_method(work, before, changes)
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


def _check_vat_method(work: Work, before: TenantSettings, changes: Mapping[str, Any]) -> None:
    """A method begins with a fiscal year, and with the first turnover that it shall hold for.

    § 20 UStG is granted for whole years; what was posted keeps the way in which it is taxed.
    """
    first_day = changes.get("vat_method_from", before.vat_method_from)
    if first_day is None:
        raise Invalid(
            "vat_method_from",
            "Name the day from which the VAT method holds: the first of a fiscal year.",
            field="vat_method_from",
        )
    if first_day != fiscal_year_start(first_day, before.fiscal_year_start_month):
        raise Invalid(
            "vat_method_from",
            "A VAT method begins on the first day of a fiscal year.",
            field="vat_method_from",
        )
    is_moved = changes.get("vat_method", before.vat_method) == before.vat_method
    since = min(first_day, before.vat_method_from or first_day) if is_moved else first_day
    if waiting.has_turnover(work, chart=before.chart, since=since):
        raise Conflict(
            "vat_method_in_use",
            "Turnover of this day or later is posted already: choose a later fiscal year.",
            field="vat_method_from",
        )
