"""Rules of open items, pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money, total
from kontorhaus.openitems.model import Age, OpenItem

_BUCKETS: tuple[tuple[str, int | None, int | None], ...] = (
    ("not_due", None, 0),
    ("1_30", 1, 30),
    ("31_60", 31, 60),
    ("61_90", 61, 90),
    ("over_90", 91, None),
)


def check_settlement(item: OpenItem, amount: Money) -> None:
    """A settlement has the item's sign and takes no more than what remains."""
    if amount.minor * item.amount.minor <= 0:
        raise Invalid(
            "direction_mismatch",
            "The payment runs in the wrong direction for this item.",
            field="amount",
        )
    if abs(amount.minor) > abs(item.remaining.minor):
        raise Invalid(
            "settlement_exceeds_open_amount",
            f"{abs(amount)} is more than what is open: {abs(item.remaining)}.",
            field="amount",
            open_amount=item.remaining.decimal,
        )


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
