"""What went wrong, as a page: in words, with a way out and the id that the log knows."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from kontorhaus.kernel.errors import Conflict, Denied, Invalid, NotFound, Refusal
from kontorhaus.runtime import catalogue
from kontorhaus.surfaces.web import auth, page
from kontorhaus.surfaces.web.language import Language
from kontorhaus.surfaces.web.portal import auth as portal
from kontorhaus.surfaces.web.portal import frame as customers
from kontorhaus.surfaces.web.views import shell
from kontorhaus.surfaces.web.views.shell import ErrorPage

_STATUSES: dict[type[Refusal], int] = {Invalid: 422, NotFound: 404, Conflict: 409, Denied: 403}


def register(app: FastAPI) -> None:
    """Answer refusals, wrong addresses and what nobody expected with pages."""
    app.add_exception_handler(auth.SignInNeeded, _to_door)
    app.add_exception_handler(portal.CustomerNeeded, _to_door_of_customers)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _wrong_address)
    app.add_exception_handler(Exception, _unexpected)


def words(spoken: Language, refusal: Refusal) -> str:
    """The sentence of a refusal in the reader's language, where the catalogue has it."""
    return catalogue.translated(spoken.code, refusal.message)


def _to_door(request: Request, _: Exception) -> Response:
    """htmx follows a header, since it would put the sign-in page into the present one."""
    target = auth.visit(request).here if request.method == "GET" else "/"
    if request.headers.get("hx-request"):
        return Response(headers={"HX-Redirect": auth.to_door(target)})
    return RedirectResponse(auth.to_door(target), 303)


def _to_door_of_customers(_: Request, __: Exception) -> Response:
    return RedirectResponse(portal.DOOR, 303)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    spoken = auth.visit(request).language
    titles = {
        Invalid: spoken.text("This cannot be taken like this"),
        NotFound: spoken.text("There is nothing here"),
        Conflict: spoken.text("Somebody was faster"),
        Denied: spoken.text("This is not for you"),
    }
    kind = next(kind for kind in _STATUSES if isinstance(error, kind))
    if kind is Denied:
        auth.tell_refusal(request, error.code)
    return _page(request, _STATUSES[kind], titles[kind], words(spoken, error), error.code)


def _malformed(request: Request, _: Exception) -> Response:
    spoken = auth.visit(request).language
    return _page(
        request, 422, spoken.text("This cannot be taken like this"),
        spoken.text("The address or the form holds something this page does not know."),
        "invalid_input",
    )  # fmt: skip


def _wrong_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    spoken = auth.visit(request).language
    if error.status_code == 413:
        sentence = spoken.text("A form takes 64 kB, a statement 25 MB.")
        return _page(request, 413, spoken.text("That is too large"), sentence, "too_large")
    return _page(
        request, error.status_code, spoken.text("There is nothing here"),
        spoken.text("This address leads nowhere. It may be mistyped, or what it showed is gone."),
        "not_found" if error.status_code == 404 else "method_not_allowed",
    )  # fmt: skip


def _unexpected(request: Request, _: Exception) -> Response:
    spoken = auth.visit(request).language
    return _page(
        request, 500, spoken.text("That did not work"),
        spoken.text("Nothing was booked and nothing changed. Please try again."), "internal",
    )  # fmt: skip


def _page(request: Request, status: int, title: str, sentence: str, code: str) -> Response:
    """Inside the frame for somebody signed in, else at the door."""
    if portal.is_here(request):
        return _page_of_customer(request, status, title, sentence, code)
    spoken = auth.visit(request).language
    found = auth.request_id(request)
    error = ErrorPage(
        title, sentence, code, "/", spoken.text("To the overview"), str(found) if found else ""
    )
    desk = auth.signed_in_or_none(request) if status < 500 else None
    if desk is None:
        guest = auth.guest(request)
        answer = page.response(guest.visit, "error_outside.html", status=status, error=error)
        return auth.keep_guest(guest, answer)
    with desk.reading() as work:
        frame = shell.build(work, desk.principal, desk.places)
    return page.response(desk.visit, "error.html", status=status, shell=frame, error=error)


def _page_of_customer(
    request: Request, status: int, title: str, sentence: str, code: str
) -> Response:
    """The same for a customer, whose pages are others than the seller's."""
    spoken = auth.visit(request).language
    found = auth.request_id(request)
    error = ErrorPage(
        title, sentence, code, portal.HOME, spoken.text("To your invoices"),
        str(found) if found else "",
    )  # fmt: skip
    customer = portal.signed_in_or_none(request) if status < 500 else None
    if customer is None:
        guest = auth.guest(request)
        answer = page.response(guest.visit, "error_outside.html", status=status, error=error)
        return auth.keep_guest(guest, answer)
    return customers.framed(customer, "portal_error.html", lambda _: error, status=status)
