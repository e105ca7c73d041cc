"""Which customer looks at a page: the session behind its own cookie, for these pages alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.customers.model import CustomerSession
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.web import auth

COOKIE = "kontorhaus_customer"
HOME = "/customer"
DOOR = f"{HOME}/door"


class CustomerNeeded(Exception):
    """The page needs a customer who is signed in."""


@dataclass(frozen=True)
class Customer(auth.Seat):
    """A customer at its invoices."""

    @property
    def party_id(self) -> PartyId:
        """Which of the seller's customers it is."""
        assert self.principal.party_id is not None, "a customer's session names the customer"
        return self.principal.party_id


def is_here(request: Request) -> bool:
    """Whether a request is for the pages of customers."""
    path = request.url.path
    return path == HOME or path.startswith(f"{HOME}/")


def signed_in_or_none(request: Request) -> Customer | None:
    """The customer behind the cookie, if there is one."""
    resources: Resources = request.app.state.resources
    token = request.cookies.get(COOKIE, "")
    keys = auth.secret_of(resources)
    found = customers.principal(resources.database, secret=keys, token=token) if token else None
    if found is None:
        return None
    auth.note(request, found)
    form_token = keys.digest(token, purpose="customer_form").hex()
    visit = auth.visit(request, form_token)
    return Customer(resources, visit, found, token, auth.request_id(request))


def signed_in(request: Request) -> Customer:
    """The customer behind the cookie; CustomerNeeded for everybody else."""
    found = signed_in_or_none(request)
    if found is None:
        raise CustomerNeeded
    return found


def submitted(
    customer: Annotated[Customer, Depends(signed_in)], form_token: Annotated[str, Form()] = ""
) -> Customer:
    """A form of a customer; Denied("form_token") if it was not made for it."""
    auth.check(customer.visit, form_token)
    return customer


def admit(resources: Resources, session: CustomerSession) -> Response:
    """In to the invoices, with the cookie of the session."""
    response = RedirectResponse(HOME, 303)
    is_secure = auth.is_https(resources)
    response.set_cookie(
        COOKIE, session.token, path=HOME, httponly=True, samesite="lax", secure=is_secure
    )
    return response


def leave() -> Response:
    """Out to the door, without the cookie."""
    response = RedirectResponse(f"{DOOR}?left=1", 303)
    response.delete_cookie(COOKIE, path=HOME)
    return response
