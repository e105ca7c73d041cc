"""The frame of a customer's pages: the seller's name and logo, whose invoices these are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party
from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import Profile
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.web import page
from kontorhaus.surfaces.web.portal.auth import HOME, Customer


@dataclass(frozen=True)
class Frame:
    """What stands around every page; `logo_href` is empty where the seller has no logo."""

    seller: str
    logo_href: str
    imprint: str
    customer: str
    customer_number: str
    is_test: bool


def framed(
    customer: Customer, template: str, build: Callable[[Work], object], *, status: int = 200
) -> HTMLResponse:
    """A page of a customer: what `build` finds, in the frame."""
    with customer.reading() as work:
        values = build(work)
        frame = _frame(work, customer)
    return page.response(customer.visit, template, status=status, frame=frame, page=values)


def _frame(work: Work, customer: Customer) -> Frame:
    profile, paper = identity.profile(work), stationery.stationery(work)
    party = contacts.party(work, party_id=customer.party_id)
    logo = paper.brand.logo
    return Frame(
        seller=profile.shown_name,
        logo_href=f"{HOME}/logo/{logo.sha256}" if logo else "",
        imprint=", ".join((profile.name, *address(profile))),
        customer=party.details.name,
        customer_number=number_of(party),
        is_test=customer.principal.environment == "TEST",
    )


def address(profile: Profile) -> tuple[str, ...]:
    """The address lines of the seller that are filled."""
    return tuple(line for line in (profile.line1, profile.line2, profile.line3) if line)


def number_of(party: Party) -> str:
    """The number by which seller and customer know each other."""
    return party.details.client_number or party.customer_account or ""
