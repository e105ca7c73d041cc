"""Sending an invoice by e-mail from its page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.customers import rules as access
from kontorhaus.invoicing.mailing import actions as mailing
from kontorhaus.invoicing.mailing import enclosures, portal_link
from kontorhaus.invoicing.mailing import post as posts
from kontorhaus.invoicing.mailing.model import CoverLetter
from kontorhaus.kernel import email
from kontorhaus.kernel.errors import Denied, Invalid
from kontorhaus.surfaces.web import auth, errors, page
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.mailing import view
from kontorhaus.surfaces.web.mailing.view import Attempt

router = APIRouter(prefix="/invoices", include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]

_SCOPE = "email:send"
_NO_ADDRESS = "This is no address that a mail can go to."


def letter(
    recipient: Annotated[str, Form(max_length=254)] = "",
    subject: Annotated[str, Form(max_length=200)] = "",
    text: Annotated[str, Form(alias="message", max_length=11_000)] = "",
    wants_copy: Annotated[bool, Form()] = False,
) -> CoverLetter:
    """The letter that was typed; a browser ends its lines with CR and LF."""
    return CoverLetter(recipient.strip(), subject.strip(), text.replace("\r\n", "\n"), wants_copy)


Typed = Annotated[CoverLetter, Depends(letter)]


@router.get("/{public_id}/send")
def show_letter(desk: SignedIn, public_id: str, sent: bool = False) -> Response:
    """The letter to be sent, and the mails that took the invoice along."""
    return _page(desk, public_id, is_sent=sent)


@router.post("/{public_id}/send")
def send_letter(desk: Submitted, public_id: str, typed: Typed) -> Response:
    """Send the invoice; else say what is wrong with the letter."""
    desk.principal.require(_SCOPE)
    if portal_link.PLACE in typed.message:
        desk.principal.require(access.SCOPE)
    complaints = _complaints(desk, typed) or _send(desk, public_id, typed)
    if not complaints:
        return RedirectResponse(f"/invoices/{public_id}/send?sent=1", 303)
    return _page(desk, public_id, attempt=Attempt(typed, complaints))


def _page(
    desk: Desk, public_id: str, *, is_sent: bool = False, attempt: Attempt | None = None
) -> Response:
    return page.framed(
        desk, "invoice_send.html",
        lambda work: view.build(
            work, public_id=public_id, may_send=desk.principal.may(_SCOPE),
            has_server=bool(desk.resources.config.smtp_url), local=desk.local,
            is_sent=is_sent, attempt=attempt,
        ),
        status=422 if attempt else 200,
    )  # fmt: skip


def _complaints(desk: Desk, typed: CoverLetter) -> dict[str, str]:
    spoken = desk.visit.language
    missing = spoken.text("This must be filled in.")
    complaints = {
        name: missing for name in ("subject", "message") if not getattr(typed, name).strip()
    }
    if not email.is_address(typed.recipient):
        complaints["recipient"] = spoken.text(_NO_ADDRESS)
    return complaints


def _send(desk: Desk, public_id: str, typed: CoverLetter) -> dict[str, str]:
    caller = desk.principal.caller(desk.request_id)
    enclosed = enclosures.collect(desk.resources, caller, public_id=public_id)
    try:
        with desk.writing(_SCOPE) as work:
            mailing.send(
                work,
                public_id=public_id,
                letter=typed,
                enclosures=enclosed,
                post=posts.post(desk.resources.config),
            )
    except (Invalid, Denied) as refusal:
        field = refusal.details.get("field")
        name = field if field in ("recipient", "subject") else "message"
        return {str(name): errors.words(desk.visit.language, refusal)}
    return {}
