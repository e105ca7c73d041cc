"""Many documents as one job over HTTP: the monthly run."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.invoicing.runs import actions as runs
from kontorhaus.invoicing.runs import queries
from kontorhaus.invoicing.runs.model import RunId
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.documents import input as given
from kontorhaus.surfaces.billing.runs import wire
from kontorhaus.surfaces.billing.surface import billing
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.conventions.streams import Stream

_LARGEST_BODY = 64 * 1024 * 1024
_TAGS = ("documents",)


@billing.post(
    "/documents/bulk",
    scope="documents:write",
    status=202,
    refusals=(400, 401, 403, 413),
    answer=wire.JobRef,
    tags=_TAGS,
    body_limit=_LARGEST_BODY,
    elements=given.DocumentInput,
)
def create_documents(call: Call, stream: Stream) -> Reply:
    """Create up to 10,000 documents as a job: the monthly run.

    The body is NDJSON (one document in each line, as `POST /documents` takes it) or a JSON array,
    of at most 64 MiB. Each row stands by itself; numbers are drawn in the order of the rows. A run
    that is interrupted goes on where it stood, and no row is done twice.
    """
    call.resources.blobs.put_file(stream.file, stream.sha256)
    return call.write(lambda work: wire.started(runs.ask_for(work, sha256=stream.sha256)))


@billing.get(
    "/jobs/{id}",
    scope="documents:read",
    refusals=(400, 401, 403, 404),
    answer=wire.Job,
    tags=_TAGS,
)
def get_job(work: Work, id: UUID, query: wire.JobQuery) -> wire.Job:
    """Show how far a job came, and what became of its rows.

    `rows=failed` shows only those that were refused; limit and skip page the result.
    """
    found = queries.run(work, run_id=RunId(id))
    rows = queries.rows(
        work,
        run_id=found.id,
        only_failed=query.rows == "failed",
        limit=query.limit,
        offset=query.skip,
    )
    return wire.job(found, rows)
