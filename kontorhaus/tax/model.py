"""Tax cases, the tax codes that books show for them, and the lines of the advance VAT return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TaxCase:
    """One way a supply is taxed under the UStG, with everything that follows from it.

    `rate` is a percentage, or None where the tax is no plain percentage of the line (OSS,
    margin scheme, import VAT). `category` and `vatex` are the codes of EN 16931 (BT-118, BT-121).
    The account mappings are keyed by chart ("SKR03", "SKR04"); None means that there is none.
    `vat_account` takes the tax owed, `input_account` the tax that may be deducted;
    `waiting_account` keeps the tax of an own supply until it is paid (§ 20 UStG).
    `ustva_*` are the numbers of the advance return (USt 1 A); `ustva_tax` is None where the
    form computes the tax from the base. `zm` is the letter of the EC sales list.
    """

    key: str
    code: str
    direction: str
    label_de: str
    label_en: str
    rate: Decimal | None
    category: str
    vatex: str | None
    exemption_de: str | None
    exemption_en: str | None
    datev_key: str | None
    revenue_account: Mapping[str, str | None]
    vat_account: Mapping[str, str | None]
    input_account: Mapping[str, str | None]
    waiting_account: Mapping[str, str | None]
    ustva_base: str | None
    ustva_tax: str | None
    ustva_input: str | None
    zm: str | None
    law: str
    valid_from: date | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class TaxCode:
    """How a booking line with this code is split; `rate` is a percentage (0..100).

    Without `self_assess_account` the line is gross and its tax goes to `vat_account`. With it
    the line stays net and the tax stands on both accounts; where nothing may be deducted,
    `vat_account` is None and the tax goes on the line's own account. A tenant's own code has one
    label for both languages and `created_at`; a system code is as old as its tenant.
    `waiting_account` is set where the tax may wait for payment (§ 20 UStG).
    """

    code: str
    label_de: str
    label_en: str
    rate: Decimal
    vat_account: str | None
    self_assess_account: str | None
    is_system: bool
    is_active: bool
    deductible: bool
    description: str | None = None
    created_at: datetime | None = None
    waiting_account: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One Kennzahl of the advance VAT return (form USt 1 A).

    `kind` is base (whole euros), tax (cents), flag, date or enum. `rate` is set where the form
    computes the tax from the base by itself.
    """

    number: str
    kind: str
    form_line: str
    rate: Decimal | None
    label_de: str
