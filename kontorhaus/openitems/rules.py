"""Rules of open items, pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money, total
from kontorhaus.openitems.model import Age, Booked, NewItem, OpenItem

_BUCKETS: tuple[tuple[str, int | None, int | None], ...] = (
    ("not_due", None, 0),
    ("1_30", 1, 30),
    ("31_60", 31, 60),
    ("61_90", 61, 90),
    ("over_90", 91, None),
)


def check_settlement(
    item: OpenItem, amount: Money, *, left: Money | None = None, field: str = "amount"
) -> None:
    """A settlement has the item's sign and takes no more than what is left of it.

    `left` where earlier settlements of the same transaction take from it, too.
    """
    rest = item.remaining if left is None else left
    if amount.minor * item.amount.minor <= 0:
        raise Invalid(
            "direction_mismatch",
            "The payment runs in the wrong direction for this item.",
            field=field,
        )
    if abs(amount.minor) > abs(rest.minor):
        raise Invalid(
            "settlement_exceeds_open_amount",
            f"{abs(amount)} is more than what is open: {abs(rest)}.",
            field=field,
            open_amount=abs(rest).decimal,
        )


def claimed(item: NewItem, booked: Booked, collective: str) -> NewItem:
    """The item that an invoice opens on a booking, with the account and the value in euros.

    The booking must move the party's own account, or else the collective one, by exactly the
    amount of the item: to the debit for a claim, to the credit for a debt. Where the item is in
    another currency, the booking carries that amount and the account its value in euros. A
    reversal, a reversed booking and a payment open nothing. Invalid("intent_mismatch").
    """
    if booked.is_reversed or booked.is_reversal:
        raise _no_fit("This booking was reversed, or reverses another.")
    if booked.is_settlement:
        raise _no_fit("This booking settles other invoices.")
    for account in (item.account, collective):
        moved = booked.moved.get(account, Money.zero())
        value = moved if item.kind == "receivable" else -moved
        if value and _is_worth(value, item.amount, booked):
            return replace(item, account=account, amount=value, waits=booked.waits)
    raise _no_fit(
        f"The booking does not move account {item.account} by {abs(item.amount)}"
        f" as this invoice does."
    )


def _is_worth(value: Money, amount: Money, booked: Booked) -> bool:
    if amount.currency == value.currency:
        return value == amount
    same_way = value.minor * amount.minor > 0
    return same_way and booked.foreign == (amount.currency, abs(amount).decimal)


def _no_fit(message: str) -> Invalid:
    return Invalid("intent_mismatch", message, field="intent_id")


def days_overdue(item: OpenItem, on: date) -> int:
    """Days since the due date (else the item's date); 0 or less when it is not due yet."""
    return (on - (item.due_date or item.item_date)).days


def ageing(items: Iterable[OpenItem], on: date) -> list[Age]:
    """What is open by how long it is overdue."""
    known = [(days_overdue(item, on), item.remaining) for item in items]
    result = []
    for name, first, last in _BUCKETS:
        mine = [
            amount
            for days, amount in known
            if (first is None or days >= first) and (last is None or days <= last)
        ]
        result.append(Age(name, first, last, total(mine), len(mine)))
    return result
