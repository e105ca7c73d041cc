"""The job that reads a stored body of many bookings and has them posted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import cast
from uuid import UUID

from kontorhaus.kernel.errors import Refusal
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.imports import actions as imports
from kontorhaus.ledger.imports import queries, rules
from kontorhaus.ledger.imports.model import MAX_ROWS, BookingImport, ImportId, RowOutcome
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Actor, Caller, begin
from kontorhaus.surfaces.books import import_wire

_ROWS_AT_ONCE = 2_000

_Row = Booking | Refusal


class _TakenBack(Exception):
    """Nothing of the whole stays: some rows are refused, or it was posted meanwhile."""


@task(imports.TASK)
def import_bookings(resources: Resources, caller: Caller, *, import_id: str) -> None:
    """Post the rows of an import; one that was interrupted goes on where it stood."""
    wanted = ImportId(UUID(import_id))
    with begin(resources.database, caller, read_only=True) as work:
        found = queries.booking_import(work, import_id=wanted)
    if found.is_finished:
        return
    rows = list(islice(import_wire.bookings(resources.blobs.get(found.sha256)), MAX_ROWS + 1))
    own = Caller(caller.tenant_id, _actor(found), caller.time_zone, caller.request_id)
    with begin(resources.database, own) as work:
        imports.begin(work, import_id=wanted, total=min(len(rows), MAX_ROWS))
    if not 0 < len(rows) <= MAX_ROWS:
        _fail(resources, own, wanted, "invalid_input", f"Send 1 to {MAX_ROWS} bookings.", [])
    elif found.mode == "per_row":
        _import_each(resources, own, found, rows)
    else:
        _import_whole(resources, own, wanted, rows)


def _actor(found: BookingImport) -> Actor:
    """Who asked; what is posted came by an import."""
    given = cast(dict[str, str | None], dict(found.actor))
    return Actor(
        kind=given["kind"] or "",
        id=_id(given["id"]),
        user_id=_id(given["user_id"]),
        label=given["label"] or "",
        key_prefix=given["key_prefix"],
        surface=given["surface"] or "",
        channel="import",
    )


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _parts(rows: list[_Row], start: int) -> Iterator[tuple[int, list[_Row]]]:
    """The number of the first row, and some rows, again and again."""
    for place in range(start, len(rows), _ROWS_AT_ONCE):
        yield place + 1, rows[place : place + _ROWS_AT_ONCE]


def _import_each(
    resources: Resources, caller: Caller, found: BookingImport, rows: list[_Row]
) -> None:
    for first_row, part in _parts(rows, found.processed):
        with begin(resources.database, caller) as work:
            if not imports.book_rows(work, import_id=found.id, first_row=first_row, bookings=part):
                return
    with begin(resources.database, caller) as work:
        imports.succeed(work, import_id=found.id)


def _import_whole(
    resources: Resources, caller: Caller, import_id: ImportId, rows: list[_Row]
) -> None:
    failed = _malformed(rows)
    if not failed:
        try:
            failed = _posted_whole(resources, caller, import_id, rows)
        except _TakenBack as taken_back:
            failed = taken_back.args[0]
    if failed:
        message = f"{len(failed)} rows are refused: nothing was posted."
        _fail(resources, caller, import_id, "rows_refused", message, failed)


def _malformed(rows: list[_Row]) -> list[RowOutcome]:
    """The rows that are refused before anything is posted."""
    return [
        outcome
        for number, row in enumerate(rows, start=1)
        if isinstance(row, Refusal)
        for outcome in rules.outcomes([row], first_row=number)
    ]


def _posted_whole(
    resources: Resources, caller: Caller, import_id: ImportId, rows: list[_Row]
) -> list[RowOutcome]:
    """Post all rows in one transaction; _TakenBack with those that are refused."""
    made: list[RowOutcome] = []
    with begin(resources.database, caller) as work:
        for first_row, part in _parts(rows, 0):
            made += imports.book_part(work, first_row=first_row, bookings=part)
            with begin(resources.database, caller) as beside:
                imports.show_progress(beside, import_id=import_id, processed=len(made))
        failed = [row for row in made if row.code]
        if failed or not imports.succeed(work, import_id=import_id, rows=made):
            raise _TakenBack(failed)
    return []


def _fail(
    resources: Resources,
    caller: Caller,
    import_id: ImportId,
    code: str,
    message: str,
    rows: list[RowOutcome],
) -> None:
    with begin(resources.database, caller) as work:
        imports.fail(work, import_id=import_id, code=code, message=message, rows=rows)
