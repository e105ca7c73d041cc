"""The JSON shapes of what is posted: bookings and reversals."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import FileId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Fx, Line, MetadataValue, Posted
from kontorhaus.surfaces.conventions import fields

_MAX_METADATA_KEYS = 20
_MAX_METADATA_KEY = 64
_MAX_METADATA_VALUE = 256
_MAX_METADATA_BYTES = 4096


class BookingLine(fields.In):
    """One line of a booking; exactly one of debit and credit is above zero."""

    account_number: Annotated[str, fields.text(1, 9)]
    account_name: Annotated[str, fields.text(0, 255)] | None = None
    debit: fields.Money
    credit: fields.Money
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
    if body.fx is None:
        return None
    fx = Fx(body.fx.currency, body.fx.amount, body.fx.rate, body.fx.rate_date, body.fx.source)
    if fx.currency == "EUR" or fx.amount <= 0:
        raise Invalid(
            "invalid_input", "fx needs a foreign currency and an amount above zero.", field="fx"
        )
    debit = sum(line.debit.minor for line in body.lines)
    if Money.rounded(fx.amount / fx.rate).minor != debit:
        raise Invalid(
            "invalid_input", "The lines in EUR must equal fx.amount / fx.rate.", field="fx.amount"
        )
    return fx


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
    return given


def booked(posted: Posted) -> Booked:
    """What came of a booking as the API shows it."""
    return Booked(intent_id=posted.intent_id, event_count=posted.event_count)


def was_reversed(posted: Posted, original_id: UUID) -> Reversed:
    """What came of a reversal as the API shows it."""
    return Reversed(
        reversal_intent_id=posted.intent_id,
        original_intent_id=original_id,
        event_count=posted.event_count,
    )
