"""A tenant's own tax codes, with their accounts checked against the chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.ledger import store
from kontorhaus.runtime.work import Work
from kontorhaus.tax import actions as tax
from kontorhaus.tax import queries
from kontorhaus.tax.model import TaxCode


def create(work: Work, *, code: TaxCode) -> TaxCode:
    """A new code for postings from now on.

    Invalid: account_not_found, account_inactive, invalid_input. Conflict: duplicate_tax_code.
    """
    _check_accounts(work, code)
    return tax.create(work, chart=identity.settings(work).chart, code=code)


def change(work: Work, *, name: str, changes: Mapping[str, Any]) -> TaxCode:
    """Change the named fields of an own code (those of TaxCode); postings keep what they have.

    Invalid: no_changes and as for `create`. NotFound: tax_code_not_found. Conflict:
    system_tax_code.
    """
    code = queries.code(work, chart=identity.settings(work).chart, name=name)
    if code.is_system:
        raise Conflict("system_tax_code", f"{code.code} belongs to the system and stays as it is.")
    if not changes:
        raise Invalid("no_changes", "There is nothing to change.")
    changed = replace(code, **changes)
    _check_accounts(work, changed)
    return tax.change(work, before=code, code=changed)


def deactivate(work: Work, *, name: str) -> TaxCode:
    """Take an own code out of use."""
    return change(work, name=name, changes={"is_active": False})


def _check_accounts(work: Work, code: TaxCode) -> None:
    fields = {
        name: number
        for name, number in (
            ("vat_account", code.vat_account),
            ("self_assess_account", code.self_assess_account),
        )
        if number
    }
    found = store.accounts(work, numbers=sorted(fields.values()))
    for name, number in fields.items():
        if number not in found:
            raise Invalid("account_not_found", f"The chart has no account {number}.", field=name)
        if not found[number].is_active:
            raise Invalid("account_inactive", f"Account {number} is inactive.", field=name)
