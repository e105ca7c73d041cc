"""How a record of the audit trail becomes a row of a file that people open in a spreadsheet."""

from __future__ import annotations

from kontorhaus.kernel import exact_json
from kontorhaus.reports.audit.model import Record

COLUMNS = (
    "at",
    "actor",
    "actor_kind",
    "user_id",
    "actor_id",
    "key_prefix",
    "surface",
    "action",
    "subject",
    "subject_id",
    "request_id",
    "details",
)
# What a spreadsheet takes for a formula, in its wide forms, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def row(record: Record) -> tuple[str, ...]:
    """The columns of a record as texts that no spreadsheet computes."""
    actor = record.actor
    texts = (
        record.at.isoformat(),
        actor.get("label") or "",
        actor.get("kind") or "",
        actor.get("user_id") or "",
        actor.get("id") or "",
        actor.get("key_prefix") or "",
        actor.get("surface") or "",
        record.action,
        record.subject,
        record.subject_id,
        str(record.request_id or ""),
        exact_json.encode(record.details),
    )
    return tuple(map(harmless, texts))


def harmless(text: str) -> str:
    """A text as a cell that is shown as it stands; an apostrophe goes before what computes."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def values(record: Record) -> dict[str, object]:
    """A record as a JSON object."""
    return {
        "id": str(record.id),
        "at": record.at.isoformat(),
        "action": record.action,
        "subject": record.subject,
        "subject_id": record.subject_id,
        "actor": record.actor,
        "request_id": str(record.request_id) if record.request_id else None,
        "details": record.details,
    }
