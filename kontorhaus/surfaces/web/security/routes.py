"""The page of a person's own sign-in: password, second factor, open sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.sessions import account
from kontorhaus.identity.sessions.model import Visitor
from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.secret import Secret
from kontorhaus.surfaces.web import auth, errors, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.security import view

router = APIRouter(prefix="/settings/security", include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Visiting = Annotated[Visitor, Depends(auth.visitor)]
Text = Annotated[str, Form(max_length=500)]

_PAGE = "settings_security.html"


@router.get("")
def show(desk: SignedIn, saved: bool = False) -> Response:
    """How the person signs in, and where it is signed in."""
    return page.framed(desk, _PAGE, lambda work: view.build(work, desk, is_saved=saved))


@router.post("/password")
def change_password(
    desk: Submitted, visitor: Visiting, old_password: Text, new_password: Text
) -> Response:
    """Another password; every other session ends."""
    database, keys = _stores(desk)
    try:
        account.change_password(
            database, secret=keys, caller=desk.caller, visitor=visitor,
            old=old_password, new=new_password,
        )  # fmt: skip
    except (Invalid, Denied) as refusal:
        return _refused(desk, refusal, {"": "old_password", "password": "new_password"})
    return _saved()


@router.post("/factor")
def begin_factor(desk: Submitted, factor_password: Text) -> Response:
    """Show a key, to be taken into an app."""
    database, keys = _stores(desk)
    try:
        account.begin_factor(database, secret=keys, caller=desk.caller, password=factor_password)
    except (Invalid, Conflict, Denied) as refusal:
        return _refused(desk, refusal, {"": "factor_password"})
    return RedirectResponse("/settings/security#factor-h", 303)


@router.post("/factor/confirm")
def confirm_factor(desk: Submitted, visitor: Visiting, code: Text) -> Response:
    """Switch the second factor on, and show the recovery codes this once."""
    database, keys = _stores(desk)
    try:
        codes = account.confirm_factor(
            database, secret=keys, caller=desk.caller, visitor=visitor, code=code
        )
    except (Invalid, Conflict, Denied) as refusal:
        return _refused(desk, refusal, {"": "code"})
    return _with_codes(desk, codes)


@router.post("/factor/codes")
def renew_codes(desk: Submitted, renew_code: Text) -> Response:
    """Show new recovery codes this once; the older ones end."""
    database, keys = _stores(desk)
    try:
        codes = account.renew_recovery_codes(
            database, secret=keys, caller=desk.caller, code=renew_code
        )
    except (Invalid, Denied) as refusal:
        return _refused(desk, refusal, {"": "renew_code"})
    return _with_codes(desk, codes)


@router.post("/factor/off")
def remove_factor(
    desk: Submitted, visitor: Visiting, off_password: Text, off_code: Text
) -> Response:
    """Switch the second factor off."""
    database, keys = _stores(desk)
    try:
        account.remove_factor(
            database, secret=keys, caller=desk.caller, visitor=visitor,
            password=off_password, code=off_code,
        )  # fmt: skip
    except (Invalid, Denied) as refusal:
        return _refused(desk, refusal, {"": "off_password", "wrong_code": "off_code"})
    return _saved()


@router.post("/factor/drop")
def drop_draft(desk: Submitted) -> Response:
    """Give up setting up a second factor."""
    with desk.changing_own() as work:
        account.drop_draft(work)
    return RedirectResponse("/settings/security", 303)


@router.post("/sessions/{session_id}/end")
def end_session(desk: Submitted, session_id: UUID) -> Response:
    """End one session of the person, here or elsewhere."""
    with desk.changing_own() as work:
        account.end_session(work, session_id=session_id)
    return _saved()


@router.post("/sessions/end-others")
def end_other_sessions(desk: Submitted) -> Response:
    """End every session of the person but this one."""
    with desk.changing_own() as work:
        account.end_other_sessions(work)
    return _saved()


def _stores(desk: Desk) -> tuple[Database, Secret]:
    return desk.resources.database, auth.secret_of(desk.resources)


def _saved() -> Response:
    return RedirectResponse("/settings/security?saved=1", 303)


def _with_codes(desk: Desk, codes: Sequence[str]) -> Response:
    return page.framed(desk, _PAGE, lambda work: view.build(work, desk, codes=codes))


def _refused(
    desk: Desk, refusal: Invalid | Conflict | Denied, fields: Mapping[str, str]
) -> Response:
    """The page again, with a sentence at the field that a code belongs to; "" is every other."""
    name = fields.get(refusal.code, fields[""])
    complaints = {name: errors.words(desk.visit.language, refusal)}
    return page.framed(
        desk, _PAGE, lambda work: view.build(work, desk, complaints=complaints), status=422
    )
