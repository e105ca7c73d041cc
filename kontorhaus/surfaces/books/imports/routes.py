"""Many bookings as one job over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.ledger.imports import actions as imports
from kontorhaus.ledger.imports import queries
from kontorhaus.ledger.imports.model import ImportId
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.imports import wire
from kontorhaus.surfaces.books.journal import booking_wire
from kontorhaus.surfaces.books.surface import books
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.conventions.streams import Stream

_LARGEST_BODY = 64 * 1024 * 1024


@books.post(
    "/v1/bookings/bulk",
    scope="journal:write",
    status=202,
    refusals=(400, 401, 403, 413),
    answer=wire.JobRef,
    tags=("journal",),
    body_limit=_LARGEST_BODY,
    elements=booking_wire.BookingInput,
)
def import_bookings(call: Call, query: wire.ImportQuery, stream: Stream) -> Reply:
    """Post up to 100,000 bookings as a job.

    The body is NDJSON (one booking in each line) or a JSON array, of at most 64 MiB. With
    `mode=atomic` one refused row refuses all; with `mode=per_row` each stands by itself.
    """
    call.resources.blobs.put_file(stream.file, stream.sha256)
    return call.write(
        lambda work: wire.started(imports.ask_for(work, mode=query.mode, sha256=stream.sha256))
    )


@books.get(
    "/v1/jobs/{id}",
    scope="journal:read",
    refusals=(400, 401, 403, 404),
    answer=wire.Job,
    tags=("journal",),
)
def get_job(work: Work, id: UUID, query: wire.JobQuery) -> wire.Job:
    """Show how far a job came, and what became of its rows.

    `rows=failed` shows only those that were refused; limit and offset page the result.
    """
    found = queries.booking_import(work, import_id=ImportId(id))
    rows = queries.rows(
        work,
        import_id=found.id,
        only_failed=query.rows == "failed",
        limit=query.limit,
        offset=query.offset,
    )
    return wire.job(found, rows)
