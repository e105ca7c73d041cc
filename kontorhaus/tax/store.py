"""The table of a tenant's own tax codes."""

from __future__ import annotations

from typing import Any

from kontorhaus.runtime.work import Work
from kontorhaus.tax.model import TaxCode

_CODE = "code, label, description, rate, vat_account, self_assess_account, is_active, created_at"


def own_codes(work: Work) -> list[TaxCode]:
    """The tenant's own codes, oldest first."""
    rows = work.connection.execute(
        f"select {_CODE} from tax_code where tenant_id = %(tenant)s order by created_at, code",
        {"tenant": work.tenant_id},
    )
    return [_code(row) for row in rows]


def insert(work: Work, *, code: TaxCode) -> bool:
    """A new code; False if one of that name is there, in whatever case."""
    cursor = work.connection.execute(
        "insert into tax_code (tenant_id, code, label, description, rate, vat_account,"
        " self_assess_account, is_active, created_at) values (%(tenant)s, %(code)s, %(label)s,"
        " %(description)s, %(rate)s, %(vat)s, %(self_assess)s, %(active)s, %(now)s)"
        " on conflict do nothing",
        _values(work, code),
    )
    return cursor.rowcount == 1


def update(work: Work, *, code: TaxCode) -> None:
    """Write what may change of a code."""
    work.connection.execute(
        "update tax_code set label = %(label)s, description = %(description)s, rate = %(rate)s,"
        " vat_account = %(vat)s, self_assess_account = %(self_assess)s, is_active = %(active)s"
        " where tenant_id = %(tenant)s and code = %(code)s",
        _values(work, code),
    )


def _values(work: Work, code: TaxCode) -> dict[str, Any]:
    return {
        "tenant": work.tenant_id,
        "code": code.code,
        "label": code.label_de,
        "description": code.description,
        "rate": code.rate,
        "vat": code.vat_account,
        "self_assess": code.self_assess_account,
        "active": code.is_active,
        "now": work.now,
    }


def _code(row: tuple[Any, ...]) -> TaxCode:
    return TaxCode(
        code=row[0],
        label_de=row[1],
        label_en=row[1],
        description=row[2],
        rate=row[3],
        vat_account=row[4],
        self_assess_account=row[5],
        is_system=False,
        is_active=row[6],
        deductible=row[4] is not None,
        created_at=row[7],
    )
