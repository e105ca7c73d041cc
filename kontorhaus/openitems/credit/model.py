"""What moves a customer's credit, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from kontorhaus.kernel.ids import IntentId, OpenItemId, PartyId
from kontorhaus.kernel.money import Money

# The source of bookings that move credit and nothing else.
SOURCE = "credit"

Kind = Literal["overpayment", "cancellation", "voucher", "top_up", "goodwill", "payment", "refund"]
# What a seller gives of its own accord: a multi-purpose voucher (§ 3 (15) UStG), money paid in
# without a purpose, or something for goodwill. None of them bears VAT before it is spent.
IssuedKind = Literal["voucher", "top_up", "goodwill"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a booking moves on an account of credit: above zero the customer may spend more.

    `open_item_id` is the item that the booking settles: a claim that was paid with credit, or the
    credit note of a cancellation.
    """

    party_id: PartyId
    account: str
    intent_id: IntentId
    kind: Kind
    amount: Money
    day: date
    note: str = ""
    open_item_id: OpenItemId | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry as it was kept; `undoes_id` is the one that it took back."""

    id: UUID
    entry: Entry
    undoes_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """Credit that a seller gives: `debit_account` is where its value came from.

    That is bank, cash or money in transit for a voucher or a top-up that was paid for, an expense
    or a sales allowance for goodwill.
    """

    kind: IssuedKind
    amount: Money
    debit_account: str
    day: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class PaidOut:
    """Credit that a seller pays back; `credit_account` is where the money left (bank, cash)."""

    amount: Money
    credit_account: str
    day: date
    note: str = ""
