"""The settings page of apps: which have access, and those of the company itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.oauth import actions as oauth
from kontorhaus.identity.oauth.model import AppDetails, IssuedApp
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import AppId, UserId
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.apps import view
from kontorhaus.surfaces.web.apps.view import Handover
from kontorhaus.surfaces.web.auth import Desk

router = APIRouter(prefix="/settings/apps", include_in_schema=False)

_SCOPE = "admin"


def typed_app(
    name: Annotated[str, Form(max_length=500)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    redirect_uris: Annotated[str, Form(max_length=30_000)] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
) -> AppDetails:
    """The app that was typed; an address stands on each line."""
    addresses = tuple(line.strip() for line in redirect_uris.splitlines() if line.strip())
    return AppDetails(name.strip(), kind, addresses, frozenset(scopes or ()))


SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Typed = Annotated[AppDetails, Depends(typed_app)]


@router.get("")
def show_apps(desk: SignedIn, done: str = "") -> Response:
    """Which apps have access, and which belong to the company."""
    return _page(desk, done=done)


@router.post("/access/end")
def end_access(
    desk: Submitted, app: Annotated[UUID, Form()], person: Annotated[UUID, Form()]
) -> Response:
    """Take an app's access back, at once."""
    with desk.changing_own() as work:
        oauth.take_back(work, principal=desk.principal, app_id=AppId(app), user_id=UserId(person))
    return RedirectResponse("/settings/apps?done=ended", 303)


@router.get("/new")
def show_new(desk: SignedIn) -> Response:
    """The form of a new app."""
    desk.principal.require(_SCOPE)
    return page.framed(desk, "settings_app.html", lambda _: view.form(desk.visit.language))


@router.post("")
def register(desk: Submitted, typed: Typed) -> Response:
    """Register an app, and show its secret this once."""
    desk.principal.require(_SCOPE)
    keyed = auth.secret_of(desk.resources)
    try:
        with desk.writing(_SCOPE) as work:
            issued = oauth.register(work, secret=keyed, details=typed)
    except Invalid as refusal:
        return _again(desk, typed, refusal)
    return _page(desk, issued=issued)


@router.post("/{client_id}/secret")
def rotate_secret(desk: Submitted, client_id: str) -> Response:
    """Give an app another secret, and show it this once."""
    keyed = auth.secret_of(desk.resources)
    with desk.writing(_SCOPE) as work:
        issued = oauth.rotate_secret(work, secret=keyed, client_id=client_id)
    return _page(desk, issued=issued)


@router.post("/{client_id}/delete")
def delete(desk: Submitted, client_id: str) -> Response:
    """Forget an app: whatever was granted to it ends."""
    with desk.writing(_SCOPE) as work:
        oauth.delete(work, client_id=client_id)
    return RedirectResponse("/settings/apps?done=deleted", 303)


def _page(desk: Desk, *, done: str = "", issued: IssuedApp | None = None) -> Response:
    handover = None
    if issued is not None:
        handover = Handover(issued.app.details.name, issued.app.client_id, issued.secret)
    return page.framed(
        desk, "settings_apps.html",
        lambda work: replace(
            view.apps(work, desk.visit.language, desk.principal, desk.local),
            handover=handover, done=done,
        ),
    )  # fmt: skip


def _again(desk: Desk, typed: AppDetails, refusal: Invalid) -> Response:
    """The form as it was sent, with a sentence at the wrong field."""
    spoken = desk.visit.language
    field = str(refusal.details.get("field", "name"))
    sentences = {
        "name": spoken.text("A name has 1 to 80 characters."),
        "kind": spoken.text("Choose one of the three."),
        "scopes": spoken.text("An app asks for one thing at least."),
        "redirect_uris": spoken.text(
            "Exact addresses, one on each line: https://… or, on the own machine, http://127.0.0.1/…"
        ),
    }
    shown = replace(
        view.form(spoken),
        chosen=typed.scopes,
        texts={
            "name": typed.name,
            "kind": typed.kind,
            "redirect_uris": "\n".join(typed.redirect_uris),
        },
        complaints={field: sentences[field]},
    )
    return page.framed(desk, "settings_app.html", lambda _: shown, status=422)
