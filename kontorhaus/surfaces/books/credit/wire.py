"""The JSON shapes of customers' credit."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from kontorhaus.kernel import money
from kontorhaus.kernel.ids import PartyId
from kontorhaus.openitems.credit import model
from kontorhaus.surfaces.conventions import fields

Account = Annotated[str, fields.text(1, 9)]
Note = Annotated[str, fields.text(0, 200)]


class MovementQuery(fields.Query):
    """Which page of the movements."""

    limit: Annotated[int, fields.whole(1, 500)] = 50
    offset: Annotated[int, fields.whole(0, None)] = 0


class CreditInput(fields.In):
    """Credit that is given, untaxed; `debit_account` is where its value came from.

    A voucher is a multi-purpose one (§ 3 (15) UStG). Without a date it is today.
    """

    kind: model.IssuedKind
    amount: fields.Money
    debit_account: Account
    booking_date: fields.Day | None = None
    note: Note | None = None


class PayOutInput(fields.In):
    """Credit that is paid back; `credit_account` is where the money left, bank or cash."""

    amount: fields.Money
    credit_account: Account
    booking_date: fields.Day | None = None
    note: Note | None = None


class Movement(fields.Out):
    """What moved the credit: above zero what was added, below zero what was spent or paid out.

    `undoes_id` is the movement that it took back.
    """

    id: UUID
    kind: model.Kind
    amount: fields.Money
    booking_date: fields.Day
    account_number: str
    intent_id: UUID
    note: str
    undoes_id: UUID | None


class Credit(fields.Out):
    """A customer's credit; its movements newest first, `total` of them."""

    customer_id: UUID
    balance: fields.Money
    movements: list[Movement]
    total: int


class Moved(fields.Out):
    """The booking that moved the credit, and what is left."""

    intent_id: UUID
    balance: fields.Money


def issued(body: CreditInput, today: date) -> model.Issued:
    """The credit that a body gives."""
    return model.Issued(
        kind=body.kind,
        amount=body.amount,
        debit_account=body.debit_account,
        day=body.booking_date or today,
        note=body.note or "",
    )


def paid_out(body: PayOutInput, today: date) -> model.PaidOut:
    """The credit that a body pays back."""
    return model.PaidOut(
        amount=body.amount,
        credit_account=body.credit_account,
        day=body.booking_date or today,
        note=body.note or "",
    )


def credit(
    party_id: PartyId, balance: money.Money, found: tuple[list[model.Movement], int]
) -> Credit:
    """A customer's credit as the API shows it."""
    movements, total = found
    return Credit(
        customer_id=party_id,
        balance=balance,
        movements=[_movement(one) for one in movements],
        total=total,
    )


def _movement(found: model.Movement) -> Movement:
    entry = found.entry
    return Movement(
        id=found.id,
        kind=entry.kind,
        amount=entry.amount,
        booking_date=entry.day,
        account_number=entry.account,
        intent_id=entry.intent_id,
        note=entry.note,
        undoes_id=found.undoes_id,
    )
