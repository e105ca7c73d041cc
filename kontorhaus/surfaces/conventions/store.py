"""The table of idempotency keys, and locks that last as long as their transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from kontorhaus.runtime.work import Work


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The first answer to a key."""

    operation: str
    body_hash: bytes
    status: int
    headers: dict[str, str]
    body: str


def claim(
    work: Work, *, credential: str, key: str, operation: str, body_hash: bytes
) -> tuple[bool, bool]:
    """Whether no twin is running now, and whether the key is new and hereby ours.

    The advisory lock is held to the end of the transaction, so that the insert never waits.
    """
    row = work.connection.execute(
        "with door as materialized (select pg_try_advisory_xact_lock("
        "hashtextextended(%(tenant)s::text || %(credential)s || ' ' || %(key)s, 0)) as is_free),"
        " mine as (insert into idempotency_key (tenant_id, credential, key, operation, body_hash,"
        " created_at) select %(tenant)s, %(credential)s, %(key)s, %(operation)s, %(hash)s, %(now)s"
        " from door where is_free on conflict do nothing returning key)"
        " select (select is_free from door), exists (select key from mine)",
        {
            "tenant": work.tenant_id,
            "credential": credential,
            "key": key,
            "operation": operation,
            "hash": body_hash,
            "now": work.now,
        },
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def stored(work: Work, *, credential: str, key: str) -> StoredAnswer | None:
    """The answer that a key has, if it has one."""
    row = work.connection.execute(
        "select operation, body_hash, status, headers, body from idempotency_key"
        " where tenant_id = %(tenant)s and credential = %(credential)s and key = %(key)s"
        " and status is not null",
        {"tenant": work.tenant_id, "credential": credential, "key": key},
    ).fetchone()
    return StoredAnswer(*row) if row else None


def keep(work: Work, *, credential: str, key: str, answer: StoredAnswer) -> None:
    """Store the answer with its effect."""
    work.connection.execute(
        "update idempotency_key set status = %(status)s, headers = %(headers)s, body = %(body)s"
        " where tenant_id = %(tenant)s and credential = %(credential)s and key = %(key)s",
        {
            "tenant": work.tenant_id,
            "credential": credential,
            "key": key,
            "status": answer.status,
            "headers": Jsonb(answer.headers),
            "body": answer.body,
        },
    )


def forget(work: Work, *, before: datetime) -> int:
    """Delete the keys that are older; how many there were."""
    return work.connection.execute(
        "delete from idempotency_key where tenant_id = %(tenant)s and created_at < %(before)s",
        {"tenant": work.tenant_id, "before": before},
    ).rowcount


def lock_object(work: Work, *, path: str) -> None:
    """Let one writer at a time compare and change the object at a path."""
    work.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended(%(tenant)s::text || %(path)s, 1))",
        {"tenant": work.tenant_id, "path": path},
    )
