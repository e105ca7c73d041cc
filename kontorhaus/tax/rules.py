"""VAT arithmetic and the tax codes that follow from the tax cases (§ 10, § 12, § 13b UStG)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.tax import cases
from kontorhaus.tax.model import TaxCase, TaxCode

# Behind the code of a supply whose tax waits for payment; no code that people enter has a colon.
_WAITING = ":ist"

# Base and tax on the form by rate, and at any other: own supplies, acquisitions from the EU.
_SUPPLIES = {Decimal(19): ("81", None), Decimal(7): ("86", None), None: ("35", "36")}
_ACQUISITIONS = {Decimal(19): ("89", None), Decimal(7): ("93", None), None: ("95", "98")}
_LINES_BY_RATE = {"81": _SUPPLIES, "86": _SUPPLIES, "89": _ACQUISITIONS, "93": _ACQUISITIONS}


def split_gross(gross: Money, rate: Decimal) -> tuple[Money, Money]:
    """Net and tax inside a gross amount; `rate` is a percentage. Net + tax = gross always."""
    net = Money.rounded(gross.decimal * 100 / (100 + rate), gross.currency)
    return net, gross - net


def tax_on_net(net: Money, rate: Decimal) -> Money:
    """The tax due on a net amount; `rate` is a percentage."""
    return Money.rounded(net.decimal * rate / 100, net.currency)


def system_codes(chart: str) -> Mapping[str, TaxCode]:
    """The codes every tenant has, in the order of the table; `chart` is SKR03 or SKR04."""
    return {case.code: system_code(case, chart) for case in cases.CASES.values()}


def system_code(case: TaxCase, chart: str) -> TaxCode:
    """The tax code of one tax case in one chart.

    A case whose tax is no percentage of the line splits nothing: its rate is 0 and it has no
    account of its own.
    """
    rate = case.rate or Decimal(0)
    is_self_assessed = case.direction == "in" and case.vat_account[chart] is not None
    own = case.vat_account if case.direction == "out" else case.input_account
    vat_account = own[chart] if rate else None
    return TaxCode(
        code=case.code,
        label_de=case.label_de,
        label_en=case.label_en,
        rate=rate,
        vat_account=vat_account,
        self_assess_account=case.vat_account[chart] if is_self_assessed else None,
        is_system=True,
        is_active=case.is_active,
        deductible=case.direction == "in" and vat_account is not None,
        description=case.law or None,
        waiting_account=case.waiting_account[chart],
    )


def waiting(code: str) -> str:
    """The code under which base and tax stand in the books until they are paid (§ 20 UStG)."""
    return f"{code}{_WAITING}"


def is_waiting(code: str) -> bool:
    """Whether a code says that base and tax wait for payment."""
    return code.endswith(_WAITING)


def released(code: str) -> str:
    """The code under which what has waited is taxed."""
    return code.removesuffix(_WAITING)


def kin(code: TaxCode, chart: str) -> TaxCase | None:
    """The tax case that posts its tax to the same accounts as a tenant's own code.

    The account says what kind of tax it is; of several cases the first with the same rate, else
    the first.
    """
    alike = _by_accounts(chart).get((code.vat_account, code.self_assess_account), ())
    same = (case for case in alike if case.rate == code.rate)
    return next(same, alike[0] if alike else None)


@cache
def _by_accounts(chart: str) -> Mapping[tuple[str | None, str | None], Sequence[TaxCase]]:
    """The cases whose tax is posted, by the account for the tax and that for self-assessed tax."""
    found: dict[tuple[str | None, str | None], list[TaxCase]] = {}
    for case in cases.CASES.values():
        code = system_code(case, chart)
        if code.vat_account or code.self_assess_account:
            found.setdefault((code.vat_account, code.self_assess_account), []).append(case)
    return found


def own_case(code: TaxCode, chart: str, *, is_owed: bool) -> TaxCase | None:
    """A tenant's own code as the tax case that its accounts tell, at its own rate.

    On an account that no case has, `is_owed` (a liability) tells tax on own supplies from input
    tax, and self-assessed tax is that of § 13b (2). None where no tax is posted: nothing then
    tells what a supply under this code is.
    """
    if not (code.vat_account or code.self_assess_account):
        return None
    case = kin(code, chart) or cases.CASES[_nearest(code, is_owed)]
    lines = _LINES_BY_RATE.get(case.ustva_base or "")
    base, tax = (case.ustva_base, case.ustva_tax)
    if lines:
        base, tax = lines.get(code.rate, lines[None])
    return replace(case, code=code.code, rate=code.rate, ustva_base=base, ustva_tax=tax)


def _nearest(code: TaxCode, is_owed: bool) -> str:
    if code.self_assess_account:
        return "VST-13B19" if code.vat_account else "VST-13B19-NV"
    return "UST19" if is_owed else "VST19"


def check_code(code: TaxCode) -> None:
    """A rate above zero needs an account: Invalid names the field."""
    if code.rate > 0 and not (code.vat_account or code.self_assess_account):
        raise Invalid(
            "invalid_input",
            "A rate above zero needs a VAT account, or an account for self-assessed tax.",
            field="vat_account",
        )
    if code.vat_account and code.vat_account == code.self_assess_account:
        raise Invalid("invalid_input", "The two accounts must differ.", field="self_assess_account")
