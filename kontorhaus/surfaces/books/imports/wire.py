"""The JSON shapes of imports of many bookings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ValidationError

from kontorhaus.kernel.errors import Refusal
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.imports.model import BookingImport, ImportId, Mode, RowOutcome
from kontorhaus.surfaces.books.errors import Problem
from kontorhaus.surfaces.books.journal import booking_wire
from kontorhaus.surfaces.conventions import errors, fields, wire_json


class ImportQuery(fields.Query):
    """Whether one refused row refuses all, or each row stands by itself."""

    mode: Mode = "atomic"


class JobQuery(fields.Query):
    """Which rows of the result are shown."""

    rows: Literal["all", "failed"] = "all"
    limit: Annotated[int, fields.whole(0, 10_000)] = 1000
    offset: Annotated[int, fields.whole(0, None)] = 0


class JobRef(fields.Out):
    """Where the result of a job will be found."""

    id: UUID


class JobRow(fields.Out):
    """What became of one row, counted from 1: a booking, or why there is none."""

    row: int
    intent_id: UUID | None
    error: Problem | None


class Job(fields.Out):
    """How far a job came, and its result; `total` is null until the body was read."""

    id: UUID
    kind: Literal["bookings.bulk"]
    mode: Mode
    status: Literal["queued", "running", "done", "failed"]
    total: int | None
    processed: int
    posted: int
    failed: int
    error: Problem | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: list[JobRow]


def bookings(content: bytes) -> Iterator[Booking | Refusal]:
    """The bookings of a stored body, each checked as if it came alone."""
    for value in wire_json.elements(content):
        yield value if isinstance(value, Refusal) else _booking(value)


def _booking(value: object) -> Booking | Refusal:
    try:
        return booking_wire.booking(booking_wire.BookingInput.model_validate(value))
    except ValidationError as error:
        return errors.malformed(error)
    except Refusal as refusal:
        return refusal


def started(import_id: ImportId) -> JobRef:
    """A job that was asked for as the API shows it."""
    return JobRef(id=import_id)


def job(found: BookingImport, rows: Sequence[RowOutcome]) -> Job:
    """A job with rows of its result as the API shows it."""
    return Job(
        id=found.id,
        kind="bookings.bulk",
        mode=found.mode,
        status=found.status,
        total=found.total,
        processed=found.processed,
        posted=found.posted,
        failed=found.failed,
        error=_problem(found.code, found.message, None),
        created_at=found.created_at,
        started_at=found.started_at,
        finished_at=found.finished_at,
        result=[_row(row) for row in rows],
    )


def _row(row: RowOutcome) -> JobRow:
    details = None if row.details is None else dict(row.details)
    return JobRow(
        row=row.row_number,
        intent_id=row.intent_id,
        error=_problem(row.code, row.message, details),
    )


def _problem(
    code: str | None, message: str | None, details: dict[str, object] | None
) -> Problem | None:
    if code is None:
        return None
    return Problem(code=code.upper(), message=message or "", details=details)
