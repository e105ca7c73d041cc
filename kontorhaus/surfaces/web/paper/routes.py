"""The pages of the letter paper: numbers and texts, layout with its logo, e-mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import letterhead, settings
from kontorhaus.invoicing.model import DocumentType
from kontorhaus.invoicing.stationery import actions as paper_actions
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.paper import form, view
from kontorhaus.surfaces.web.paper.view import PaperPage, Shown
from kontorhaus.surfaces.web.settings_routes import sent_fields

router = APIRouter(prefix="/settings", include_in_schema=False)

_SCOPE = "company:write"

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Sent = Annotated[Mapping[str, str], Depends(sent_fields)]


@router.get("/documents")
def show_documents(
    desk: SignedIn, chosen: Annotated[str, Query(alias="type")] = "invoice", saved: bool = False
) -> Response:
    """Numbers and texts of a type of document."""
    return _documents(desk, form.document_type(chosen), _shown(desk, saved))


@router.post("/documents")
def save_documents(desk: Submitted, sent: Sent) -> Response:
    """Change numbers and texts of a type of document."""
    desk.principal.require(_SCOPE)
    chosen = form.document_type(sent.get("type", ""))

    def change(work: Work) -> None:
        settings.change(work, wanted=form.documents(settings.found(work), chosen, sent))

    complaints = _save(desk, change, chosen)
    if not complaints:
        return RedirectResponse(f"/settings/documents?type={chosen}&saved=1", 303)
    return _documents(desk, chosen, _again(sent, complaints))


@router.get("/layout")
def show_layout(desk: SignedIn, saved: bool = False) -> Response:
    """How documents look."""
    return _framed(desk, "settings_layout.html", _shown(desk, saved), view.layout)


@router.post("/layout")
def save_layout(desk: Submitted, sent: Sent) -> Response:
    """Change how documents look."""

    def change(work: Work) -> None:
        paper_actions.change(
            work, changed=lambda paper: replace(paper, brand=form.brand(paper.brand, sent))
        )

    return _laid_out(desk, sent, _save(desk, change))


@router.post("/layout/logo")
def save_logo(desk: Submitted, file: UploadFile) -> Response:
    """Put a logo on all documents to come."""
    desk.principal.require(_SCOPE)
    content = file.file.read()

    def change(work: Work) -> None:
        paper_actions.change_logo(work, logo=logo)

    try:
        logo = letterhead.read_logo(desk.resources, content=content)
    except (Invalid, Conflict) as refusal:
        return _laid_out(desk, {}, view.complaint(desk.visit.language, refusal, "invoice"))
    return _laid_out(desk, {}, _save(desk, change))


@router.post("/layout/logo/remove")
def remove_logo(desk: Submitted) -> Response:
    """Take the logo off all documents to come."""
    return _laid_out(desk, {}, _save(desk, lambda work: _without_logo(work)))


@router.get("/layout/picture")
def show_picture(desk: SignedIn, request: Request) -> Response:
    """An invented invoice in the look that the address names, as PNG."""
    wanted = dict(request.query_params)
    with desk.reading() as work:
        paper = stationery.stationery(work)
        paper = replace(paper, brand=form.brand(paper.brand, wanted))
        snapshot = letterhead.sample(work, paper=paper)
    content = letterhead.picture(desk.resources, snapshot=snapshot)
    return Response(content, media_type="image/png", headers={"Cache-Control": "no-store"})


@router.get("/email")
def show_email(desk: SignedIn, saved: bool = False) -> Response:
    """In whose name documents are sent."""
    return _framed(desk, "settings_email.html", _shown(desk, saved), _email)


@router.post("/email")
def save_email(desk: Submitted, sent: Sent) -> Response:
    """Change in whose name documents are sent."""

    def change(work: Work) -> None:
        paper_actions.change(work, changed=lambda paper: form.email(paper, sent))

    complaints = _save(desk, change)
    if not complaints:
        return RedirectResponse("/settings/email?saved=1", 303)
    return _framed(desk, "settings_email.html", _again(sent, complaints), _email)


def _email(work: Work, *, shown: Shown) -> PaperPage:
    profile = identity.profile(work)
    return view.email(work, shown=shown, company=(profile.shown_name, profile.email))


def _without_logo(work: Work) -> None:
    paper_actions.change_logo(work, logo=None)


def _laid_out(desk: Desk, sent: Mapping[str, str], complaints: Mapping[str, str]) -> Response:
    if not complaints:
        return RedirectResponse("/settings/layout?saved=1", 303)
    return _framed(desk, "settings_layout.html", _again(sent, complaints), view.layout)


def _documents(desk: Desk, chosen: DocumentType, shown: Shown) -> Response:
    return _framed(
        desk, "settings_documents.html", shown,
        lambda work, *, shown: view.documents(work, chosen=chosen, shown=shown),
    )  # fmt: skip


def _framed(desk: Desk, template: str, shown: Shown, build: Callable[..., PaperPage]) -> Response:
    status = 422 if shown.complaints else 200
    return page.framed(desk, template, lambda work: build(work, shown=shown), status=status)


def _shown(desk: Desk, saved: bool) -> Shown:
    return Shown(desk.principal.may(_SCOPE), saved)


def _again(sent: Mapping[str, str], complaints: Mapping[str, str]) -> Shown:
    return Shown(may_change=True, typed=sent, complaints=complaints)


def _save(
    desk: Desk, change: Callable[[Work], None], chosen: DocumentType = "invoice"
) -> dict[str, str]:
    """Save what was typed; else a sentence for the field that is wrong, and nothing is saved."""
    try:
        with desk.writing(_SCOPE) as work:
            change(work)
    except (Invalid, Conflict) as refusal:
        return view.complaint(desk.visit.language, refusal, chosen)
    return {}
