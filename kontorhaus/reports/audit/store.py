"""What the audit trail holds, newest first; the text of details has no index of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import capabilities

from kontorhaus.reports.audit.model import Question, Record
from kontorhaus.runtime import patterns
from kontorhaus.runtime.work import Work

_COLUMNS = "id, at, action, subject, subject_id, actor, request_id, details"
# Records that are fetched at a time.
_BLOCK = 1_000 if capabilities.has_stream_chunked() else 1


@dataclass(frozen=True, slots=True)
class Window:
    """From the first instant until before the last one."""

    since: datetime | None
    until: datetime | None


def page(
    work: Work, *, question: Question, window: Window, before: UUID | None, limit: int
) -> list[Record]:
    """The newest records that match, older than `before`."""
    condition, values = _condition(question, window)
    if before is not None:
        condition += " and (at, id) < (%(before_at)s, %(before)s)"
        values |= {"before": before, "before_at": _instant(work, before)}
    rows = work.connection.execute(
        f"select {_COLUMNS} from audit where tenant_id = %(tenant)s{condition}"
        " order by at desc, id desc limit %(limit)s".encode(),
        {"tenant": work.tenant_id, "limit": limit, **values},
    )
    return [Record(*row) for row in rows]


def stream(work: Work, *, question: Question, window: Window) -> Iterator[Record]:
    """Every record that matches, oldest first, a block at a time."""
    condition, values = _condition(question, window)
    with work.connection.cursor() as cursor:
        rows = cursor.stream(
            f"select {_COLUMNS} from audit where tenant_id = %(tenant)s{condition}"
            " order by at, id".encode(),
            {"tenant": work.tenant_id, **values},
            size=_BLOCK,
        )
        for row in rows:
            yield Record(*row)


def actions(work: Work) -> list[str]:
    """Every action that was ever recorded: one jump in the index for each."""
    rows = work.connection.execute(
        "with recursive known(action) as ("
        " (select action from audit where tenant_id = %(tenant)s order by action limit 1)"
        " union all select (select a.action from audit a where a.tenant_id = %(tenant)s"
        "  and a.action > known.action order by a.action limit 1)"
        " from known where known.action is not null)"
        " select action from known where action is not null order by action",
        {"tenant": work.tenant_id},
    )
    return [action for (action,) in rows]


def _instant(work: Work, record_id: UUID) -> datetime | None:
    row = work.connection.execute(
        "select at from audit where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": record_id},
    ).fetchone()
    return row[0] if row else None


def _condition(question: Question, window: Window) -> tuple[str, dict[str, Any]]:
    """Only what is asked for, so that the planner sees which index serves."""
    wanted: list[tuple[str, dict[str, Any]]] = [
        ("at >= %(since)s", {"since": window.since}),
        ("at < %(until)s", {"until": window.until}),
        ("subject = %(subject)s", {"subject": question.subject}),
        ("subject_id = %(subject_id)s", {"subject_id": question.subject_id}),
        ("request_id = %(request)s", {"request": question.request_id}),
        ("details::text ilike %(text)s", {"text": _holding(question.text)}),
        _actor(question.actor),
        _action(question.action),
    ]
    used = [(condition, values) for condition, values in wanted if all(values.values())]
    merged = {name: value for _, values in used for name, value in values.items()}
    return "".join(f" and {condition}" for condition, _ in used), merged


def _actor(actor: str) -> tuple[str, dict[str, Any]]:
    try:
        values = {"actor": str(UUID(actor))}
    except ValueError:
        return "actor->>'label' ilike %(actor)s", {"actor": _holding(actor)}
    return "(actor->>'user_id' = %(actor)s or actor->>'id' = %(actor)s)", values


def _holding(text: str) -> str:
    return patterns.containing(text) if text else ""


def _action(action: str) -> tuple[str, dict[str, Any]]:
    if "." in action:
        return "action = %(action)s", {"action": action}
    # what begins with "area." lies between it and the sign that follows the point
    area = {"area": action and f"{action}.", "beyond": action and f"{action}/"}
    return "action >= %(area)s and action < %(beyond)s", area
