"""The ASGI application: every surface under its base, the web pages at the root, health."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.billing import routes as billing
from kontorhaus.surfaces.books import routes as books
from kontorhaus.surfaces.conventions import middleware
from kontorhaus.surfaces.conventions.middleware import Front
from kontorhaus.surfaces.web import routes as web

_RETRY_SECONDS = "2"

SURFACES = (books.books, billing.billing)


def create_app(resources: Resources) -> Front:
    """The whole program as one ASGI application over opened resources."""
    routes: list[BaseRoute] = [
        Route("/health/live", _live),
        Route("/health/ready", _ready),
        Route("/metrics", _metrics),
    ]
    routes += [Mount(surface.base, surface.asgi(resources)) for surface in SURFACES]
    routes.append(Mount("/", web.create_app(resources)))
    app = Starlette(routes=routes)
    app.state.resources = resources
    return Front(app, name="web", bases=tuple(surface.base for surface in SURFACES))


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
