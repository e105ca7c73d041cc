"""Rules of banking: what is the same movement, what settles what, what the balance is."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from operator import itemgetter

from kontorhaus.banking.model import (
    Adjustment,
    Balance,
    BankTransaction,
    BookedMovement,
    Entry,
    KeyedEntry,
    Statement,
)
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money, total
from kontorhaus.ledger.model import Line, Transfer
from kontorhaus.openitems.model import OpenItem

BOOKING_DAYS = timedelta(days=10)


def keyed(account_iban: str, statements: Sequence[Statement]) -> list[KeyedEntry]:
    """Every entry with its key; equal movements are counted, so that twins stay two.

    Statements of one camt.053 file follow one another, so they are counted together. Reports and
    notifications of one day repeat each other, so each of them is counted for itself.
    """
    counts: Counter[str] = Counter()
    result: list[KeyedEntry] = []
    for statement in statements:
        if statement.kind in ("camt.052", "camt.054"):
            counts = Counter()
        result += _keyed(account_iban, statement.entries, counts)
    return result


def keyed_entries(account_iban: str, entries: Iterable[Entry]) -> list[KeyedEntry]:
    """Entries that came in one delivery without a statement around them, each with its key."""
    return _keyed(account_iban, entries, Counter())


def _keyed(account_iban: str, entries: Iterable[Entry], counts: Counter[str]) -> list[KeyedEntry]:
    result: list[KeyedEntry] = []
    for entry in entries:
        key = whole_key = _counted(_content(account_iban, entry), counts)
        if entry.batch_amount is not None and entry.batch_reference:
            whole = _referenced(account_iban, entry, entry.batch_reference, entry.batch_amount)
            whole_key = _counted(whole, Counter())
        result.append(KeyedEntry(key, whole_key, entry))
    return result


def _content(account_iban: str, entry: Entry) -> tuple[str, ...]:
    """The bank's own reference with day and amount; without one, all that the bank tells.

    Texts differ between the formats of one bank, so they count only where nothing else does.
    """
    if entry.bank_reference and entry.batch_size == 1:
        return _referenced(account_iban, entry, entry.bank_reference, entry.amount)
    return (
        account_iban,
        entry.booking_date.isoformat(),
        (entry.value_date or entry.booking_date).isoformat(),
        str(entry.amount),
        entry.counterparty_iban,
        entry.end_to_end_id,
        normal_text(entry.purpose),
        entry.bank_reference,
    )


def _referenced(account_iban: str, entry: Entry, reference: str, amount: Money) -> tuple[str, ...]:
    return (account_iban, reference, entry.booking_date.isoformat(), str(amount))


def _counted(content: tuple[str, ...], counts: Counter[str]) -> str:
    """The hash of the content with the number of equal ones before it."""
    digest = hashlib.sha256("\x1f".join(content).encode()).hexdigest()
    counts[digest] += 1
    return f"{digest}-{counts[digest]}"


def normal_text(text: str) -> str:
    """Letters and digits in lower case: what stays equal when a bank wraps lines differently."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def settled_amount(kind: str, money_in: Money) -> Money:
    """What a movement takes off an open item: a claim shrinks by money in, a debt by money out."""
    return money_in if kind == "receivable" else -money_in


def transfer(bank: str, other: str, money_in: Money) -> Transfer:
    """Money in is a debit of the bank account, money out a credit."""
    debit, credit = (bank, other) if money_in.minor > 0 else (other, bank)
    return Transfer(debit, credit, abs(money_in), pair=1, line=1)


def check_booking(movement: BookedMovement, matched: Money, money_in: Money) -> None:
    """A booking takes transactions of its own direction until its amount is reached."""
    if movement.amount.minor * money_in.minor <= 0:
        raise Invalid(
            "direction_mismatch",
            "The booking moves the bank account in the other direction.",
            field="intent_id",
        )
    rest = abs(movement.amount) - abs(matched)
    if abs(money_in).minor > rest.minor:
        raise Invalid(
            "settlement_exceeds_open_amount",
            f"The transaction of {abs(money_in)} is more than the {rest} that are unmatched.",
            field="intent_id",
            open_amount=rest.decimal,
        )


def surplus(item: OpenItem, paid: Money, left: Money) -> Money:
    """What a customer paid beyond what is left of a claim."""
    is_claim = item.kind == "receivable" and item.party_id is not None and item.amount.minor > 0
    return max(paid - left, Money.zero()) if is_claim and paid.minor > 0 else Money.zero()


def surplus_transfers(customer: str, credit: str, amount: Money) -> tuple[Transfer, ...]:
    """What was paid too much, on its way from the customer's account to the account of credit."""
    if not amount:
        return ()
    return (Transfer(debit=customer, credit=credit, amount=amount, pair=2, line=2),)


def added_credit(
    items: Sequence[OpenItem], adjustments: Sequence[Adjustment], account: str
) -> tuple[PartyId, Money] | None:
    """What a match group puts on the account of credit for the one customer whose claims it pays.

    None where it puts nothing there, or pays claims of several customers or debts.
    """
    parties = {item.party_id if item.kind == "receivable" else None for item in items}
    amount = total(
        one.amount
        for one in adjustments
        if one.account_number == account and one.posting_side == "credit" and not one.tax_code
    )
    party_id = parties.pop() if len(parties) == 1 else None
    return (party_id, amount) if party_id is not None and amount else None


def check_group(transactions: Sequence[BankTransaction]) -> Money:
    """The sum of transactions that may form a group: one account, one currency, one direction."""
    if len({one.bank_account_id for one in transactions}) > 1:
        raise Invalid(
            "bank_tx_mixed_bank_accounts",
            "The transactions are of different bank accounts.",
            field="bank_transaction_ids",
        )
    if len({one.amount.minor > 0 for one in transactions}) > 1 or not all(
        one.amount for one in transactions
    ):
        raise Invalid(
            "direction_mismatch",
            "The transactions run in different directions.",
            field="bank_transaction_ids",
        )
    check_currency(transactions[0].amount)
    return total(one.amount for one in transactions)


def check_currency(amount: Money) -> None:
    """The books are kept in euros."""
    if amount.currency != "EUR":
        raise Invalid(
            "unsupported_settlement_currency",
            f"Payments in {amount.currency} cannot be settled yet.",
            currency=amount.currency,
        )


def group_lines(
    bank: str,
    money_in: Money,
    allocations: Sequence[tuple[str, Money]],
    adjustments: Sequence[Adjustment],
) -> list[Line]:
    """The lines of a match group: the bank, each personal account with its money in, the rest.

    What is set off within one personal account moves nothing on it.
    Invalid("group_not_balanced") if they do not balance.
    """
    per_account: dict[str, Money] = {}
    for account, amount in allocations:
        per_account[account] = per_account.get(account, Money.zero()) + amount
    lines = [_line(bank, money_in)]
    lines += [_line(account, -amount) for account, amount in per_account.items() if amount]
    lines += [
        _line(
            one.account_number,
            one.amount if one.posting_side == "debit" else -one.amount,
            one.tax_code,
        )
        for one in adjustments
    ]
    left = total(line.debit - line.credit for line in lines)
    if left:
        raise Invalid(
            "group_not_balanced",
            f"The bank amounts, allocations and adjustments differ by {abs(left)}.",
            difference=left.decimal,
        )
    return lines


def _line(account: str, debit: Money, tax_code: str | None = None) -> Line:
    nothing = Money.zero()
    if debit.minor > 0:
        return Line(account, debit, nothing, tax_code)
    return Line(account, nothing, -debit, tax_code)


def running_balances(
    closings: Sequence[Balance], sums: Sequence[tuple[date, int]], days: Sequence[date]
) -> list[int]:
    """The balance at the end of each day (all sorted): from the last stated closing balance on.

    Before the first stated one it is counted backwards; without any it is the sum of all lines.
    """
    stated = [(one.on, one.amount.minor) for one in closings if one.on is not None]
    dates = [day for day, _ in sums]
    reached = [0, *accumulate(cents for _, cents in sums)]
    result = []
    for day in days:
        moved = reached[bisect_right(dates, day)]
        if stated:
            at = max(bisect_right(stated, day, key=itemgetter(0)) - 1, 0)
            anchor, cents = stated[at]
            moved += cents - reached[bisect_right(dates, anchor)]
        result.append(moved)
    return result


def booking_score(transaction: BankTransaction, movement: BookedMovement) -> int | None:
    """How well a booking of the same amount fits, in thousandths: the nearer the days the better.

    None when they are too far apart.
    """
    days = abs(transaction.tx_date - movement.booking_date)
    return 880 - 30 * days.days if days <= BOOKING_DAYS else None
