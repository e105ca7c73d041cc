"""Claims and debts, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kontorhaus.kernel.ids import IntentId, OpenItemId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger.model import Posting

Kind = Literal["receivable", "liability"]


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is owed from a posting on: above zero a claim or debt, below zero a credit note.

    `account` is the personal account it stands on, `reference` the number people know it by.
    `waits` where tax of its booking waits for the payment (§ 20 UStG).
    """

    kind: Kind
    account: str
    party_id: PartyId | None
    intent_id: IntentId
    amount: Money
    item_date: date
    due_date: date | None
    reference: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item and what remains of it."""

    id: OpenItemId
    kind: Kind
    account: str
    party_id: PartyId | None
    intent_id: IntentId
    amount: Money
    remaining: Money
    item_date: date
    due_date: date | None
    reference: str
    waits: bool = False

    @property
    def settled(self) -> Money:
        """What was paid or set off so far."""
        return self.amount - self.remaining


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking says about an invoice that shall hang on it.

    `moved` is debit less credit of each account that it touches; `foreign` the amount in another
    currency behind it; `waits` tells whether tax of it waits for payment.
    """

    intent_id: IntentId
    moved: Mapping[str, Money]
    foreign: tuple[str, Decimal] | None
    is_reversed: bool
    is_reversal: bool
    is_settlement: bool
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """A booking that takes amounts off items, each with the item's sign; dated as its booking."""

    posting: Posting
    takes: tuple[tuple[OpenItem, Money], ...]


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one settlement took off one item."""

    open_item_id: OpenItemId
    item_intent_id: IntentId
    intent_id: IntentId
    account: str
    amount: Money
    settled_on: date


@dataclass(frozen=True, slots=True)
class Age:
    """A bucket of an ageing list: days overdue from `first` to `last` (None: no bound)."""

    name: str
    first: int | None
    last: int | None
    amount: Money
    count: int
