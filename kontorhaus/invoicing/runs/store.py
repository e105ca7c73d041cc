"""The tables of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg.types.json import Jsonb

from kontorhaus.invoicing.runs.model import DocumentRun, RowOutcome, RunId, Status
from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.runtime.work import Work

_RUN = (
    "r.id, r.status, r.sha256, r.total, r.processed, r.made, r.failed,"
    " (select count(*) from document_run_row d where d.tenant_id = r.tenant_id"
    " and d.run_id = r.id and d.document_id is not null and d.is_filed),"
    " r.code, r.message, r.actor, r.created_at, r.started_at, r.finished_at"
)
_ROW = "row_number, document_id, public_id, number, is_filed, code, message, details"


def insert(work: Work, *, run_id: RunId, sha256: str) -> None:
    """Add a run that waits for its turn."""
    work.connection.execute(
        "insert into document_run (tenant_id, id, sha256, actor, created_at)"
        " values (%(tenant)s, %(id)s, %(sha256)s, %(actor)s, %(now)s)",
        {
            "tenant": work.tenant_id,
            "id": run_id,
            "sha256": sha256,
            "actor": Jsonb(work.actor.as_json()),
            "now": work.now,
        },
    )


def find(work: Work, *, run_id: RunId) -> DocumentRun | None:
    """A run as it is now."""
    row = work.connection.execute(
        f"select {_RUN} from document_run r where r.tenant_id = %(tenant)s and r.id = %(id)s",
        {"tenant": work.tenant_id, "id": run_id},
    ).fetchone()
    return DocumentRun(RunId(row[0]), *row[1:]) if row else None


def lock_processed(work: Work, *, run_id: RunId) -> int | None:
    """How many rows are done; nobody else does more until the end. None if the run is over."""
    row = work.connection.execute(
        "select processed from document_run where tenant_id = %(tenant)s and id = %(id)s"
        " and finished_at is null for update",
        {"tenant": work.tenant_id, "id": run_id},
    ).fetchone()
    return int(row[0]) if row else None


def begin(work: Work, *, run_id: RunId, total: int) -> None:
    """The worker has begun; a run that is finished stays so."""
    work.connection.execute(
        "update document_run set status = 'running', total = %(total)s,"
        " started_at = coalesce(started_at, %(now)s)"
        " where tenant_id = %(tenant)s and id = %(id)s and finished_at is null",
        {"tenant": work.tenant_id, "id": run_id, "total": total, "now": work.now},
    )


def add_rows(work: Work, *, run_id: RunId, rows: Sequence[RowOutcome]) -> None:
    """Keep what became of further rows, and count them."""
    failed = sum(1 for row in rows if row.code)
    values = {"tenant": work.tenant_id, "id": run_id}
    with work.connection.cursor() as cursor:
        cursor.executemany(
            "insert into document_run_row (tenant_id, run_id, row_number, document_id, public_id,"
            " number, is_filed, code, message, details) values (%(tenant)s, %(id)s, %(row)s,"
            " %(document)s, %(public_id)s, %(number)s, %(filed)s, %(code)s, %(message)s,"
            " %(details)s)",
            [
                {
                    **values,
                    "row": row.row_number,
                    "document": row.document_id,
                    "public_id": row.public_id,
                    "number": row.number,
                    "filed": row.is_filed,
                    "code": row.code,
                    "message": row.message,
                    "details": _json(row.details),
                }
                for row in rows
            ],
        )
    work.connection.execute(
        "update document_run set processed = processed + %(count)s, made = made + %(made)s,"
        " failed = failed + %(failed)s where tenant_id = %(tenant)s and id = %(id)s",
        {**values, "count": len(rows), "made": len(rows) - failed, "failed": failed},
    )


def finish(
    work: Work,
    *,
    run_id: RunId,
    status: Status,
    code: str | None = None,
    message: str | None = None,
) -> None:
    """End a run; one that had ended before stays as it was."""
    work.connection.execute(
        "update document_run set status = %(status)s, code = %(code)s, message = %(message)s,"
        " finished_at = %(now)s"
        " where tenant_id = %(tenant)s and id = %(id)s and finished_at is null",
        {
            "tenant": work.tenant_id,
            "id": run_id,
            "status": status,
            "code": code,
            "message": message,
            "now": work.now,
        },
    )


def rows(
    work: Work, *, run_id: RunId, only_failed: bool, limit: int, offset: int
) -> list[RowOutcome]:
    """What became of the rows, in their order."""
    found = work.connection.execute(
        f"select {_ROW} from document_run_row"
        " where tenant_id = %(tenant)s and run_id = %(id)s"
        + (" and code is not null" if only_failed else "")
        + " order by row_number limit %(limit)s offset %(offset)s",
        {"tenant": work.tenant_id, "id": run_id, "limit": limit, "offset": offset},
    )
    return [RowOutcome(*row) for row in found]


def unfiled(work: Work, *, run_id: RunId, limit: int) -> list[tuple[int, DocumentId]]:
    """Rows whose documents still lack files, in their order."""
    found = work.connection.execute(
        "select row_number, document_id from document_run_row"
        " where tenant_id = %(tenant)s and run_id = %(id)s and not is_filed"
        " order by row_number limit %(limit)s",
        {"tenant": work.tenant_id, "id": run_id, "limit": limit},
    )
    return [(row[0], DocumentId(row[1])) for row in found]


def mark_filed(work: Work, *, run_id: RunId, row_numbers: Sequence[int]) -> None:
    """The documents of these rows have all their files."""
    work.connection.execute(
        "update document_run_row set is_filed = true where tenant_id = %(tenant)s"
        " and run_id = %(id)s and row_number = any(%(rows)s)",
        {"tenant": work.tenant_id, "id": run_id, "rows": list(row_numbers)},
    )


def _json(details: Mapping[str, object] | None) -> Jsonb | None:
    return None if details is None else Jsonb(details, dumps=exact_json.encode)
