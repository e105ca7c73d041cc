"""The pages of the web surface: each route reads its form, asks for one view, renders it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from kontorhaus.identity.model import NewOwner
from kontorhaus.identity.rules import split_name
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.kernel.errors import Denied, Invalid, NotFound
from kontorhaus.kernel.ids import IntentId, TenantId
from kontorhaus.kernel.period import Period
from kontorhaus.runtime.catalogue import CODES
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.web import (
    assets,
    auth,
    bank_routes,
    errors,
    first_owner,
    headers,
    invoice_routes,
    page,
    settings_routes,
)
from kontorhaus.surfaces.web.apps import consent_routes
from kontorhaus.surfaces.web.apps import routes as app_routes
from kontorhaus.surfaces.web.audit import routes as audit_routes
from kontorhaus.surfaces.web.auth import Desk, Guest
from kontorhaus.surfaces.web.customers import routes as customer_routes
from kontorhaus.surfaces.web.datev import routes as datev_routes
from kontorhaus.surfaces.web.keys import routes as key_routes
from kontorhaus.surfaces.web.mailing import routes as mailing_routes
from kontorhaus.surfaces.web.paper import routes as paper_routes
from kontorhaus.surfaces.web.portal import door as portal_door
from kontorhaus.surfaces.web.portal import routes as portal_routes
from kontorhaus.surfaces.web.products import routes as product_routes
from kontorhaus.surfaces.web.views import journal, overview
from kontorhaus.surfaces.web.views.journal import JournalFilter
from kontorhaus.surfaces.web.views.shell import ForgottenPage, LoginPage, SetupPage

router = APIRouter(include_in_schema=False)

SignedIn = Annotated[Desk, Depends(auth.signed_in)]
Submitted = Annotated[Desk, Depends(auth.submitted)]
AtDoor = Annotated[Guest, Depends(auth.guest)]
SubmittedAtDoor = Annotated[Guest, Depends(auth.submitted_by_guest)]
Text = Annotated[str, Form(max_length=500)]
# Where somebody goes on to; the request of an app travels in it.
Target = Annotated[str, Form(max_length=8000)]

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}


def create_app(resources: Resources) -> ASGIApp:
    """The web surface over opened resources."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.resources = resources
    errors.register(app)
    for part in (
        router, mailing_routes.router, invoice_routes.router, bank_routes.router,
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


@router.get("/login")
def show_login(request: Request, guest: AtDoor, next: str = "/") -> Response:
    """The sign-in form; who is signed in goes straight on."""
    if auth.signed_in_or_none(request):
        return RedirectResponse(auth.inside(next), 303)
    return _door(guest, "login.html", login=LoginPage(auth.inside(next)))


@router.post("/login")
def login(guest: SubmittedAtDoor, email: Text, password: Text, next: Target = "/") -> Response:
    """Open a session, or say the same to every wrong guess."""
    try:
        session = sessions.login(
            guest.resources.database, secret=auth.secret_of(guest.resources), surface="web",
            email=email, password=password, client=guest.client,
        )  # fmt: skip
    except Denied as refusal:
        complaint = errors.words(guest.visit.language, refusal)
        values = LoginPage(auth.inside(next), email, complaint)
        return _door(guest, "login.html", status=422, login=values)
    return auth.admit(guest.resources, session, next)


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
            client=guest.client,
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
    response.delete_cookie(auth.SESSION_COOKIE)
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
        first_owner.use_link(guest.resources, token, company, chart, owner, guest.client)
    except (Invalid, Denied) as refusal:
        field = {"email": "email", "profile": "company"}.get(refusal.code, "password")
        complaints = {field: errors.words(guest.visit.language, refusal)}
        values = SetupPage(bool(chart), company, chart, name, email, complaints)
        return _door(guest, "setup.html", status=422, setup=values)
    return login(guest, email, password)


@router.post("/place")
def choose_place(desk: Submitted, tenant: Annotated[UUID, Form()]) -> Response:
    """Go on in another organization or environment."""
    sessions.choose_tenant(
        desk.resources.database, secret=auth.secret_of(desk.resources), token=desk.token,
        tenant_id=TenantId(tenant),
    )  # fmt: skip
    return RedirectResponse("/", 303)


@router.post("/preferences")
def prefer(request: Request, next: Target = "/", language: Text = "", theme: Text = "") -> Response:
    """Keep language or theme in a cookie; nothing else depends on it."""
    response = RedirectResponse(auth.inside(next), 303)
    if language in CODES:
        auth.prefer(request, response, auth.LANGUAGE_COOKIE, language)
    if theme in auth.THEMES:
        auth.prefer(request, response, auth.THEME_COOKIE, theme)
    return response


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


def _door(guest: Guest, template: str, *, status: int = 200, **values: object) -> Response:
    answer = page.response(guest.visit, template, status=status, **values)
    return auth.keep_guest(guest, answer)
