"""The JSON shapes of what is posted: bookings and reversals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import FileId
from kontorhaus.kernel.money import Money, total
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Fx, Line, MetadataValue, Posted
from kontorhaus.surfaces.conventions import fields

_MAX_METADATA_KEYS = 20
_MAX_METADATA_KEY = 64
_MAX_METADATA_VALUE = 256
_MAX_METADATA_BYTES = 4096


def _not_negative(amount: Money) -> Money:
    if amount.minor < 0:
        raise fields.refused("must not be negative")
    return amount


NotNegative = Annotated[
    fields.Money, AfterValidator(_not_negative), WithJsonSchema({"type": "number", "minimum": 0})
]


class BookingLine(fields.In):
    """One line of a booking; exactly one of debit and credit is above zero."""

    account_number: Annotated[str, fields.text(1, 9)]
    account_name: Annotated[str, fields.text(0, 255)] | None = None
    debit: NotNegative
    credit: NotNegative
    tax_code: Annotated[str, fields.text(1, 20)] | None = None


class FxInput(fields.In):
    """The foreign amount behind a booking; all five fields belong together."""

    currency: fields.Currency
    amount: fields.Quantity
    rate: fields.Rate
    rate_date: fields.Day
    source: Literal["ECB", "manual", "bank"]


class BookingInput(fields.In):
    """A booking; the amounts of lines with a tax code are gross."""

    booking_date: fields.Day
    description: Annotated[str, fields.text(1, 500)]
    lines: Annotated[list[BookingLine], Field(min_length=1, max_length=1000)]
    skip_duplicate_check: bool = False
    adjustment_period: Literal[13, 14] | None = None
    fx: FxInput | None = None
    external_reference: Annotated[str, fields.text(1, 500)] | None = None
    custom_metadata: dict[str, str | Decimal | int | bool | None] | None = None
    document_id: fields.Id | None = None


class OpeningBalance(fields.In):
    """The balance of an account on the first day; at most one side is above zero."""

    account_number: Annotated[str, fields.text(1, 9)]
    account_name: Annotated[str, fields.text(0, 255)]
    debit: NotNegative
    credit: NotNegative


class OpeningInput(fields.In):
    """The balances with which a ledger starts."""

    booking_date: fields.Day
    balances: Annotated[list[OpeningBalance], Field(min_length=1, max_length=100_000)]


class Opened(fields.Out):
    """What came of opening balances."""

    intent_id: UUID
    event_count: int
    total_debit: fields.Money
    total_credit: fields.Money


class Booked(fields.Out):
    """What came of a booking."""

    intent_id: UUID
    event_count: int


class ReverseInput(fields.In):
    """What to reverse, and when."""

    intent_id: fields.Id
    reason: Annotated[str, fields.text(0, 500)] | None = None
    posting_mode: Literal["current_period", "original_period"] = "current_period"


class Reversed(fields.Out):
    """What came of a reversal."""

    reversal_intent_id: UUID
    original_intent_id: UUID
    event_count: int


def booking(body: BookingInput) -> Booking:
    """The booking that a body asks for."""
    return Booking(
        booking_date=body.booking_date,
        description=body.description,
        lines=tuple(
            Line(line.account_number, line.debit, line.credit, line.tax_code) for line in body.lines
        ),
        adjustment_period=body.adjustment_period,
        fx=_fx(body),
        external_reference=body.external_reference,
        custom_metadata=_metadata(body.custom_metadata),
        skip_duplicate_check=body.skip_duplicate_check,
        document_id=FileId(body.document_id) if body.document_id else None,
    )


def _fx(body: BookingInput) -> Fx | None:
    given = body.fx
    if given is None:
        return None
    return Fx(given.currency, given.amount, given.rate, given.rate_date, given.source)


def _metadata(given: dict[str, MetadataValue] | None) -> dict[str, MetadataValue] | None:
    if given is None:
        return None
    size = 0
    for key, value in given.items():
        size += len(key.encode()) + len(str(value).encode())
        if len(key) > _MAX_METADATA_KEY or len(str(value)) > _MAX_METADATA_VALUE:
            raise Invalid(
                "invalid_input",
                "Keys have at most 64, values at most 256 characters.",
                field=f"custom_metadata.{key[:_MAX_METADATA_KEY]}",
            )
    if len(given) > _MAX_METADATA_KEYS or size > _MAX_METADATA_BYTES:
        raise Invalid("invalid_input", "At most 20 keys and 4 KB in all.", field="custom_metadata")
    return {key: _as_stored(value) for key, value in given.items()}


def _as_stored(value: MetadataValue) -> MetadataValue:
    """A number as it comes back: one without digits behind the point is an integer."""
    if not isinstance(value, Decimal):
        return value
    exponent = value.as_tuple().exponent
    return int(value) if isinstance(exponent, int) and exponent >= 0 else value


def booked(posted: Posted) -> Booked:
    """What came of a booking as the API shows it."""
    return Booked(intent_id=posted.intent_id, event_count=posted.event_count)


def opening_lines(body: OpeningInput) -> list[Line]:
    """The balances as lines."""
    return [Line(each.account_number, each.debit, each.credit) for each in body.balances]


def opened(posted: Posted, lines: Sequence[Line]) -> Opened:
    """What came of opening balances as the API shows it."""
    return Opened(
        intent_id=posted.intent_id,
        event_count=posted.event_count,
        total_debit=total(line.debit for line in lines),
        total_credit=total(line.credit for line in lines),
    )


def was_reversed(posted: Posted, original_id: UUID) -> Reversed:
    """What came of a reversal as the API shows it."""
    return Reversed(
        reversal_intent_id=posted.intent_id,
        original_intent_id=original_id,
        event_count=posted.event_count,
    )
