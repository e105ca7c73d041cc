"""Tax codes and settings over HTTP."""

from __future__ import annotations

from typing import Annotated

from kontorhaus.banking import settings as bookkeeping
from kontorhaus.identity import queries as identity
from kontorhaus.ledger import tax_codes
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.config import wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions import fields
from kontorhaus.tax import queries as tax

_READ, _WRITE = "config:read", "config:write"
CodeName = Annotated[str, fields.text(1, 20)]


@books.get(
    "/v1/tax-codes",
    scope=_READ,
    refusals=(400, 401, 403),
    answer=wire.TaxCodes,
    tags=("config",),
)
def list_tax_codes(work: Work, query: wire.TaxCodeQuery) -> wire.TaxCodes:
    """List tax codes: those of the system, then the tenant's own."""
    founded_at = identity.founded_at(work)
    found = tax.codes(work, chart=identity.settings(work).chart).values()
    return wire.TaxCodes(
        tax_codes=[
            wire.tax_code_row(code, founded_at)
            for code in found
            if code.is_active or query.include_inactive
        ]
    )


@books.post(
    "/v1/tax-codes",
    scope=_WRITE,
    status=201,
    refusals=(400, 401, 403, 409),
    answer=wire.TaxCode,
    tags=("config",),
)
def create_tax_code(work: Work, body: wire.TaxCodeInput) -> wire.TaxCode:
    """Add a tax code; a rate above zero needs an account for the tax."""
    return wire.tax_code(tax_codes.create(work, code=wire.new_code(body)))


@books.patch(
    "/v1/tax-codes/{code}",
    scope=_WRITE,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.TaxCode,
    tags=("config",),
)
def change_tax_code(work: Work, code: CodeName, body: wire.TaxCodeChange) -> wire.TaxCode:
    """Change a tax code for the postings to come."""
    return wire.tax_code(tax_codes.change(work, name=code, changes=wire.code_changes(body)))


@books.delete(
    "/v1/tax-codes/{code}",
    scope=_WRITE,
    status=200,
    refusals=(400, 401, 403, 404, 409),
    answer=wire.TaxCodeState,
    tags=("config",),
)
def delete_tax_code(work: Work, code: CodeName) -> wire.TaxCodeState:
    """Take a tax code out of use; postings keep it."""
    found = tax_codes.deactivate(work, name=code)
    return wire.TaxCodeState(code=found.code, is_active=found.is_active)


@books.get(
    "/v1/settings",
    scope=_READ,
    refusals=(401, 403),
    answer=wire.Settings,
    tags=("config",),
    etag=True,
)
def get_settings(work: Work) -> wire.Settings:
    """Show how the tenant keeps its books."""
    return wire.settings(identity.settings(work))


@books.patch(
    "/v1/settings",
    scope=_WRITE,
    refusals=(400, 401, 403, 409),
    answer=wire.Settings,
    tags=("config",),
)
def change_settings(work: Work, body: wire.SettingsChange) -> wire.Settings:
    """Change settings; chart and fiscal year only before the first posting.

    `vat_method` soll or ist begins with `vat_method_from`, the first day of a fiscal year for
    which no turnover is posted yet. § 20 UStG grants ist up to a turnover of 800,000 EUR.
    """
    return wire.settings(bookkeeping.change(work, changes=wire.settings_changes(body)))
