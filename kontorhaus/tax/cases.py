"""The table of tax cases and the lines of the VAT return, read once from the data beside it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib import resources
from types import MappingProxyType

from kontorhaus.kernel.errors import Invalid
from kontorhaus.tax.model import ReturnLine, TaxCase


def by_code(code: str) -> TaxCase:
    """The tax case of an API code such as UST19, in any case; Invalid("tax_code") if unknown."""
    found = CASES.get(code.upper())
    if found is None:
        raise Invalid("tax_code", f"There is no tax code {code!r}.", field="tax_code")
    return found


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _accounts(row: Mapping[str, str], column: str) -> Mapping[str, str | None]:
    return MappingProxyType(
        {"SKR03": row[f"skr03_{column}"] or None, "SKR04": row[f"skr04_{column}"] or None}
    )


def _case(row: Mapping[str, str]) -> TaxCase:
    return TaxCase(
        key=row["key"],
        code=row["code"],
        direction=row["direction"],
        label_de=row["label_de"],
        label_en=row["label_en"],
        rate=Decimal(row["rate"]) if row["rate"] else None,
        category=row["category"],
        vatex=row["vatex"] or None,
        exemption_de=row["exemption_de"] or None,
        exemption_en=row["exemption_en"] or None,
        datev_key=row["datev_key"] or None,
        revenue_account=_accounts(row, "revenue"),
        vat_account=_accounts(row, "vat"),
        input_account=_accounts(row, "input"),
        waiting_account=_accounts(row, "waiting"),
        ustva_base=row["ustva_base"] or None,
        ustva_tax=row["ustva_tax"] or None,
        ustva_input=row["ustva_input"] or None,
        zm=row["zm"] or None,
        law=row["law"],
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        is_active=row["is_active"] == "1",
    )


def _return_line(row: Mapping[str, str]) -> ReturnLine:
    return ReturnLine(
        number=row["number"],
        kind=row["kind"],
        form_line=row["form_line"],
        rate=Decimal(row["rate"]) if row["rate"] else None,
        label_de=row["label_de"],
    )


# In the order of the table, which is the order in which books list their codes.
CASES: Mapping[str, TaxCase] = MappingProxyType(
    {row["code"]: _case(row) for row in _rows("tax_cases.csv")}
)
RETURN_LINES: Mapping[str, ReturnLine] = MappingProxyType(
    {row["number"]: _return_line(row) for row in _rows("ustva_kennzahlen.csv")}
)
