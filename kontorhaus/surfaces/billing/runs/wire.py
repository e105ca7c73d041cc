"""The JSON shapes of runs that make many documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ValidationError

from kontorhaus.invoicing.model import NewDocument
from kontorhaus.invoicing.runs.model import DocumentRun, RowOutcome, RunId
from kontorhaus.kernel.errors import Refusal
from kontorhaus.surfaces.billing.documents import input as given
from kontorhaus.surfaces.conventions import errors, fields, wire_json


class JobQuery(fields.CamelQuery):
    """Which rows of the result are shown."""

    rows: Literal["all", "failed"] = "all"
    limit: Annotated[int, fields.whole(0, 10_000)] = 1000
    skip: Annotated[int, fields.whole(0, None)] = 0


class JobRef(fields.CamelOut):
    """Where the result of a job will be found."""

    id: UUID


class JobRow(fields.CamelOut):
    """What became of one row, counted from 1: a document, or why there is none.

    `details` are {field: reason}, and for an e-invoice the broken rules under `findings`.
    """

    row: int
    id: str | None
    number: str | None
    error: str | None
    details: dict[str, object] | None


class Job(fields.CamelOut):
    """How far a job came, and its result; `total` is null until the body was read.

    Of the documents `made`, `filed` have their PDF and XML stored.
    """

    id: UUID
    kind: Literal["documents.bulk"]
    status: Literal["queued", "running", "done", "failed"]
    total: int | None
    processed: int
    made: int
    failed: int
    filed: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: list[JobRow]


def documents(content: bytes, *, today: date) -> Iterator[NewDocument | Refusal]:
    """The documents of a stored body, each checked as if it came alone."""
    for value in wire_json.elements(content):
        yield value if isinstance(value, Refusal) else _document(value, today)


def _document(value: object, today: date) -> NewDocument | Refusal:
    try:
        return given.new_document(given.DocumentInput.model_validate(value), today=today)
    except ValidationError as error:
        return errors.malformed(error)
    except Refusal as refusal:
        return refusal


def started(run_id: RunId) -> JobRef:
    """A job that was asked for as the API shows it."""
    return JobRef(id=run_id)


def job(found: DocumentRun, rows: Sequence[RowOutcome]) -> Job:
    """A job with rows of its result as the API shows it."""
    return Job(
        id=found.id,
        kind="documents.bulk",
        status=found.status,
        total=found.total,
        processed=found.processed,
        made=found.made,
        failed=found.failed,
        filed=found.filed,
        error=found.message,
        created_at=found.created_at,
        started_at=found.started_at,
        finished_at=found.finished_at,
        result=[_row(row) for row in rows],
    )


def _row(row: RowOutcome) -> JobRow:
    return JobRow(
        row=row.row_number,
        id=row.public_id,
        number=row.number,
        error=row.message,
        details=None if row.details is None else dict(row.details),
    )
