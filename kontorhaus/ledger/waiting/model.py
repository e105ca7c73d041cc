"""What waits for the payment of an open item, and what a settlement releases of it."""

from __future__ import annotations

from dataclasses import dataclass

from kontorhaus.kernel.ids import OpenItemId
from kontorhaus.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """A base and its tax; above zero where tax is owed, below where it is given back."""

    net: Money
    tax: Money

    def __add__(self, other: Part) -> Part:
        return Part(self.net + other.net, self.tax + other.tax)

    def __sub__(self, other: Part) -> Part:
        return Part(self.net - other.net, self.tax - other.tax)

    def __neg__(self) -> Part:
        return Part(-self.net, -self.tax)

    def __bool__(self) -> bool:
        return bool(self.net or self.tax)


NOTHING = Part(Money.zero(), Money.zero())


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one tax code put aside for one item on `account`, and what was released of it."""

    item_id: OpenItemId
    tax_code: str
    account: str
    whole: Part
    released: Part


@dataclass(frozen=True, slots=True)
class Taking:
    """What a settlement takes off an item of `amount`, of which `settled` was settled before."""

    item_id: OpenItemId
    amount: Money
    settled: Money
    taken: Money


@dataclass(frozen=True, slots=True)
class Release:
    """What is taxed now for one item under one tax code, moved from `account`."""

    item_id: OpenItemId
    tax_code: str
    account: str
    part: Part
