"""The settings page of API keys: seen, made, switched off and on, deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.keys import actions as keys
from kontorhaus.identity.keys.model import Wanted
from kontorhaus.identity.model import IssuedKey
from kontorhaus.kernel.errors import Conflict, Invalid, Refusal
from kontorhaus.kernel.ids import ApiKeyId
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.keys import view

router = APIRouter(prefix="/settings/keys", include_in_schema=False)

_SCOPE = "admin"
_SEE = "config:read"

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Word = Annotated[str, Form(max_length=500)]


@router.get("")
def show_keys(desk: SignedIn, done: str = "") -> Response:
    """Which programs have a key."""
    desk.principal.require(_SEE)
    return _page(desk, done=done)


@router.get("/new")
def show_new(desk: SignedIn, surface: str = "billing") -> Response:
    """The form of a new key."""
    desk.principal.require(_SCOPE)
    shown = view.form(desk.visit.language, desk.principal, surface)
    return page.framed(desk, "settings_key.html", lambda _: shown)


@router.post("")
def issue(
    desk: Submitted,
    surface: Word = "",
    name: Word = "",
    last_day: Word = "",
    scopes: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make a key, and show its token this once."""
    desk.principal.require(_SCOPE)
    try:
        day = date.fromisoformat(last_day) if last_day else None
        wanted = Wanted(surface, name, frozenset(scopes or ()), day)
        with desk.writing(_SCOPE) as work:
            keyed = auth.secret_of(desk.resources)
            issued = keys.issue(work, secret=keyed, wanted=wanted, role=desk.principal.role)
    except ValueError:
        return _again(desk, surface, name, last_day, scopes, "last_day")
    except (Invalid, Conflict) as refusal:
        return _again(desk, surface, name, last_day, scopes, _field(refusal))
    return _page(desk, issued=issued)


@router.post("/{key_id}/{switch}")
def switch_or_delete(desk: Submitted, key_id: UUID, switch: str) -> Response:
    """Switch a key on or off, or delete it; it ends at once."""
    with desk.writing(_SCOPE) as work:
        if switch == "delete":
            keys.delete(work, key_id=ApiKeyId(key_id))
        else:
            keys.switch(work, key_id=ApiKeyId(key_id), is_enabled=switch == "enable")
    done = "deleted" if switch == "delete" else "switched"
    return RedirectResponse(f"/settings/keys?done={done}", 303)


def _page(desk: Desk, *, done: str = "", issued: IssuedKey | None = None) -> Response:
    handover = view.handed_over(issued) if issued else None
    return page.framed(
        desk, "settings_keys.html",
        lambda work: replace(
            view.keys(work, desk.visit.language, desk.principal, desk.local),
            handover=handover, done=done,
        ),
    )  # fmt: skip


def _field(refusal: Refusal) -> str:
    return str(refusal.details.get("field", "name"))


def _again(
    desk: Desk, surface: str, name: str, last_day: str, scopes: list[str] | None, field: str
) -> Response:
    """The form as it was sent, with a sentence at the wrong field."""
    spoken = desk.visit.language
    sentences = {
        "name": spoken.text("A name of 1 to 100 characters that no other key here has."),
        "scopes": spoken.text("A key needs at least one permission, and none that you lack."),
        "last_day": spoken.text("A day from today on."),
    }
    shown = replace(
        view.form(spoken, desk.principal, surface),
        chosen=frozenset(scopes or ()),
        texts={"name": name, "last_day": last_day},
        complaints={field: sentences[field]},
    )
    return page.framed(desk, "settings_key.html", lambda _: shown, status=422)
