"""Which credit is spent first, and how it moves between accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.money import Money, total
from kontorhaus.ledger.charts import KeyAccounts
from kontorhaus.ledger.model import Account, Transfer
from kontorhaus.openitems.credit.model import IssuedKind

Part = tuple[str, Money]


def account_of(kind: IssuedKind, accounts: KeyAccounts) -> str:
    """Vouchers stand apart, since they may lapse."""
    return accounts.vouchers if kind == "voucher" else accounts.customer_credit


def spent(held: Mapping[str, Money], wanted: Money, accounts: KeyAccounts) -> tuple[Part, ...]:
    """What is taken of each account of credit, as far as it reaches; vouchers go first."""
    order = sorted(held, key=lambda account: (account != accounts.vouchers, account))
    parts, left = [], wanted
    for account in order:
        amount = min(held[account], left)
        if amount.minor > 0:
            parts.append((account, amount))
            left -= amount
    return tuple(parts)


def sum_of(parts: Sequence[Part]) -> Money:
    """What is taken in all."""
    return total(amount for _, amount in parts)


def transfers(parts: Sequence[Part], other: str) -> tuple[Transfer, ...]:
    """From the accounts of credit to another one."""
    return tuple(
        Transfer(debit=account, credit=other, amount=amount, pair=n, line=n)
        for n, (account, amount) in enumerate(parts, start=1)
    )


def check_amount(amount: Money) -> None:
    """Invalid("invalid_input") unless it is above zero."""
    if amount.minor <= 0:
        raise Invalid("invalid_input", "An amount above zero.", field="amount")


def check_counter_account(account: Account | None, number: str, field: str) -> None:
    """Invalid("account_not_found") unless it is an active general account of the chart."""
    if account is None or not account.is_active or account.kind != "general":
        raise Invalid(
            "account_not_found", f"The chart has no active general account {number}.", field=field
        )


def check_enough(parts: Sequence[Part], wanted: Money) -> None:
    """Conflict("not_enough_credit") where less is there than is to be paid out."""
    there = sum_of(parts)
    if there != wanted:
        raise Conflict(
            "not_enough_credit",
            f"The credit is {there}: pay out that at most.",
            credit=there.decimal,
        )


def check_taken_back(held: Mapping[str, Money], parts: Sequence[Part]) -> None:
    """Conflict("credit_spent") where what a booking added is no longer there."""
    for account, amount in parts:
        if held.get(account, Money.zero()) < amount:
            raise Conflict(
                "credit_spent",
                "The customer has spent the credit of this booking: take that back first.",
                account=account,
            )
