"""The tables of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg.types.json import Jsonb

from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import IntentId
from kontorhaus.ledger.imports.model import BookingImport, ImportId, RowOutcome, Status
from kontorhaus.runtime import arrays
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
    """Keep what became of consecutive rows; what is kept already stays as it is."""
    work.connection.execute(
        "insert into booking_import_part (tenant_id, import_id, first_row, intent_ids)"
        " values (%(tenant)s, %(import)s, %(first)s, %(intents)s::uuid[])"
        " on conflict (tenant_id, import_id, first_row) do nothing",
        {
            "tenant": work.tenant_id,
            "import": import_id,
            "first": rows[0].row_number,
            "intents": arrays.words([row.intent_id for row in rows]),
        },
    )
    insert_refusals(work, import_id=import_id, rows=[row for row in rows if row.code])


def insert_refusals(work: Work, *, import_id: ImportId, rows: Sequence[RowOutcome]) -> None:
    """Keep why rows were refused; what is kept already stays as it is."""
    if not rows:
        return
    work.connection.execute(
        "insert into booking_import_refusal (tenant_id, import_id, row_number, code, message,"
        " details) select %(tenant)s, %(import)s, t.* from unnest(%(row)s::int[],"
        " %(code)s::text[], %(message)s::text[], %(details)s::jsonb[]) as t"
        " on conflict (tenant_id, import_id, row_number) do nothing",
        {
            "tenant": work.tenant_id,
            "import": import_id,
            "row": arrays.words([row.row_number for row in rows]),
            "code": arrays.texts([row.code for row in rows]),
            "message": arrays.texts([row.message for row in rows]),
            "details": arrays.texts([_json(row.details) for row in rows]),
        },
    )


def _json(details: Mapping[str, object] | None) -> str | None:
    return None if details is None else exact_json.encode(details)


_POSTED = (
    "select p.first_row + t.place - 1 as row_number, t.intent_id, null::text as code,"
    " null::text as message, null::jsonb as details from booking_import_part p"
    " cross join unnest(p.intent_ids) with ordinality as t (intent_id, place)"
    " where p.tenant_id = %(tenant)s and p.import_id = %(import)s and t.intent_id is not null"
)
_REFUSED = (
    "select row_number, null::uuid as intent_id, code, message, details"
    " from booking_import_refusal where tenant_id = %(tenant)s and import_id = %(import)s"
)


def rows(
    work: Work, *, import_id: ImportId, only_failed: bool, limit: int, offset: int
) -> list[RowOutcome]:
    """What became of the rows, in their order."""
    found = work.connection.execute(
        "select row_number, intent_id, code, message, details"
        f" from ({_REFUSED if only_failed else f'{_POSTED} union all {_REFUSED}'}) kept"
        " order by row_number limit %(limit)s offset %(offset)s",
        {"tenant": work.tenant_id, "import": import_id, "limit": limit, "offset": offset},
    )
    return [
        RowOutcome(row[0], IntentId(row[1]) if row[1] else None, row[2], row[3], row[4])
        for row in found
    ]


def refresh_statistics(work: Work) -> None:
    """Let the planner look at the tables of the journal."""
    work.connection.execute("select refresh_statistics()")
