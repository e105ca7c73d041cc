"""The settings page of users: seen, invited, given another role, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.members import actions as members
from kontorhaus.identity.members.model import Invited
from kontorhaus.identity.rules import split_name
from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.users import view

router = APIRouter(prefix="/settings/users", include_in_schema=False)

_SCOPE = "admin"

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Word = Annotated[str, Form(max_length=200)]


@router.get("")
def show_users(desk: SignedIn, done: str = "") -> Response:
    """Who works here, and as what."""
    desk.principal.require(_SCOPE)
    organization_id = desk.principal.organization_id
    return page.framed(
        desk, "settings_users.html",
        lambda work: view.users(
            work, organization_id=organization_id, local=desk.local, done=done
        ),
    )  # fmt: skip


@router.post("")
def invite(desk: Submitted, email: Word = "", name: Word = "", role: Word = "member") -> Response:
    """Invite somebody by mail."""
    first, last = split_name(name)
    invited = Invited(email, first, last, role)
    organization_id = desk.principal.organization_id
    return _done(
        desk, "invited", {"email": email, "name": name, "role": role},
        lambda work: members.invite(work, organization_id=organization_id, invited=invited),
    )  # fmt: skip


@router.post("/{user_id}/role")
def change_role(desk: Submitted, user_id: UUID, role: Word = "") -> Response:
    """Give somebody another role, at once."""
    organization_id = desk.principal.organization_id
    return _done(
        desk, "changed", {},
        lambda work: members.change_role(
            work, organization_id=organization_id, user_id=user_id, role=role
        ),
    )  # fmt: skip


@router.post("/{user_id}/remove")
def remove(desk: Submitted, user_id: UUID) -> Response:
    """Let somebody in no more, at once."""
    organization_id = desk.principal.organization_id
    return _done(
        desk, "removed", {},
        lambda work: members.remove(work, organization_id=organization_id, user_id=user_id),
    )  # fmt: skip


def _done(
    desk: Desk, done: str, texts: dict[str, str], change: Callable[[Work], object]
) -> Response:
    """Back to the page; with a sentence where nothing was changed."""
    desk.principal.require(_SCOPE)
    try:
        with desk.writing(_SCOPE) as work:
            change(work)
    except (Invalid, Conflict, Denied) as refusal:
        complaint = view.complaint(desk.visit.language, refusal)
        organization_id = desk.principal.organization_id
        return page.framed(
            desk, "settings_users.html",
            lambda work: view.users(
                work, organization_id=organization_id, local=desk.local,
                texts=texts, complaint=complaint,
            ),
            status=422,
        )  # fmt: skip
    return RedirectResponse(f"/settings/users?done={done}", 303)
