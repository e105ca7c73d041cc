"""The question of an app: may it act for the person who looks at the page (RFC 6749 § 3.1)?

The request stays in the address, from the sign-in page to the answer, and is checked each time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from kontorhaus.identity.oauth import actions as oauth
from kontorhaus.identity.oauth import rules
from kontorhaus.identity.oauth.model import Asked, Outcome, Sent
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import TenantId
from kontorhaus.surfaces.web import auth, headers, page
from kontorhaus.surfaces.web.apps import view
from kontorhaus.surfaces.web.auth import Desk

router = APIRouter(prefix="/oauth2", include_in_schema=False)

_MOST_PARAMETERS = 50
_UNANSWERABLE = "The app that sent you here asked in a way that cannot be answered."


def app_request(request: Request) -> Sent:
    """What the app asks; Invalid if a parameter comes twice, or far too many do."""
    try:
        pairs = parse_qsl(
            request.url.query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise Invalid("invalid_request", _UNANSWERABLE) from error
    if len(dict(pairs)) < len(pairs) or any("\0" in text for _, text in pairs):
        raise Invalid("invalid_request", _UNANSWERABLE)
    return Sent({name: text for name, text in pairs if text})


SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
AppRequest = Annotated[Sent, Depends(app_request)]


@router.get("/authorize")
def ask(desk: SignedIn, sent: AppRequest) -> Response:
    """Ask the person, who is signed in; a request that is wrong goes back to its app."""
    resources = desk.resources
    found = oauth.asked(
        resources.database, secret=auth.secret_of(resources),
        issuer=resources.config.public_url, sent=sent,
    )  # fmt: skip
    return _way_back(found) if isinstance(found, Outcome) else _question(desk, found)


@router.post("/authorize")
def answer(
    desk: Submitted,
    sent: AppRequest,
    decision: Annotated[str, Form()] = "",
    tenant: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Lead the browser back to the app, with a code for a yes."""
    database, issuer = desk.resources.database, desk.resources.config.public_url
    keyed = auth.secret_of(desk.resources)
    if decision != "allow" or tenant is None:
        return _way_back(oauth.deny(database, secret=keyed, issuer=issuer, sent=sent))
    actor = replace(desk.principal.actor, surface="oauth")
    outcome = oauth.allow(
        database, secret=keyed, issuer=issuer, sent=sent, actor=actor, tenant_id=TenantId(tenant)
    )
    return _way_back(outcome)


def _question(desk: Desk, asked: Asked) -> Response:
    values = view.consent(
        desk.visit.language,
        asked,
        action=desk.visit.here,
        person=desk.name,
        places=desk.places,
        current=desk.principal.tenant_id,
    )
    shown = page.response(desk.visit, "consent.html", page=values)
    # The answer to the form leads to the app, which browsers count as a part of the form's action.
    policy = headers.HEADERS["Content-Security-Policy"]
    target = f"form-action 'self' {rules.form_target(asked.redirect_uri)}"
    shown.headers["Content-Security-Policy"] = policy.replace("form-action 'self'", target)
    return shown


def _way_back(outcome: Outcome) -> Response:
    """303, never 307: the form is not sent on to the app (RFC 9700 § 4.12)."""
    if not outcome.location:
        raise Invalid(str(outcome.body.get("error", "invalid_request")), _UNANSWERABLE)
    return RedirectResponse(outcome.location, 303, {"Cache-Control": "no-store"})
