"""The tables of imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from psycopg.types.json import Jsonb

from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import IntentId
from kontorhaus.ledger.imports.model import BookingImport, ImportId, RowOutcome, Status
from kontorhaus.runtime.work import Work

_IMPORT = (
    "id, mode, status, sha256, total, processed, posted, failed, code, message, actor,"
    " created_at, started_at, finished_at"
)


def insert(work: Work, *, import_id: ImportId, mode: str, sha256: str) -> None:
    """Add an import that waits for its turn."""
    work.connection.execute(
        "insert into booking_import (tenant_id, id, mode, sha256, actor, created_at)"
        " values (%(tenant)s, %(id)s, %(mode)s, %(sha256)s, %(actor)s, %(now)s)",
        {
            "tenant": work.tenant_id,
            "id": import_id,
            "mode": mode,
            "sha256": sha256,
            "actor": Jsonb(work.actor.as_json()),
            "now": work.now,
        },
    )


def find(work: Work, *, import_id: ImportId, lock: bool = False) -> BookingImport | None:
    """An import; locked, it stays as it is until the transaction ends."""
    row = work.connection.execute(
        f"select {_IMPORT} from booking_import where tenant_id = %(tenant)s and id = %(id)s"
        + (" for update" if lock else ""),
        {"tenant": work.tenant_id, "id": import_id},
    ).fetchone()
    return BookingImport(ImportId(row[0]), *row[1:]) if row else None


def begin(work: Work, *, import_id: ImportId, total: int | None) -> None:
    """The worker has begun; an import that is finished stays so."""
    work.connection.execute(
        "update booking_import set status = 'running', total = %(total)s,"
        " started_at = coalesce(started_at, %(now)s)"
        " where tenant_id = %(tenant)s and id = %(id)s and finished_at is null",
        {"tenant": work.tenant_id, "id": import_id, "total": total, "now": work.now},
    )


def show_progress(work: Work, *, import_id: ImportId, processed: int) -> None:
    """Say how many rows were worked on so far."""
    work.connection.execute(
        "update booking_import set processed = %(processed)s"
        " where tenant_id = %(tenant)s and id = %(id)s and finished_at is null",
        {"tenant": work.tenant_id, "id": import_id, "processed": processed},
    )


def count(work: Work, *, import_id: ImportId, posted: int, failed: int, processed: int) -> None:
    """Count what became of further rows; so many were worked on in all."""
    work.connection.execute(
        "update booking_import set posted = posted + %(posted)s, failed = failed + %(failed)s,"
        " processed = %(processed)s where tenant_id = %(tenant)s and id = %(id)s",
        {
            "tenant": work.tenant_id,
            "id": import_id,
            "posted": posted,
            "failed": failed,
            "processed": processed,
        },
    )


def finish(
    work: Work,
    *,
    import_id: ImportId,
    status: Status,
    code: str | None = None,
    message: str | None = None,
) -> bool:
    """End an import; False if it had ended before."""
    cursor = work.connection.execute(
        "update booking_import set status = %(status)s, code = %(code)s, message = %(message)s,"
        " finished_at = %(now)s"
        " where tenant_id = %(tenant)s and id = %(id)s and finished_at is null",
        {
            "tenant": work.tenant_id,
            "id": import_id,
            "status": status,
            "code": code,
            "message": message,
            "now": work.now,
        },
    )
    return cursor.rowcount == 1


def insert_rows(work: Work, *, import_id: ImportId, rows: Sequence[RowOutcome]) -> None:
    """Keep what became of rows."""
    work.connection.execute(
        "insert into booking_import_row (tenant_id, import_id, row_number, intent_id, code,"
        " message, details) select %(tenant)s, %(import)s, t.* from unnest(%(row)s::int[],"
        " %(intent)s::uuid[], %(code)s::text[], %(message)s::text[], %(details)s::jsonb[]) as t",
        {
            "tenant": work.tenant_id,
            "import": import_id,
            "row": _plain_array(row.row_number for row in rows),
            "intent": _plain_array(row.intent_id and row.intent_id.hex for row in rows),
            "code": [row.code for row in rows],
            "message": [row.message for row in rows],
            "details": [_json(row.details) for row in rows],
        },
    )


def _plain_array(values: Iterable[object]) -> str:
    """An array of numbers or ids as text, which is far quicker than element by element."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _json(details: Mapping[str, object] | None) -> Jsonb | None:
    return None if details is None else Jsonb(details, dumps=exact_json.encode)


def rows(
    work: Work, *, import_id: ImportId, only_failed: bool, limit: int, offset: int
) -> list[RowOutcome]:
    """What became of the rows, in their order."""
    found = work.connection.execute(
        "select row_number, intent_id, code, message, details from booking_import_row"
        " where tenant_id = %(tenant)s and import_id = %(import)s"
        + (" and code is not null" if only_failed else "")
        + " order by row_number limit %(limit)s offset %(offset)s",
        {"tenant": work.tenant_id, "import": import_id, "limit": limit, "offset": offset},
    )
    return [
        RowOutcome(row[0], IntentId(row[1]) if row[1] else None, row[2], row[3], row[4])
        for row in found
    ]


def refresh_statistics(work: Work) -> None:
    """Let the planner look at the tables of the journal."""
    work.connection.execute("select refresh_statistics()")
