"""The door: signing in by password and code, a forgotten password, one-time links, signing out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.model import NewOwner
from kontorhaus.identity.rules import split_name
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.errors import Denied, Invalid
from kontorhaus.surfaces.web import auth, errors, first_owner, page
from kontorhaus.surfaces.web.auth import Desk, Guest
from kontorhaus.surfaces.web.views.shell import CodePage, ForgottenPage, LoginPage, SetupPage

router = APIRouter(include_in_schema=False)

Submitted = Annotated[Desk, Depends(auth.submitted)]
AtDoor = Annotated[Guest, Depends(auth.guest)]
SubmittedAtDoor = Annotated[Guest, Depends(auth.submitted_by_guest)]
Text = Annotated[str, Form(max_length=500)]
# Where somebody goes on to; the request of an app travels in it.
Target = Annotated[str, Form(max_length=8000)]
Step = Annotated[str, Form(max_length=2000)]


@router.get("/login")
def show_login(request: Request, guest: AtDoor, next: str = "/") -> Response:
    """The sign-in form; who is signed in goes straight on."""
    if auth.signed_in_or_none(request):
        return RedirectResponse(auth.inside(next), 303)
    return _door(guest, "login.html", login=LoginPage(auth.inside(next)))


@router.post("/login")
def login(guest: SubmittedAtDoor, email: Text, password: Text, next: Target = "/") -> Response:
    """Open a session, or say the same to every wrong guess."""
    database, keys = guest.resources.database, auth.secret_of(guest.resources)
    try:
        proof = entry.prove(
            database, secret=keys, surface="web", email=email, password=password,
            visitor=guest.visitor,
        )  # fmt: skip
        if proof.needs_code:
            step = entry.second_step(database, secret=keys, proof=proof)
            return _door(guest, "login_code.html", login=CodePage(auth.inside(next), step))
        session = entry.enter(database, secret=keys, proof=proof, visitor=guest.visitor)
    except Denied as refusal:
        return _once_more(guest, refusal, next, email)
    return auth.admit(guest, session, next)


@router.post("/login/code")
def login_by_code(guest: SubmittedAtDoor, step: Step, code: Text, next: Target = "/") -> Response:
    """The second step, where the account has a second factor."""
    database, keys = guest.resources.database, auth.secret_of(guest.resources)
    try:
        proof = entry.taken_up(database, secret=keys, step=step)
    except Denied as refusal:
        return _once_more(guest, refusal, next)
    try:
        session = entry.enter(database, secret=keys, proof=proof, code=code, visitor=guest.visitor)
    except Denied as refusal:
        complaint = errors.words(guest.visit.language, refusal)
        values = CodePage(auth.inside(next), step, complaint)
        return _door(guest, "login_code.html", status=422, login=values)
    return auth.admit(guest, session, next)


@router.get("/forgotten")
def show_forgotten(guest: AtDoor) -> Response:
    """The form of somebody who forgot the password."""
    sends_mail = guest.resources.config.smtp_url is not None
    return _door(guest, "forgotten.html", forgotten=ForgottenPage(sends_mail))


@router.post("/forgotten")
def forget(guest: SubmittedAtDoor, email: Text) -> Response:
    """Let a link be mailed, and say the same whether the address is known or not."""
    complaint = ""
    try:
        sessions.forgot_password(
            guest.resources.database, secret=auth.secret_of(guest.resources), email=email,
            visitor=guest.visitor,
        )  # fmt: skip
    except Denied as refusal:
        complaint = errors.words(guest.visit.language, refusal)
    sends_mail = guest.resources.config.smtp_url is not None
    values = ForgottenPage(sends_mail, email, complaint, is_sent=not complaint)
    return _door(guest, "forgotten.html", status=422 if complaint else 200, forgotten=values)


@router.post("/logout")
def logout(desk: Submitted) -> Response:
    """End the session here and now."""
    sessions.logout(
        desk.resources.database, secret=auth.secret_of(desk.resources), token=desk.token
    )
    response = RedirectResponse("/login", 303)
    auth.dismiss(desk.resources, response)
    return response


@router.get("/setup/{token}")
def show_setup(guest: AtDoor, token: str) -> Response:
    """The form behind a one-time link: of the first owner, or for a new password."""
    is_first = sessions.is_first_link(
        guest.resources.database, secret=auth.secret_of(guest.resources), token=token
    )
    return _door(guest, "setup.html", setup=SetupPage(is_first))


@router.post("/setup/{token}")
def set_up(
    guest: SubmittedAtDoor,
    token: str,
    email: Text,
    password: Text,
    company: Text = "",
    chart: Text = "",
    name: Text = "",
) -> Response:
    """Found the company, or set the password of whom the link was made for; then sign in."""
    try:
        owner = NewOwner(email, password, *split_name(name))
        device = first_owner.use_link(guest, token, company, chart, owner)
    except (Invalid, Denied) as refusal:
        field = {"email": "email", "profile": "company"}.get(refusal.code, "password")
        complaints = {field: errors.words(guest.visit.language, refusal)}
        values = SetupPage(bool(chart), company, chart, name, email, complaints)
        return _door(guest, "setup.html", status=422, setup=values)
    known = replace(guest, visitor=replace(guest.visitor, device=device))
    return login(known, email, password)


def _door(guest: Guest, template: str, *, status: int = 200, **values: object) -> Response:
    answer = page.response(guest.visit, template, status=status, **values)
    return auth.keep_guest(guest, answer)


def _once_more(guest: Guest, refusal: Denied, next: str, email: str = "") -> Response:
    """The sign-in form again, with what was wrong."""
    complaint = errors.words(guest.visit.language, refusal)
    values = LoginPage(auth.inside(next), email, complaint)
    return _door(guest, "login.html", status=422, login=values)
