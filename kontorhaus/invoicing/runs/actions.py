"""What happens to runs: asked for, made part by part, ended."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.errors import UniqueViolation

from kontorhaus.invoicing import actions as invoicing
from kontorhaus.invoicing.model import Document
from kontorhaus.invoicing.runs import issuing, rules, store
from kontorhaus.invoicing.runs.model import Row, RunId
from kontorhaus.kernel.errors import Refusal
from kontorhaus.runtime.work import Work

TASK = "billing.document_run"


def ask_for(work: Work, *, sha256: str) -> RunId:
    """Have a stored file of documents made after the commit, one run at a time."""
    run_id = RunId(work.new_id())
    store.insert(work, run_id=run_id, sha256=sha256)
    work.enqueue(TASK, lock=f"documents:{work.tenant_id}", run_id=str(run_id))
    work.record(
        "invoicing.run_asked_for",
        subject="document_run",
        subject_id=run_id,
        details={"sha256": sha256},
    )
    return run_id


def begin(work: Work, *, run_id: RunId, total: int) -> None:
    """Note that the worker has begun, and how many rows there are."""
    store.begin(work, run_id=run_id, total=total)


def make_rows(work: Work, *, run_id: RunId, first_row: int, rows: Sequence[Row]) -> bool:
    """Make the documents of the next rows and keep what became of each, in one transaction.

    False if somebody else has come further: these rows are done, or the run is.
    """
    if store.lock_processed(work, run_id=run_id) != first_row - 1:
        return False
    outcomes = [
        rules.outcome(number, each)
        for number, each in enumerate(_made(work, rows), start=first_row)
    ]
    store.add_rows(work, run_id=run_id, rows=outcomes)
    return True


def succeed(work: Work, *, run_id: RunId) -> None:
    """End a run whose rows and files are all made."""
    store.finish(work, run_id=run_id, status="done")


def fail(work: Work, *, run_id: RunId, code: str, message: str) -> None:
    """End a run whose file cannot be read."""
    store.finish(work, run_id=run_id, status="failed", code=code, message=message)


def _made(work: Work, rows: Sequence[Row]) -> Sequence[Document | Refusal]:
    return _made_in_one_go(work, rows) or [_made_alone(work, row) for row in rows]


def _made_in_one_go(work: Work, rows: Sequence[Row]) -> list[Document] | None:
    """All of the rows, or None where one of them needs a look of its own."""
    usual = rules.in_one_go(rows)
    if usual is None:
        return None
    try:
        with work.connection.transaction():
            return issuing.issue(work, rows=usual)
    except (Refusal, UniqueViolation):
        return None


def _made_alone(work: Work, row: Row) -> Document | Refusal:
    if isinstance(row, Refusal):
        return row
    try:
        with work.connection.transaction():
            return invoicing.create(work, new=row.new, verdict=row.verdict)
    except Refusal as refusal:
        return refusal
