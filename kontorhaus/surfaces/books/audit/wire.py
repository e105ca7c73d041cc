"""The JSON shapes of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from kontorhaus.reports.audit import model
from kontorhaus.surfaces.conventions import fields


class AuditFilter(fields.Query):
    """Which records are wanted; the days are inclusive, where the organization sits."""

    start_date: fields.Day | None = None
    end_date: fields.Day | None = None
    actor: Annotated[str, fields.text(0, 200)] = ""
    action: Annotated[str, fields.text(0, 100)] = ""
    subject: Annotated[str, fields.text(0, 100)] = ""
    subject_id: Annotated[str, fields.text(0, 100)] = ""
    request_id: fields.Id | None = None
    text: Annotated[str, fields.text(0, 200)] = ""

    def question(self) -> model.Question:
        """The same as the audit trail is asked."""
        return model.Question(
            self.start_date,
            self.end_date,
            self.actor.strip(),
            self.action,
            self.subject,
            self.subject_id,
            self.request_id,
            self.text,
        )


class AuditQuery(AuditFilter):
    """A page of them; `before` is `next` of the page that was read last."""

    before: fields.Id | None = None
    limit: Annotated[int, fields.whole(1, 200)] = 50


class ExportQuery(AuditFilter):
    """All of them as a file: csv for people, ndjson for programs."""

    format: Literal["csv", "ndjson"] = "csv"


class AuditActor(fields.Out):
    """Who did it, and by which way."""

    kind: str
    id: UUID | None
    user_id: UUID | None
    label: str
    key_prefix: str | None
    surface: str
    channel: str


class AuditRecord(fields.Out):
    """One thing that was done; in `details` a list is a pair, before and after."""

    id: UUID
    at: datetime
    action: str
    subject: str
    subject_id: str
    actor: AuditActor
    request_id: UUID | None
    details: dict[str, object]


class AuditPage(fields.Out):
    """Records, newest first; `next` asks for the older ones."""

    records: list[AuditRecord]
    next: UUID | None


def page(found: model.Page) -> AuditPage:
    """A page as JSON."""
    return AuditPage(records=[_record(record) for record in found.records], next=found.next)


def _record(record: model.Record) -> AuditRecord:
    actor = record.actor
    return AuditRecord(
        id=record.id,
        at=record.at,
        action=record.action,
        subject=record.subject,
        subject_id=record.subject_id,
        actor=AuditActor(
            kind=actor["kind"] or "",
            id=_id(actor["id"]),
            user_id=_id(actor["user_id"]),
            label=actor["label"] or "",
            key_prefix=actor["key_prefix"],
            surface=actor["surface"] or "",
            channel=actor["channel"] or "",
        ),
        request_id=record.request_id,
        details=dict(record.details),
    )


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
