"""The page of the audit trail: looked through, and taken along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from kontorhaus.kernel.errors import Invalid
from kontorhaus.reports.audit import queries as audit
from kontorhaus.reports.audit.model import Question
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.audit import view
from kontorhaus.surfaces.web.auth import Desk

router = APIRouter(prefix="/settings/audit", include_in_schema=False)

_SCOPE = "audit:read"
_FIELDS = (
    *("start", "end", "actor", "action", "subject", "subject_id", "request_id", "text"),
    "before",
)
_LONGEST = 200

SignedIn = Annotated[Desk, Depends(auth.signed_in)]


def asked_fields(request: Request) -> Mapping[str, str]:
    """What an address asks, by the names of the form."""
    sent = request.query_params
    return {name: sent.get(name, "").strip()[:_LONGEST] for name in _FIELDS}


Asked = Annotated[Mapping[str, str], Depends(asked_fields)]


@router.get("")
def show_audit(desk: SignedIn, asked: Asked) -> Response:
    """Who did what, newest first."""
    desk.principal.require(_SCOPE)
    question = _question(asked)
    return page.framed(
        desk, "settings_audit.html",
        lambda work: view.build(
            work, desk.visit.language, question=question, asked=asked, local=desk.local
        ),
    )  # fmt: skip


@router.get("/export")
def export_audit(
    desk: SignedIn, asked: Asked, kind: Annotated[str, Query(alias="format")] = "csv"
) -> Response:
    """The same as a file, oldest first."""
    desk.principal.require(_SCOPE)
    with desk.reading() as work:
        file = audit.export(work, question=_question(asked), format=kind)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="audit.{kind}"',
    }
    return StreamingResponse(file, media_type=audit.MEDIA_TYPES[kind], headers=headers)


def _question(asked: Mapping[str, str]) -> Question:
    """Invalid("invalid_input") for what is no day and no id."""
    try:
        return Question(
            date.fromisoformat(asked["start"]) if asked["start"] else None,
            date.fromisoformat(asked["end"]) if asked["end"] else None,
            asked["actor"],
            asked["action"],
            asked["subject"],
            asked["subject_id"],
            UUID(asked["request_id"]) if asked["request_id"] else None,
            asked["text"],
        )
    except ValueError as error:
        raise Invalid("invalid_input", "This is no day and no id.") from error
