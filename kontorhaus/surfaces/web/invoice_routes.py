"""The pages of invoices: the list, one invoice, its files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response

from kontorhaus.invoicing import artefacts
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.invoicing.model import ArtefactKind
from kontorhaus.surfaces.conventions.answers import Binary
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.views import invoices

router = APIRouter(prefix="/invoices", include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Reason = Annotated[str, Form(max_length=1000)]

_SCOPE = "documents:write"


@router.get("")
def show_invoices(
    desk: SignedIn, show: str = "", number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1
) -> Response:
    """The invoices in a state, newest first."""
    return page.framed(
        desk, "invoices.html", lambda work: invoices.build_list(work, show=show, page=number)
    )


@router.get("/{public_id}")
def show_invoice(desk: SignedIn, public_id: str, view: str = "") -> Response:
    """One invoice."""
    return page.framed(
        desk, "invoice.html",
        lambda work: invoices.build_one(
            work, public_id=public_id, view=view, local=desk.local,
            may_change=desk.principal.may(_SCOPE),
        ),
    )  # fmt: skip


@router.post("/{public_id}/cancel")
def cancel_invoice(desk: Submitted, public_id: str, reason: Reason = "") -> Response:
    """Take a final invoice back by a document of its own."""
    desk.principal.require(_SCOPE)
    caller = desk.principal.caller(desk.request_id)
    verdict = artefacts.judge_cancellation(desk.resources, caller, public_id=public_id)
    with desk.writing(_SCOPE) as work:
        cancellation.cancel(
            work, public_id=public_id, reason=reason.strip() or None, verdict=verdict
        )
    return RedirectResponse(f"/invoices/{public_id}", 303)


@router.get("/{public_id}/{kind}")
def fetch_file(desk: SignedIn, public_id: str, kind: ArtefactKind) -> Response:
    """A file of the invoice, byte for byte as it was frozen."""
    caller = desk.principal.caller(desk.request_id)
    found = artefacts.fetch(desk.resources, caller, public_id=public_id, kind=kind)
    disposition = Binary(found.content, found.media_type, found.name).disposition
    return Response(
        found.content,
        media_type=found.media_type,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )
