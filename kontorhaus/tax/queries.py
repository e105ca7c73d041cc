"""Which tax codes a tenant has."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.work import Work
from kontorhaus.tax import rules, store
from kontorhaus.tax.model import TaxCode


def codes(work: Work, *, chart: str) -> dict[str, TaxCode]:
    """System codes in the order of their table, then the tenant's own, by upper-case name."""
    own = [_like_its_kin(code, chart) for code in store.own_codes(work)]
    known = [*rules.system_codes(chart).values(), *own]
    return {code.code.upper(): code for code in known}


def _like_its_kin(code: TaxCode, chart: str) -> TaxCode:
    """The tax of an own code waits where that of the same account does."""
    case = rules.kin(code, chart)
    return replace(code, waiting_account=case.waiting_account[chart] if case else None)


def code(work: Work, *, chart: str, name: str) -> TaxCode:
    """One code in whatever case; NotFound("tax_code_not_found")."""
    found = codes(work, chart=chart).get(name.upper())
    if found is None:
        raise NotFound("tax_code_not_found", f"There is no tax code {name}.")
    return found
