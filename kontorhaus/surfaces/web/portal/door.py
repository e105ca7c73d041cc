"""The door of customers: a mailed link, a token, or the wish for another link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from kontorhaus.contacts import queries as contacts
from kontorhaus.identity import queries as identity
from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.customers.model import Entrance
from kontorhaus.invoicing.mailing import portal_link
from kontorhaus.kernel.errors import Denied, NotFound
from kontorhaus.runtime.work import SYSTEM, Actor, Caller, begin
from kontorhaus.surfaces.web import auth as web
from kontorhaus.surfaces.web import page
from kontorhaus.surfaces.web.auth import Guest
from kontorhaus.surfaces.web.portal import auth
from kontorhaus.surfaces.web.portal.auth import Customer

router = APIRouter(prefix=auth.HOME, include_in_schema=False)

AtDoor = Annotated[Guest, Depends(web.guest)]
SubmittedAtDoor = Annotated[Guest, Depends(web.submitted_by_guest)]
Submitted = Annotated[Customer, Depends(auth.submitted)]
Text = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True)
class DoorPage:
    """The two ways in. `note` says what has happened, the complaints what is wrong."""

    sends_mail: bool
    note: str = ""
    email: str = ""
    email_complaint: str = ""
    token_complaint: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class EntrancePage:
    """Behind a link: whose invoices are shown after one click."""

    seller: str
    href: str


@router.get("/door")
def show_door(guest: AtDoor, left: bool = False) -> Response:
    """The way in without a link."""
    return _door(guest, note=guest.visit.language.text("You are signed out.") if left else "")


@router.post("/door")
def enter_by_token(request: Request, guest: SubmittedAtDoor, token: Text) -> Response:
    """Open a session for whoever has a customer's token."""
    try:
        entrance = customers.behind_token(
            guest.resources.database, secret=web.secret_of(guest.resources), token=token,
            client=guest.visitor.client,
        )  # fmt: skip
    except Denied as refusal:
        complaint = guest.visit.language.text(refusal.message)
        return _door(guest, status=422, token_complaint=complaint)
    return _open(request, guest, entrance)


@router.post("/links")
def ask_for_link(request: Request, guest: SubmittedAtDoor, email: Text) -> Response:
    """Let a link be mailed, and say the same whether the address may enter or not."""
    spoken = guest.visit.language
    try:
        portal_link.send_again(
            guest.resources,
            address=email,
            client=guest.visitor.client,
            request_id=web.request_id(request),
        )
    except Denied as refusal:
        return _door(guest, status=422, email=email, email_complaint=spoken.text(refusal.message))
    return _door(
        guest,
        note=spoken.text("If a seller has given this address access, a link is on its way to it."),
    )


@router.get("/enter/{token}")
def show_entrance(guest: AtDoor, token: str) -> Response:
    """Where a mailed link leads: one click from the invoices.

    Looking opens nothing and uses nothing up, since mail scanners look at every link. The link
    holds until it ends, so that an old mail still leads to its invoice.
    """
    entrance = _behind(guest, token)
    if entrance is None:
        return _run_out(guest)
    with begin(guest.resources.database, _caller(entrance, SYSTEM), read_only=True) as work:
        values = EntrancePage(identity.profile(work).shown_name, f"{auth.HOME}/enter/{token}")
    answer = page.response(guest.visit, "portal_enter.html", page=values)
    return web.keep_guest(guest, answer)


@router.post("/enter/{token}")
def enter_by_link(request: Request, guest: SubmittedAtDoor, token: str) -> Response:
    """Open a session for whoever has the link."""
    entrance = _behind(guest, token)
    return _open(request, guest, entrance) if entrance else _run_out(guest)


@router.post("/logout")
def logout(customer: Submitted) -> Response:
    """End the session here and now."""
    keys = web.secret_of(customer.resources)
    with customer.changing_own() as work:
        customers.close_session(work, secret=keys, token=customer.token, party_id=customer.party_id)
    return auth.leave()


def _behind(guest: Guest, token: str) -> Entrance | None:
    try:
        return customers.behind_link(
            guest.resources.database, secret=web.secret_of(guest.resources), token=token
        )
    except NotFound:
        return None


def _open(request: Request, guest: Guest, entrance: Entrance) -> Response:
    database, keys = guest.resources.database, web.secret_of(guest.resources)
    with begin(database, _caller(entrance, SYSTEM), read_only=True) as work:
        name = contacts.party(work, party_id=entrance.party_id).details.name
    actor = Actor(
        "customer", entrance.access_id or entrance.key_id, None, name, None, "portal", "dashboard"
    )
    with begin(database, _caller(entrance, actor, web.request_id(request))) as work:
        session = customers.open_session(work, secret=keys, entrance=entrance, label=name)
    return auth.admit(guest.resources, session)


def _caller(entrance: Entrance, actor: Actor, request_id: UUID | None = None) -> Caller:
    return Caller(entrance.tenant_id, actor, entrance.time_zone, request_id)


def _run_out(guest: Guest) -> Response:
    trouble = guest.visit.language.text(
        "This link has run out or was taken back. Have a new one sent to you:"
    )
    return _door(guest, status=404, trouble=trouble)


def _door(guest: Guest, *, status: int = 200, **values: str) -> Response:
    door = DoorPage(guest.resources.config.smtp_url is not None, **values)
    answer = page.response(guest.visit, "portal_door.html", status=status, door=door)
    return web.keep_guest(guest, answer)
