"""The pages of customers: the list, one customer, and the access that is given to it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.customers.rules import SCOPE
from kontorhaus.invoicing.mailing import portal_link
from kontorhaus.invoicing.mailing import post as posts
from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.kernel.ids import AccessId, ApiKeyId, PartyId
from kontorhaus.openitems.invoices import queries as parties
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import auth, errors, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.customers import view
from kontorhaus.surfaces.web.customers.view import Given

router = APIRouter(prefix="/customers", include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Text = Annotated[str, Form(max_length=500)]

_NOTHING = Given()
# Where a refused token is wrong, and what is said there.
_AT = {
    "day": ("expires_on", "This is no day of the calendar."),
    "last_day": ("expires_on", "A token ends today or later; choose another day."),
    "key_name_taken": ("name", "This customer has a token of that name: choose another."),
}


@router.get("")
def show_customers(
    desk: SignedIn,
    search: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """The customers, newest first, with what is open."""
    return page.framed(
        desk, "customers.html",
        lambda work: view.build_list(work, search=search.strip(), page=number),
    )  # fmt: skip


@router.get("/{party_id}")
def show_customer(desk: SignedIn, party_id: UUID, done: str = "") -> Response:
    """One customer, and who may see its invoices."""
    return _customer(desk, party_id, Given(done=done))


@router.post("/{party_id}/links")
def mail_link(desk: Submitted, party_id: UUID, email: Text = "") -> Response:
    """Mail a personal link to an address that may enter from now on."""
    post = posts.post(desk.resources.config)
    try:
        with desk.writing(SCOPE) as work:
            party_of = _known(work, party_id)
            portal_link.send(work, party_id=party_of, address=email, post=post)
    except (Invalid, Denied) as refusal:
        return _wrong(desk, party_id, {"email": email}, {"email": _words(desk, refusal)})
    return RedirectResponse(f"/customers/{party_id}?done=mailed", 303)


@router.post("/{party_id}/links/{access_id}/revoke")
def revoke_link(desk: Submitted, party_id: UUID, access_id: UUID) -> Response:
    """Take an address its access."""
    with desk.writing(SCOPE) as work:
        customers.revoke_access(work, party_id=PartyId(party_id), access_id=AccessId(access_id))
    return RedirectResponse(f"/customers/{party_id}?done=revoked", 303)


@router.post("/{party_id}/tokens")
def issue_token(
    desk: Submitted, party_id: UUID, name: Text = "", expires_on: Text = ""
) -> Response:
    """Make a token and show it this once."""
    try:
        token = _issue(desk, party_id, name, expires_on)
    except (Invalid, Conflict) as refusal:
        field, words = _AT.get(refusal.code, ("name", refusal.message))
        typed = {"name": name, "expires_on": expires_on}
        return _wrong(desk, party_id, typed, {field: desk.visit.language.text(words)})
    return _customer(desk, party_id, Given(token=token))


@router.post("/{party_id}/tokens/{key_id}/revoke")
def revoke_token(desk: Submitted, party_id: UUID, key_id: UUID) -> Response:
    """End a token."""
    with desk.writing(SCOPE) as work:
        customers.revoke_token(work, party_id=PartyId(party_id), key_id=ApiKeyId(key_id))
    return RedirectResponse(f"/customers/{party_id}?done=revoked", 303)


def _issue(desk: Desk, party_id: UUID, name: str, expires_on: str) -> str:
    """The token; Invalid("day") for a last day that is none, and what issuing refuses."""
    try:
        last_day = date.fromisoformat(expires_on) if expires_on else None
    except ValueError as error:
        raise Invalid("day", "This is no day of the calendar.") from error
    with desk.writing(SCOPE) as work:
        issued = customers.issue_token(
            work, secret=auth.secret_of(desk.resources), party_id=_known(work, party_id),
            name=name, last_day=last_day,
        )  # fmt: skip
    return issued.token


def _known(work: Work, party_id: UUID) -> PartyId:
    """The customer of that id; NotFound("not_found")."""
    return parties.party(work, role="customer", party_id=PartyId(party_id))[0].id


def _words(desk: Desk, refusal: Invalid | Denied) -> str:
    if refusal.code == "forbidden":
        raise refusal
    return errors.words(desk.visit.language, refusal)


def _wrong(
    desk: Desk, party_id: UUID, typed: dict[str, str], complaints: dict[str, str]
) -> Response:
    return _customer(desk, party_id, Given(texts=typed, complaints=complaints), status=422)


def _customer(
    desk: Desk, party_id: UUID, given: Given = _NOTHING, *, status: int = 200
) -> Response:
    config = desk.resources.config
    return page.framed(
        desk, "customer.html",
        lambda work: view.build_one(
            work, party_id=PartyId(party_id), may_give=desk.principal.may(SCOPE),
            door=f"{config.public_url}/customer", has_server=bool(config.smtp_url), given=given,
        ),
        status=status,
    )  # fmt: skip
