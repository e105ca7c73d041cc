"""Which tax codes a tenant has."""

from __future__ import annotations

from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.work import Work
from kontorhaus.tax import rules, store
from kontorhaus.tax.model import TaxCode


def codes(work: Work, *, chart: str) -> dict[str, TaxCode]:
    """System codes in the order of their table, then the tenant's own, by upper-case name."""
    known = [*rules.system_codes(chart).values(), *store.own_codes(work)]
    return {code.code.upper(): code for code in known}


def code(work: Work, *, chart: str, name: str) -> TaxCode:
    """One code in whatever case; NotFound("tax_code_not_found")."""
    found = codes(work, chart=chart).get(name.upper())
    if found is None:
        raise NotFound("tax_code_not_found", f"There is no tax code {name}.")
    return found
