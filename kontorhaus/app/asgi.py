"""The ASGI application: every surface under its base, the web pages at the root, health."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.billing import routes as billing
from kontorhaus.surfaces.books import routes as books
from kontorhaus.surfaces.conventions import docs, middleware
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.middleware import Front
from kontorhaus.surfaces.management import routes as management
from kontorhaus.surfaces.oauth import routes as oauth
from kontorhaus.surfaces.portal import routes as portal
from kontorhaus.surfaces.web import routes as web

_RETRY_SECONDS = "2"

SURFACES = (
    books.books,
    billing.billing,
    portal.portal,
    management.management,
    oauth.oauth2,
    oauth.well_known,
)
# A page under the base of a surface: a person answers it, in a browser.
PAGES = frozenset({"/oauth2/authorize"})


class Doors:
    """Sends a request straight to the surface under whose base it lies, all others to the pages."""

    def __init__(self, surfaces: Mapping[str, ASGIApp], pages: ASGIApp) -> None:
        self._surfaces = dict(surfaces)
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a surface sees its base as its root, as if it were mounted there."""
        base = self._base_of(scope) if scope["type"] == "http" else None
        if base is None:
            await self._pages(scope, receive, send)
        else:
            inner = {**scope, "root_path": scope.get("root_path", "") + base}
            await self._surfaces[base](inner, receive, send)

    def _base_of(self, scope: Scope) -> str | None:
        path: str = scope["path"]
        if path in PAGES:
            return None
        return next((b for b in self._surfaces if path == b or path.startswith(f"{b}/")), None)


def create_app(resources: Resources) -> Doors:
    """The whole program as one ASGI application over opened resources."""
    routes: list[BaseRoute] = [
        Route("/health/live", _live),
        Route("/health/ready", _ready),
        Route("/metrics", _metrics),
        *_documentation(resources.config.public_url),
    ]
    routes.append(Mount("/", web.create_app(resources)))
    app = Starlette(routes=routes)
    app.state.resources = resources
    surfaces = {surface.base: surface.asgi(resources) for surface in SURFACES}
    return Doors(surfaces, Front(app, name="web"))


def _documentation(origin: str) -> list[BaseRoute]:
    """One page on all APIs, made at the first request for it."""

    @cache
    def page() -> Reply:
        documents = [surface.document() for surface in SURFACES]
        return docs.page(title="Kontorhaus APIs", documents=documents, origin=origin)

    pages: dict[str, Callable[[], Reply]] = {
        "/docs": page,
        "/docs.js": lambda: docs.file("docs.js"),
        "/docs.css": lambda: docs.file("docs.css"),
    }
    return [Route(path, _sent(make)) for path, make in pages.items()]


def _sent(make: Callable[[], Reply]) -> Callable[[Request], Response]:
    def send(_: Request) -> Response:
        reply = make()
        return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)

    return send


def _live(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _ready(request: Request) -> Response:
    resources: Resources = request.app.state.resources
    if resources.database.is_ready():
        return JSONResponse({"status": "ok", "database": "ok"})
    return JSONResponse(
        {"status": "unavailable", "database": "no answer"},
        status_code=503,
        headers={"Retry-After": _RETRY_SECONDS},
    )


def _metrics(_: Request) -> Response:
    return Response(middleware.metrics_text(), media_type="text/plain; version=0.0.4")
