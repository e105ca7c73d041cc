"""The table of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from kontorhaus.files.model import StoredFile
from kontorhaus.kernel.ids import FileId
from kontorhaus.runtime.work import Work

_COLUMNS = (
    "id, sha256, size, media_type, original_name, retention_class, retention_until, uploaded_at"
)


def insert(work: Work, *, file: StoredFile) -> bool:
    """A new row; False if the tenant has a file with the same content."""
    return (
        work.connection.execute(
            f"insert into file (tenant_id, {_COLUMNS}, actor) values (%(tenant)s, %(id)s,"
            " %(sha256)s, %(size)s, %(media_type)s, %(name)s, %(class)s, %(until)s, %(at)s,"
            " %(actor)s) on conflict (tenant_id, sha256) do nothing",
            {
                "tenant": work.tenant_id,
                "id": file.id,
                "sha256": file.sha256,
                "size": file.size,
                "media_type": file.media_type,
                "name": file.original_name,
                "class": file.retention_class,
                "until": file.retention_until,
                "at": file.uploaded_at,
                "actor": Jsonb(work.actor.as_json()),
            },
        ).rowcount
        == 1
    )


def of_content(work: Work, *, sha256: str) -> StoredFile | None:
    row = work.connection.execute(
        f"select {_COLUMNS} from file where tenant_id = %(tenant)s and sha256 = %(sha256)s",
        {"tenant": work.tenant_id, "sha256": sha256},
    ).fetchone()
    return _file(row) if row else None


def find(work: Work, *, file_id: FileId) -> StoredFile | None:
    row = work.connection.execute(
        f"select {_COLUMNS} from file where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": file_id},
    ).fetchone()
    return _file(row) if row else None


def those(work: Work, *, file_ids: Sequence[FileId]) -> list[StoredFile]:
    rows = work.connection.execute(
        f"select {_COLUMNS} from file where tenant_id = %(tenant)s and id = any(%(ids)s)"
        " order by id",
        {"tenant": work.tenant_id, "ids": list(file_ids)},
    ).fetchall()
    return [_file(row) for row in rows]


def all_files(work: Work) -> Iterator[StoredFile]:
    """Every file of the tenant, oldest first."""
    rows = work.connection.execute(
        f"select {_COLUMNS} from file where tenant_id = %(tenant)s order by id",
        {"tenant": work.tenant_id},
    )
    return (_file(row) for row in rows)


def lengthen(work: Work, *, file_id: FileId, retention_class: str, until: date) -> None:
    """Move the end of the retention on; never back."""
    work.connection.execute(
        "update file set retention_class = %(class)s, retention_until = %(until)s"
        " where tenant_id = %(tenant)s and id = %(id)s and retention_until < %(until)s",
        {"tenant": work.tenant_id, "id": file_id, "class": retention_class, "until": until},
    )


def _file(row: tuple[Any, ...]) -> StoredFile:
    return StoredFile(FileId(row[0]), *row[1:])
