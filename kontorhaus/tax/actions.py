"""A tenant's own tax codes: made, changed, deactivated. Their accounts are checked above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kontorhaus.kernel.errors import Conflict
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Json, Work
from kontorhaus.tax import rules, store
from kontorhaus.tax.model import TaxCode


def create(work: Work, *, chart: str, code: TaxCode) -> TaxCode:
    """A new code; Conflict("duplicate_tax_code"), Invalid if rate and accounts do not fit."""
    rules.check_code(code)
    of_system = {name.upper() for name in rules.system_codes(chart)}
    if code.code.upper() in of_system or not store.insert(work, code=code):
        raise Conflict("duplicate_tax_code", f"There is a tax code {code.code} already.")
    _record(
        work,
        "tax.code_created",
        code,
        {
            "label": code.label_de,
            "rate": str(code.rate),
            "vat_account": code.vat_account,
            "self_assess_account": code.self_assess_account,
        },
    )
    return replace(code, created_at=work.now)


def change(work: Work, *, before: TaxCode, code: TaxCode) -> TaxCode:
    """A code as it shall be from now on; what is posted keeps what it was posted with.

    Conflict("system_tax_code") for one that the house brings along.
    """
    if code.is_system:
        raise Conflict("system_tax_code", f"{code.code} belongs to the system and stays as it is.")
    rules.check_code(code)
    store.update(work, code=code)
    _record(work, "tax.code_changed", code, changes.between(before, code))
    return code


def _record(work: Work, action: str, code: TaxCode, details: Mapping[str, Json]) -> None:
    work.record(action, subject="tax_code", subject_id=code.code, details=details)
