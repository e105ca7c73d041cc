"""Who looks at a page: the session behind the cookie, and the token that every form carries."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.routing import Route

from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions.model import Place, Session, Visitor
from kontorhaus.kernel.errors import Denied
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.catalogue import CODES
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Caller, Work, begin
from kontorhaus.surfaces.conventions import exchange
from kontorhaus.surfaces.conventions.auth import tell_refusal as tell
from kontorhaus.surfaces.web import language
from kontorhaus.surfaces.web.views.shell import Visit

SESSION_COOKIE = "kontorhaus_session"
GUEST_COOKIE = "kontorhaus_guest"
DEVICE_COOKIE = "kontorhaus_device"
LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("light", "dark")
_YEAR_SECONDS = 31_536_000
# No page of another host, a sub-domain's neither, can set or overwrite such a cookie (RFC 6265bis).
_HOST_PREFIX = "__Host-"
_READING = ("GET", "HEAD", "OPTIONS")


class SignInNeeded(Exception):
    """The page needs somebody who is signed in."""


@dataclass(frozen=True)
class Guest:
    """Somebody at the door. `cookie` is a new value for the guest cookie, empty if it has one.

    `session` is the token of a session that its next sign-in ends, if it is still signed in.
    """

    resources: Resources
    visit: Visit
    cookie: str
    visitor: Visitor
    session: str


@dataclass(frozen=True)
class Seat:
    """Somebody signed in, a person or a customer, and the transactions it may begin."""

    resources: Resources
    visit: Visit
    principal: Principal
    token: str
    request_id: UUID | None

    @property
    def caller(self) -> Caller:
        """Who acts."""
        return self.principal.caller(self.request_id)

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A transaction that only reads."""
        with begin(self.resources.database, self.caller, read_only=True) as work:
            yield work

    @contextmanager
    def changing_own(self) -> Iterator[Work]:
        """A transaction on what is one's own, whatever the role."""
        with begin(self.resources.database, self.caller) as work:
            yield work


@dataclass(frozen=True)
class Desk(Seat):
    """A person at the books of one tenant."""

    @contextmanager
    def writing(self, scope: str) -> Iterator[Work]:
        """A transaction of a person with the scope; Denied("forbidden") without it."""
        self.principal.require(scope)
        with begin(self.resources.database, self.caller) as work:
            yield work

    @property
    def name(self) -> str:
        """How the person is called."""
        return self.principal.actor.label

    @property
    def places(self) -> list[Place]:
        """Where the person may work."""
        user_id = self.principal.actor.user_id
        assert user_id is not None, "a session belongs to a person"
        return sessions.places_of(self.resources.database, user_id=UserId(user_id))

    def local(self, instant: datetime) -> datetime:
        """The instant in the organization's time zone."""
        return instant.astimezone(ZoneInfo(self.principal.time_zone))


def from_here(request: Request) -> None:
    """Denied("foreign_form") for a change that a page of another site asks for.

    The token in each form is the lock; this is the second one, which browsers turn by themselves.
    """
    if request.method in _READING:
        return
    resources: Resources = request.app.state.resources
    ours = {urlsplit(resources.config.public_url).netloc, request.headers.get("host", "")}
    origin = request.headers.get("origin")
    is_foreign = origin is not None and urlsplit(origin).netloc not in ours
    if is_foreign or request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Denied("foreign_form", "Another site sent this form: open the page here instead.")


def guest(request: Request) -> Guest:
    """Whoever it is, with what a form at the door needs."""
    resources: Resources = request.app.state.resources
    known = _cookie(request, GUEST_COOKIE)
    cookie = known or secret.random_token()
    token = _guest_token(resources, cookie)
    seen = visit(request, token)
    session = _cookie(request, SESSION_COOKIE)
    return Guest(resources, seen, "" if known else cookie, visitor(request), session)


def visitor(request: Request) -> Visitor:
    """From where somebody signs in; a browser without a device cookie is a device too."""
    device = _cookie(request, DEVICE_COOKIE) or secret.random_token()
    agent = request.headers.get("user-agent", "")
    return Visitor(client(request), agent, device, request_id(request))


def signed_in(request: Request) -> Desk:
    """The person behind the session cookie; SignInNeeded for everybody else."""
    resources: Resources = request.app.state.resources
    found = _principal(request)
    if found is None:
        raise SignInNeeded
    principal, token = found
    note(request, principal)
    form_token = sessions.csrf(secret_of(resources), token)
    return Desk(resources, visit(request, form_token), principal, token, request_id(request))


def signed_in_or_none(request: Request) -> Desk | None:
    """The same for pages that anybody may see."""
    return signed_in(request) if _principal(request) else None


def submitted(
    desk: Annotated[Desk, Depends(signed_in)], form_token: Annotated[str, Form()] = ""
) -> Desk:
    """A form of a signed-in person; Denied("form_token") if it was not made for it."""
    check(desk.visit, form_token)
    return desk


def submitted_by_guest(
    guest: Annotated[Guest, Depends(guest)], form_token: Annotated[str, Form()] = ""
) -> Guest:
    """A form at the door, filled in by whom it was shown to."""
    check(guest.visit, form_token)
    return guest


def submitted_by_anybody(request: Request, form_token: Annotated[str, Form()] = "") -> None:
    """A form that both have, filled in by whom it was shown to; Denied("form_token")."""
    resources: Resources = request.app.state.resources
    expected = []
    if cookie := _cookie(request, GUEST_COOKIE):
        expected.append(_guest_token(resources, cookie))
    if found := _principal(request):
        expected.append(sessions.csrf(secret_of(resources), found[1]))
    if not any(_is_same(token, form_token) for token in expected):
        raise _out_of_date()


def visit(request: Request, form_token: str = "") -> Visit:
    """Language and theme of the request."""
    theme = request.cookies.get(THEME_COOKIE, "")
    spoken = language.choose(
        request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", "")
    )
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Visit(spoken, theme if theme in THEMES else "", form_token, here)


def request_id(request: Request) -> UUID | None:
    """The id under which the log knows this request."""
    if exchange.SCOPE_KEY not in request.scope:
        return None
    return exchange.of(request.scope).request_id


def client(request: Request) -> str:
    """The network address that a request comes from; "" if nothing knows it."""
    if exchange.SCOPE_KEY not in request.scope:
        return ""
    return exchange.of(request.scope).client


def secret_of(resources: Resources) -> Secret:
    """The server's secret."""
    return secret.of(resources.config.home)


def inside(target: str) -> str:
    """The target if it lies on this site, else the first page: nobody is led away from here."""
    is_local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_local and target.isprintable() else "/"


def admit(guest: Guest, session: Session, target: str) -> Response:
    """Open the door: on to the target, with a new session in the place of an old one."""
    resources = guest.resources
    if guest.session:
        sessions.logout(resources.database, secret=secret_of(resources), token=guest.session)
    response = RedirectResponse(inside(target), 303)
    _remember(resources, response, SESSION_COOKIE, session.token)
    _remember(resources, response, DEVICE_COOKIE, session.device, _YEAR_SECONDS)
    return response


def dismiss(resources: Resources, response: Response) -> None:
    """Have the browser forget its session."""
    _remember(resources, response, SESSION_COOKIE, "", 0)


def to_door(target: str) -> str:
    """The sign-in page that leads back to `target`."""
    return f"/login?next={quote(target, safe='')}" if target != "/" else "/login"


def keep_guest(guest: Guest, response: Response) -> Response:
    """Give a newcomer the cookie its form was made for."""
    if guest.cookie:
        _remember(guest.resources, response, GUEST_COOKIE, guest.cookie)
    return response


def prefer(request: Request, target: str, chosen: str, theme: str) -> Response:
    """Keep a language or a theme for a year, on the way to the target; scripts may read it."""
    response = RedirectResponse(inside(target), 303)
    kept = {LANGUAGE_COOKIE: chosen} if chosen in CODES else {}
    if theme in THEMES:
        kept[THEME_COOKIE] = theme
    is_secure = is_https(request.app.state.resources)
    for name, value in kept.items():
        response.set_cookie(name, value, max_age=_YEAR_SECONDS, samesite="lax", secure=is_secure)
    return response


def tell_refusal(request: Request, code: str) -> None:
    """Put into the audit trail that somebody signed in was refused something."""
    found = _principal(request)
    if found is not None:
        route = request.scope.get("route")
        path = route.path if isinstance(route, Route) else request.url.path
        tell(
            request.app.state.resources, found[0], request_id(request),
            operation=f"{request.method} {path}", code=code,
        )  # fmt: skip


def note(request: Request, principal: Principal) -> None:
    """Tell the access log who it is."""
    if exchange.SCOPE_KEY in request.scope:
        exchange.of(request.scope).principal = principal


def _principal(request: Request) -> tuple[Principal, str] | None:
    resources: Resources = request.app.state.resources
    token = _cookie(request, SESSION_COOKIE)
    if not token:
        return None
    principal = sessions.principal(
        resources.database, secret=secret_of(resources), surface="web", token=token
    )
    return (principal, token) if principal else None


def check(visit: Visit, form_token: str) -> None:
    """Denied("form_token") for a form that was not made for who sends it."""
    if not _is_same(visit.form_token, form_token):
        raise _out_of_date()


def _is_same(expected: str, form_token: str) -> bool:
    return hmac.compare_digest(expected.encode(), form_token.encode())


def _out_of_date() -> Denied:
    return Denied("form_token", "This form is out of date: load the page again.")


def _guest_token(resources: Resources, cookie: str) -> str:
    return secret_of(resources).digest(cookie, purpose="guest_form").hex()


def _cookie(request: Request, name: str) -> str:
    return request.cookies.get(_cookie_name(request.app.state.resources, name), "")


def _cookie_name(resources: Resources, name: str) -> str:
    return f"{_HOST_PREFIX}{name}" if is_https(resources) else name


def _remember(
    resources: Resources, response: Response, name: str, value: str, seconds: int | None = None
) -> None:
    """Keep a value in the browser until it is closed, or for so long; no script reads it."""
    response.set_cookie(
        _cookie_name(resources, name),
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=is_https(resources),
    )


def is_https(resources: Resources) -> bool:
    """Whether browsers reach this server by https alone, so that cookies may insist on it."""
    return resources.config.public_url.startswith("https://")
