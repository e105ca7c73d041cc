"""The job that reads a stored body of many bookings and has them posted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from kontorhaus.kernel.errors import Refusal
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.imports import actions as imports
from kontorhaus.ledger.imports import queries
from kontorhaus.ledger.imports.model import MAX_ROWS, BookingImport, ImportId, RowOutcome
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Actor, Caller, begin
from kontorhaus.surfaces.books.imports import wire as import_wire
from kontorhaus.surfaces.conventions import wire_json

_ROWS_AT_ONCE = 2_000
_MANY_ROWS = 1_000

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
    content = resources.blobs.get(found.sha256)
    total = wire_json.count_elements(content)
    own = Caller(
        caller.tenant_id, Actor.importing(found.actor), caller.time_zone, caller.request_id
    )
    with begin(resources.database, own) as work:
        imports.begin(work, import_id=wanted, total=total)
    if not 0 < total <= MAX_ROWS:
        _fail(resources, own, wanted, "invalid_input", f"Send 1 to {MAX_ROWS} bookings.", [])
    elif found.mode == "per_row":
        _import_each(resources, own, found, _parts(content, found.processed))
    else:
        _import_whole(resources, own, wanted, _parts(content, 0), total)
    if total >= _MANY_ROWS:
        with begin(resources.database, own) as work:
            imports.settle_in(work)


def _parts(content: bytes, done: int) -> Iterator[list[_Row]]:
    """The rows that are not done yet, some at a time."""
    rows = islice(import_wire.bookings(content), done, None)
    while part := list(islice(rows, _ROWS_AT_ONCE)):
        yield part


def _import_each(
    resources: Resources, caller: Caller, found: BookingImport, parts: Iterator[list[_Row]]
) -> None:
    """Post the rows that are not done yet, some in each transaction."""
    first_row = found.processed + 1
    for part in parts:
        with begin(resources.database, caller) as work:
            if not imports.book_rows(work, import_id=found.id, first_row=first_row, bookings=part):
                return
        first_row += len(part)
    with begin(resources.database, caller) as work:
        imports.succeed(work, import_id=found.id)


def _import_whole(
    resources: Resources,
    caller: Caller,
    import_id: ImportId,
    parts: Iterator[list[_Row]],
    total: int,
) -> None:
    """Post all rows in one transaction; nothing of it stays if one of them is refused."""

    def show(done: int) -> None:
        with begin(resources.database, caller) as beside:
            imports.show_progress(beside, import_id=import_id, processed=done)

    refused: list[RowOutcome] = []
    try:
        with begin(resources.database, caller) as work:
            refused = imports.book_whole(work, import_id=import_id, parts=parts, watch=show)
            if refused or not imports.succeed(work, import_id=import_id, posted=total):
                raise _TakenBack
    except _TakenBack:
        if refused:
            message = f"{len(refused)} rows are refused: nothing was posted."
            _fail(resources, caller, import_id, "rows_refused", message, refused)


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
