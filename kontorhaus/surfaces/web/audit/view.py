"""What the page of the audit trail shows: who did what, each change before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from kontorhaus.kernel import exact_json
from kontorhaus.reports.audit import queries as audit
from kontorhaus.reports.audit.model import Question, Record
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web.language import Language

ROWS = 50
_LONGEST = 300


@dataclass(frozen=True)
class Change:
    """A field before and after, as texts."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class AuditRow:
    """One record. `same_href` leads to everything about the same thing."""

    at: datetime
    who: str
    by: str
    area: str
    action: str
    subject: str
    same_href: str
    request_href: str
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AuditPage:
    """A page of records, newest first; `asked` is what the form holds."""

    rows: tuple[AuditRow, ...]
    areas: Mapping[str, str]
    asked: Mapping[str, str]
    older_href: str
    is_narrowed: bool
    exports: Mapping[str, str]
    complaints: Mapping[str, str] = field(default_factory=dict)
    may_change: bool = True


def build(
    work: Work,
    spoken: Language,
    *,
    question: Question,
    asked: Mapping[str, str],
    local: Callable[[datetime], datetime],
) -> AuditPage:
    """What matches, with links to the same thing, the same request and older records."""
    before = asked.get("before", "")
    found = audit.page(work, question=question, before=audit.place(before), limit=ROWS)
    areas = _areas(spoken)
    known = {action.partition(".")[0] for action in audit.actions(work)}
    said = {name: text for name, text in asked.items() if text and name != "before"}
    return AuditPage(
        rows=tuple(_row(record, areas, local) for record in found.records),
        areas={code: areas.get(code, code) for code in sorted(known)},
        asked=asked,
        older_href=_href({**said, "before": str(found.next)}) if found.next else "",
        is_narrowed=bool(said),
        exports={
            kind: f"/settings/audit/export?{urlencode({**said, 'format': kind})}"
            for kind in audit.FORMATS
        },
    )


def _row(
    record: Record, areas: Mapping[str, str], local: Callable[[datetime], datetime]
) -> AuditRow:
    area, _, action = record.action.partition(".")
    actor = record.actor
    same = {"subject": record.subject, "subject_id": record.subject_id}
    return AuditRow(
        at=local(record.at),
        who=actor.get("label") or actor.get("kind") or "",
        by=" ".join(filter(None, (actor.get("surface"), actor.get("key_prefix")))),
        area=areas.get(area, area),
        action=action,
        subject=record.subject,
        same_href=_href(same),
        request_href=_href({"request_id": str(record.request_id)}) if record.request_id else "",
        changes=tuple(
            Change(name, _text(before), _text(after))
            for name, (before, after) in record.changes.items()
        ),
        facts=tuple((name, _text(told)) for name, told in record.facts.items()),
    )


def _text(value: object) -> str:
    if value is None or value == "":
        return "–"
    text = value if isinstance(value, str) else exact_json.encode(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _href(asked: Mapping[str, str]) -> str:
    return f"/settings/audit?{urlencode(asked)}"


def _areas(spoken: Language) -> dict[str, str]:
    text = spoken.text
    return {
        "banking": text("Bank"),
        "contacts": text("Contacts"),
        "credit": text("Customer credit"),
        "files": text("Documents"),
        "identity": text("Access and company"),
        "invoicing": text("Invoices"),
        "ledger": text("Journal"),
        "mail": text("E-mail"),
        "oauth": text("Connected apps"),
        "payables": text("Incoming invoices and payment runs"),
        "products": text("Products"),
        "receivables": text("Outgoing invoices"),
        "tax": text("Tax codes"),
    }
