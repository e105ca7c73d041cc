"""The job that reads a stored body of many documents and has them made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from uuid import UUID

from kontorhaus.invoicing.runs import actions as runs
from kontorhaus.invoicing.runs import filing, judging, queries
from kontorhaus.invoicing.runs.model import MAX_ROWS, DocumentRun, Row, RunId
from kontorhaus.runtime.ahead import ahead
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.jobs import task
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Actor, Caller, begin
from kontorhaus.surfaces.billing.runs import wire
from kontorhaus.surfaces.conventions import wire_json

_ROWS_AT_ONCE = 200

_Part = tuple[int, list[Row]]


@task(runs.TASK)
def make_documents(resources: Resources, caller: Caller, *, run_id: str) -> None:
    """Make the documents of a run, then their files; an interrupted one goes on where it stood."""
    wanted = RunId(UUID(run_id))
    with begin(resources.database, caller, read_only=True) as work:
        found = queries.run(work, run_id=wanted)
    if found.is_finished:
        return
    content = resources.blobs.get(found.sha256)
    total = wire_json.count_elements(content)
    own = Caller(
        caller.tenant_id, Actor.importing(found.actor), caller.time_zone, caller.request_id
    )
    with begin(resources.database, own) as work:
        runs.begin(work, run_id=wanted, total=total)
    if not 0 < total <= MAX_ROWS:
        with begin(resources.database, own) as work:
            message = f"Send 1 to {MAX_ROWS} documents."
            runs.fail(work, run_id=wanted, code="invalid_input", message=message)
        return
    today = day_in(found.created_at, own.time_zone)
    if _make(resources, own, wanted, ahead(_judged(resources, own, found, content, today), 1)):
        filing.file_documents(resources, own, run_id=wanted)
        with begin(resources.database, own) as work:
            runs.succeed(work, run_id=wanted)


def _judged(
    resources: Resources, caller: Caller, found: DocumentRun, content: bytes, today: date
) -> Iterator[_Part]:
    """The rows that are not done yet, some at a time, with what the rules say of them."""
    done = found.processed
    rows = islice(wire.documents(content, today=today), done, None)
    while part := list(islice(rows, _ROWS_AT_ONCE)):
        yield done + 1, judging.judge(resources, caller, news=part)
        done += len(part)


def _make(resources: Resources, caller: Caller, run_id: RunId, parts: Iterator[_Part]) -> bool:
    """Make the documents part by part; False if somebody else has come further."""
    for first_row, part in parts:
        with begin(resources.database, caller) as work:
            if not runs.make_rows(work, run_id=run_id, first_row=first_row, rows=part):
                return False
    return True
