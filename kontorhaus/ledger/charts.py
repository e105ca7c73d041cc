"""The charts of accounts SKR03 and SKR04 and the accounts the program itself posts to."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import cast

from kontorhaus.kernel.errors import Invalid
from kontorhaus.ledger.model import AccountType, ReportGroup

CHARTS = ("SKR04", "SKR03")


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """One account of a chart.

    `type` is asset|liability|equity|revenue|expense; `hgb_side` Aktiva|Passiva|GuV and
    `hgb_position` the place in § 266 or § 275 HGB (both empty for statistical accounts).
    `datev_function` AM, AV, S/AM and S/AV split tax by themselves in DATEV. `default_tax` is
    the tax code of the account. `report_group` names the group of the reports.
    """

    number: str
    name_de: str
    name_en: str
    type: AccountType
    hgb_side: str
    hgb_position: str
    bwa_line: str
    bwa_name: str
    datev_function: str
    default_tax: str | None
    report_group: str
    is_active: bool

    @property
    def is_automatic(self) -> bool:
        """Whether DATEV computes the tax of a posting on this account from the account itself."""
        return self.datev_function.endswith(("AM", "AV"))


@dataclass(frozen=True, slots=True)
class KeyAccounts:
    """The accounts of a chart that the program posts to by itself.

    `debit_vendors` and `customer_credit` take what stands on the wrong side of a personal
    account in the balance sheet (§ 246 (2) HGB). `customer_credit` is also what customers may
    spend, but for multi-purpose vouchers (§ 3 (15) UStG), which stand on `vouchers`. Discounts
    (Skonto) and down payments are keyed by tax code.
    """

    cash: str
    bank: str
    in_transit: str
    receivables: str
    payables: str
    customer_credit: str
    vouchers: str
    debit_vendors: str
    discount_granted: Mapping[str, str]
    discount_received: Mapping[str, str]
    bank_fees: str
    small_differences: str
    special_prepayment: str
    fx_gain: str
    fx_loss: str
    vat_prepayments: str
    advances: Mapping[str, str]
    untaxed_advances: str
    opening: str
    opening_customers: str
    opening_vendors: str

    def advance(self, tax_code: str) -> str:
        """The account of down payments of customers under a tax code."""
        return self.advances.get(tax_code, self.untaxed_advances)


KEY_ACCOUNTS: Mapping[str, KeyAccounts] = MappingProxyType(
    {
        "SKR04": KeyAccounts(
            cash="1600",
            bank="1800",
            in_transit="1460",
            receivables="1200",
            payables="3300",
            customer_credit="3500",
            vouchers="3786",
            debit_vendors="1300",
            discount_granted=MappingProxyType({"UST19": "4736", "UST7": "4731"}),
            discount_received=MappingProxyType({"VST19": "5736", "VST7": "5731"}),
            bank_fees="6855",
            small_differences="6300",
            special_prepayment="3830",
            fx_gain="4840",
            fx_loss="6880",
            vat_prepayments="3820",
            advances=MappingProxyType({"UST19": "3272", "UST7": "3260"}),
            untaxed_advances="3250",
            opening="9000",
            opening_customers="9008",
            opening_vendors="9009",
        ),
        "SKR03": KeyAccounts(
            cash="1000",
            bank="1200",
            in_transit="1360",
            receivables="1400",
            payables="1600",
            customer_credit="1700",
            vouchers="1796",
            debit_vendors="1500",
            discount_granted=MappingProxyType({"UST19": "8736", "UST7": "8731"}),
            discount_received=MappingProxyType({"VST19": "3736", "VST7": "3731"}),
            bank_fees="4970",
            small_differences="4900",
            special_prepayment="1781",
            fx_gain="2660",
            fx_loss="2150",
            vat_prepayments="1780",
            advances=MappingProxyType({"UST19": "1718", "UST7": "1711"}),
            untaxed_advances="1710",
            opening="9000",
            opening_customers="9008",
            opening_vendors="9009",
        ),
    }
)

# The group of the reports that follows from the position in § 266 or § 275 HGB; the longest
# beginning of the position decides.
_GROUPS: dict[tuple[str, str], ReportGroup] = {
    ("GuV", "1"): "revenue",
    ("GuV", "2"): "inventory_change",
    ("GuV", "3"): "own_work_capitalized",
    ("GuV", "4"): "other_operating_income",
    ("GuV", "5"): "material_expense",
    ("GuV", "6"): "personnel_expense",
    ("GuV", "7"): "depreciation",
    ("GuV", "8"): "other_opex",
    ("GuV", "9"): "investment_income",
    ("GuV", "10"): "securities_income",
    ("GuV", "11"): "interest_income",
    ("GuV", "12"): "financial_write_downs",
    ("GuV", "13"): "interest_expense",
    ("GuV", "14"): "income_tax",
    ("GuV", "15"): "other_tax",
    ("Aktiva", "A.I"): "intangible_assets",
    ("Aktiva", "A.II"): "tangible_assets",
    ("Aktiva", "A.III"): "financial_assets",
    ("Aktiva", "B.I"): "inventories",
    ("Aktiva", "B.II"): "other_assets",
    ("Aktiva", "B.II.1"): "receivables",
    ("Aktiva", "B.III"): "securities",
    ("Aktiva", "B.IV"): "cash",
    ("Aktiva", "C"): "prepaid_expenses",
    ("Aktiva", "D"): "deferred_tax_assets",
    ("Aktiva", "E"): "pension_surplus",
    ("Passiva", "A"): "equity",
    ("Passiva", "SoPo"): "special_items",
    ("Passiva", "B"): "provisions",
    ("Passiva", "C"): "liabilities",
    ("Passiva", "C.2"): "bank_liabilities",
    ("Passiva", "C.4"): "payables",
    ("Passiva", "D"): "deferred_income",
    ("Passiva", "E"): "deferred_tax_liabilities",
}


@cache
def chart(name: str) -> Mapping[str, ChartAccount]:
    """All accounts of a chart by number, in the order of numbers; Invalid("chart") if unknown."""
    if name not in CHARTS:
        raise Invalid("chart", f"There is no chart {name!r}: SKR04 or SKR03.", field="chart")
    table = resources.files(__package__).joinpath("data", f"{name.lower()}.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({row["number"]: _account(row) for row in rows})


def report_group(side: str, position: str) -> str:
    """The group of the reports that a position of § 266 or § 275 HGB belongs to."""
    parts = position.split(".")
    while parts:
        group = _GROUPS.get((side, ".".join(parts)))
        if group is not None:
            return group
        parts.pop()
    raise AssertionError(f"no report group for {side} {position}")


def _account(row: Mapping[str, str]) -> ChartAccount:
    side, position = row["hgb_side"], row["hgb_position"]
    return ChartAccount(
        number=row["number"],
        name_de=row["name_de"],
        name_en=row["name_en"] or row["name_de"],
        type=cast(AccountType, row["type"]),
        hgb_side=side,
        hgb_position=position,
        bwa_line=row["bwa_line"],
        bwa_name=row["bwa_name"],
        datev_function=row["datev_function"],
        default_tax=row["default_tax"] or None,
        report_group=row["report_group"] or report_group(side, position),
        is_active=row["is_active"] == "1",
    )
