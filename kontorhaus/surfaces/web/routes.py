"""The pages of the web surface: each route reads its form, asks for one view, renders it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import IntentId, TenantId
from kontorhaus.kernel.period import Period
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.web import (
    assets,
    auth,
    bank_routes,
    door_routes,
    errors,
    headers,
    invoice_routes,
    page,
    settings_routes,
)
from kontorhaus.surfaces.web.apps import consent_routes
from kontorhaus.surfaces.web.apps import routes as app_routes
from kontorhaus.surfaces.web.audit import routes as audit_routes
from kontorhaus.surfaces.web.auth import Desk
from kontorhaus.surfaces.web.customers import routes as customer_routes
from kontorhaus.surfaces.web.datev import routes as datev_routes
from kontorhaus.surfaces.web.keys import routes as key_routes
from kontorhaus.surfaces.web.mailing import routes as mailing_routes
from kontorhaus.surfaces.web.paper import routes as paper_routes
from kontorhaus.surfaces.web.portal import door as portal_door
from kontorhaus.surfaces.web.portal import routes as portal_routes
from kontorhaus.surfaces.web.products import routes as product_routes
from kontorhaus.surfaces.web.security import routes as security_routes
from kontorhaus.surfaces.web.users import routes as user_routes
from kontorhaus.surfaces.web.views import journal, overview
from kontorhaus.surfaces.web.views.journal import JournalFilter

router = APIRouter(include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
Anybody = Annotated[None, Depends(auth.submitted_by_anybody)]
Text = Annotated[str, Form(max_length=500)]
# Where somebody goes on to; the request of an app travels in it.
Target = Annotated[str, Form(max_length=8000)]

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}


def create_app(resources: Resources) -> ASGIApp:
    """The web surface over opened resources."""
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(auth.from_here)]
    )
    app.state.resources = resources
    errors.register(app)
    for part in (
        router, door_routes.router, security_routes.router, mailing_routes.router,
        user_routes.router, invoice_routes.router, bank_routes.router,
        product_routes.router, settings_routes.router, paper_routes.router, datev_routes.router,
        consent_routes.router, app_routes.router, key_routes.router, audit_routes.router,
        customer_routes.router, portal_door.router, portal_routes.router,
    ):  # fmt: skip
        app.include_router(part)
    return headers.Guarded(app)


def journal_filter(
    month: str = "",
    account: Annotated[str, Query(max_length=20)] = "",
    search: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> JournalFilter:
    """The part of the journal that an address names; Invalid("period") for an odd month."""
    first_day = Period.parse(month).first_day if month else None
    return JournalFilter(first_day, account.strip(), search.strip(), number)


@router.get("/")
def show_overview(desk: SignedIn) -> Response:
    """Figures, pictures, what waits."""
    return page.framed(
        desk, "overview.html",
        lambda work: overview.build(work, name=desk.name, local=desk.local),
    )  # fmt: skip


@router.get("/journal")
def show_journal(
    desk: SignedIn, wanted: Annotated[JournalFilter, Depends(journal_filter)]
) -> Response:
    """The journal, newest first."""
    return page.framed(
        desk, "journal.html",
        lambda work: journal.build(work, wanted=wanted, intent_id=None, local=desk.local),
    )  # fmt: skip


@router.get("/journal/{intent_id}")
def show_booking(
    desk: SignedIn, intent_id: UUID, wanted: Annotated[JournalFilter, Depends(journal_filter)]
) -> Response:
    """The same with one booking beside it."""
    chosen = IntentId(intent_id)
    return page.framed(
        desk, "journal.html",
        lambda work: journal.build(work, wanted=wanted, intent_id=chosen, local=desk.local),
    )  # fmt: skip


@router.post("/place")
def choose_place(desk: Submitted, tenant: Annotated[UUID, Form()]) -> Response:
    """Go on in another organization or environment."""
    sessions.choose_tenant(
        desk.resources.database, secret=auth.secret_of(desk.resources), token=desk.token,
        tenant_id=TenantId(tenant),
    )  # fmt: skip
    return RedirectResponse("/", 303)


@router.post("/preferences")
def prefer(
    request: Request, _: Anybody, next: Target = "/", language: Text = "", theme: Text = ""
) -> Response:
    """Keep language or theme in a cookie; nothing else depends on it."""
    return auth.prefer(request, next, language, theme)


@router.get("/static/vendor/{name}")
def vendor_file(name: str) -> Response:
    """A browser library."""
    found = assets.vendor_file(name)
    if found is None:
        raise NotFound("not_found", "There is no such file.")
    return Response(found.content, media_type=found.media_type, headers=_FOR_AN_HOUR)


@router.get("/static/tokens.css")
def tokens() -> Response:
    """Colours, type and space for the pages that are not ours: the documentation of the APIs."""
    found = assets.own_files()["tokens.css"]
    return Response(found.content, media_type=found.media_type, headers=_FOR_AN_HOUR)


@router.get("/static/{version}/{name}")
def own_file(version: str, name: str) -> Response:
    """A file of ours, under the version it has."""
    found = assets.own_files().get(name)
    if found is None or version != assets.version():
        raise NotFound("not_found", "There is no such file.")
    return Response(found.content, media_type=found.media_type, headers=_FOR_EVER)


@router.get("/favicon.ico")
def favicon() -> Response:
    """What browsers ask for by themselves."""
    return own_file(assets.version(), "favicon.svg")
