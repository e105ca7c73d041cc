"""Rules of opening balances (§ 242 (1) HGB): which lines may be, and what they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import total
from kontorhaus.ledger.model import Account, Line, Transfer

BALANCE_SHEET_TYPES = ("asset", "liability", "equity")


def transfers(lines: Sequence[Line], opening: str) -> tuple[Transfer, ...]:
    """Each opening balance against the account for them; lines of nothing are left out.

    Invalid: balance_mismatch.
    """
    standing = [line for line in lines if line.debit or line.credit]
    debit, credit = total(x.debit for x in standing), total(x.credit for x in standing)
    if debit != credit or not standing:
        raise Invalid(
            "balance_mismatch",
            f"Debits are {debit}, credits are {credit}: they must be equal, and above zero.",
            debit=debit.decimal,
            credit=credit.decimal,
        )
    return tuple(
        Transfer(
            line.account if line.debit else opening,
            opening if line.debit else line.account,
            line.amount,
            number,
            number,
        )
        for number, line in enumerate(standing, start=1)
    )


def check_one_side(line: Line) -> None:
    """An opening balance is a debit or a credit; Invalid("invalid_balance_entry") if both."""
    if line.debit and line.credit:
        raise Invalid(
            "invalid_balance_entry",
            f"Account {line.account} has a debit and a credit balance.",
            account_number=line.account,
        )


def check_accounts(lines: Sequence[Line], accounts: Mapping[str, Account], opening: str) -> None:
    """Opening balances stand on active balance-sheet accounts, and against an account of theirs.

    Invalid: accounts_not_found, account_type_not_allowed, account_9000_missing.
    """
    active = {number for number, account in accounts.items() if account.is_active}
    numbers = [line.account for line in lines if line.debit or line.credit]
    missing = sorted({number for number in numbers if number not in active})
    if missing:
        message = f"The chart has no active account {', '.join(missing)}."
        raise Invalid("accounts_not_found", message, accounts=missing)
    wrong = sorted(
        {n for n in numbers if accounts[n].type not in BALANCE_SHEET_TYPES or n == opening}
    )
    if wrong:
        message = f"Only balance-sheet accounts have opening balances, not {', '.join(wrong)}."
        raise Invalid("account_type_not_allowed", message, accounts=wrong)
    if opening not in active:
        message = f"The chart has no active account {opening} for opening balances."
        raise Invalid("account_9000_missing", message, account_number=opening)
