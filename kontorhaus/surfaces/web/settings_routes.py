"""The pages of the settings: the company, and how its books are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from kontorhaus.banking import settings as books
from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import auth, page, settings_form
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.settings_form import Entered
from kontorhaus.surfaces.web.views import settings as views
from kontorhaus.surfaces.web.views.settings import Attempt

router = APIRouter(prefix="/settings", include_in_schema=False)

_COMPANY, _BOOKS = "company:write", "config:write"


async def sent_fields(request: Request) -> Mapping[str, str]:
    """The texts of a form by the names of its fields."""
    form = await request.form()
    return {name: text for name, text in form.items() if isinstance(text, str)}


SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Sent = Annotated[Mapping[str, str], Depends(sent_fields)]


@router.get("")
def show_company(desk: SignedIn, saved: bool = False) -> Response:
    """What the company says of itself."""
    may_change = desk.principal.may(_COMPANY)
    return page.framed(
        desk, "settings_company.html",
        lambda work: views.company(work, may_change=may_change, is_saved=saved),
    )  # fmt: skip


@router.post("")
def save_company(desk: Submitted, sent: Sent) -> Response:
    """Change what the company says of itself."""
    entered = settings_form.company(sent)
    complaints = _save(desk, _COMPANY, "name", entered, _change_company)
    if not complaints:
        return RedirectResponse("/settings?saved=1", 303)
    attempt = Attempt(sent, complaints)
    return page.framed(
        desk, "settings_company.html",
        lambda work: views.company(work, may_change=True, attempt=attempt), status=422,
    )  # fmt: skip


@router.get("/bookkeeping")
def show_bookkeeping(desk: SignedIn, saved: bool = False) -> Response:
    """How the books are kept."""
    may_change = desk.principal.may(_BOOKS)
    return page.framed(
        desk, "settings_bookkeeping.html",
        lambda work: views.bookkeeping(work, may_change=may_change, is_saved=saved),
    )  # fmt: skip


@router.post("/bookkeeping")
def save_bookkeeping(desk: Submitted, sent: Sent) -> Response:
    """Change how the books are kept."""
    entered = settings_form.bookkeeping(sent)
    complaints = _save(desk, _BOOKS, "chart", entered, _change_bookkeeping)
    if not complaints:
        return RedirectResponse("/settings/bookkeeping?saved=1", 303)
    attempt = Attempt(sent, complaints)
    return page.framed(
        desk, "settings_bookkeeping.html",
        lambda work: views.bookkeeping(work, may_change=True, attempt=attempt), status=422,
    )  # fmt: skip


def _save(
    desk: Desk, scope: str, known: str, entered: Entered, change: Callable[[Work, Entered], None]
) -> dict[str, str]:
    """Save what was typed; else a sentence for every wrong field, and nothing is saved."""
    desk.principal.require(scope)
    spoken = desk.visit.language
    if entered.wrong:
        return views.wrong_words(spoken, entered.wrong)
    try:
        with desk.writing(scope) as work:
            change(work, entered)
    except (Invalid, Conflict) as refusal:
        return views.refused_words(spoken, refusal, known)
    return {}


def _change_company(work: Work, entered: Entered) -> None:
    if changes := entered.changes(queries.profile(work)):
        identity.change_profile(work, changes=changes)


def _change_bookkeeping(work: Work, entered: Entered) -> None:
    if changes := entered.changes(queries.settings(work)):
        books.change(work, changes=changes)
