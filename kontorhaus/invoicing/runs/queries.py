"""What others ask runs for."""

from __future__ import annotations

from kontorhaus.invoicing.runs import store
from kontorhaus.invoicing.runs.model import DocumentRun, RowOutcome, RunId
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.work import Work


def run(work: Work, *, run_id: RunId) -> DocumentRun:
    """One run; NotFound("not_found")."""
    found = store.find(work, run_id=run_id)
    if found is None:
        raise NotFound("not_found", "There is no such job.")
    return found


def rows(
    work: Work, *, run_id: RunId, only_failed: bool, limit: int, offset: int
) -> list[RowOutcome]:
    """What became of the rows of a run, in their order."""
    return store.rows(work, run_id=run_id, only_failed=only_failed, limit=limit, offset=offset)
