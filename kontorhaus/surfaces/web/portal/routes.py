"""The pages of customers: each route reads its form, asks for one view, renders it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from kontorhaus.identity import queries as identity
from kontorhaus.invoicing.customers import actions, downloads, queries
from kontorhaus.invoicing.customers.model import CustomerInvoice
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.runtime import catalogue
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.conventions.answers import Binary
from kontorhaus.surfaces.web import auth as web
from kontorhaus.surfaces.web.portal import auth, frame, view
from kontorhaus.surfaces.web.portal.auth import Customer
from kontorhaus.surfaces.web.portal.view import Wanted

router = APIRouter(prefix=auth.HOME, include_in_schema=False)

SignedIn = Annotated[Customer, Depends(auth.signed_in)]
Submitted = Annotated[Customer, Depends(auth.submitted)]
Target = Annotated[str, Form(max_length=8000)]
Word = Annotated[str, Form(max_length=20)]

_PRIVATE = {"Cache-Control": "no-store"}
_LOGO = {"png": "image/png", "svg": "image/svg+xml"}


def wanted(
    show: str = "",
    type: Annotated[str, Query(max_length=100)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Wanted:
    """The part of the list that an address names; an unknown state shows all."""
    return Wanted(show if show in ("open", "paid") else "", type, number)


@router.get("")
def show_invoices(customer: SignedIn, wanted: Annotated[Wanted, Depends(wanted)]) -> Response:
    """The customer's invoices, newest first, and what is to be paid."""
    return frame.framed(
        customer, "portal_invoices.html",
        lambda work: view.build_list(work, party_id=customer.party_id, wanted=wanted),
    )  # fmt: skip


@router.post("/preferences")
def prefer(
    request: Request, _: Submitted, next: Target = auth.HOME, language: Word = ""
) -> Response:
    """Keep the language in a cookie; nothing else depends on it."""
    return web.prefer(request, next, language, "")


@router.get("/archive")
def fetch_archive(customer: SignedIn, wanted: Annotated[Wanted, Depends(wanted)]) -> Response:
    """The PDFs of the invoices that the filters leave, as one ZIP."""
    content = downloads.archive(
        customer.resources, customer.caller, party_id=customer.party_id, wanted=wanted.filter
    )
    filename = customer.visit.language.text("invoices.zip")
    name = Binary(b"", "application/zip", filename).disposition
    headers = {**_PRIVATE, "Content-Disposition": name}
    return StreamingResponse(content, media_type="application/zip", headers=headers)


@router.get("/imprint")
def show_imprint(customer: SignedIn) -> Response:
    """Who the seller is, and what these pages keep."""
    return frame.framed(customer, "portal_imprint.html", identity.profile)


@router.get("/logo/{sha256}")
def show_logo(customer: SignedIn, sha256: str) -> Response:
    """The seller's logo as it is now."""
    with customer.reading() as work:
        logo = stationery.stationery(work).brand.logo
    if logo is None or logo.sha256 != sha256:
        raise NotFound("not_found", "There is no such file.")
    headers = {"Cache-Control": "private, max-age=86400"}
    return Response(logo.content, media_type=_LOGO[logo.format], headers=headers)


@router.get("/invoices/{serial}")
def show_invoice(customer: SignedIn, serial: int, done: str = "") -> Response:
    """One invoice, and how to pay it."""
    return _invoice(customer, serial, toast=done)


@router.get("/invoices/{serial}/pdf")
def fetch_pdf(customer: SignedIn, serial: int, show: bool = False) -> Response:
    """The PDF as it was frozen, to be kept or, with `show`, to be read in the browser."""
    with customer.reading() as work:
        invoice = queries.invoice(work, party_id=customer.party_id, serial=serial)
    found = downloads.pdf(customer.resources, customer.caller, invoice=invoice)
    name = Binary(found.content, found.media_type, found.name, inline=show).disposition
    headers = {**_PRIVATE, "Content-Disposition": name}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.post("/invoices/{serial}/pay")
def pay(customer: Submitted, serial: int) -> Response:
    """Pay with the credit, as far as it reaches."""
    return _change(customer, serial, actions.pay, "paid")


@router.post("/invoices/{serial}/remove-credit")
def remove_credit(customer: Submitted, serial: int) -> Response:
    """Take applied credit back while the invoice is open."""
    return _change(customer, serial, actions.remove_credit, "taken-back")


def _change(
    customer: Customer, serial: int, change: Callable[..., CustomerInvoice], done: str
) -> Response:
    """Book it; else show the invoice as it is now with a sentence why not."""
    try:
        with customer.changing_own() as work:
            change(work, party_id=customer.party_id, serial=serial)
    except Conflict as refusal:
        complaint = catalogue.translated(customer.visit.language.code, refusal.message)
        return _invoice(customer, serial, complaint=complaint)
    return RedirectResponse(f"{auth.HOME}/invoices/{serial}?done={done}", 303)


def _invoice(customer: Customer, serial: int, *, toast: str = "", complaint: str = "") -> Response:
    def build(work: Work) -> object:
        return view.build_one(
            work, party_id=customer.party_id, serial=serial, toast=toast, complaint=complaint
        )

    return frame.framed(customer, "portal_invoice.html", build, status=409 if complaint else 200)
