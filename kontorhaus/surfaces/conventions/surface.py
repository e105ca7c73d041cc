"""A surface: one public API with its base, its shape of errors and its operations."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, Unpack

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kontorhaus.runtime.rate_limit import RateLimiter
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.conventions import crossing, docs, errors, exchange, openapi, wire_json
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.auth import Authenticate, Doorkeeper, by_key_or_session
from kontorhaus.surfaces.conventions.crossing import Crossing
from kontorhaus.surfaces.conventions.endpoint import Desk, Endpoint
from kontorhaus.surfaces.conventions.errors import ErrorShape, Fault
from kontorhaus.surfaces.conventions.middleware import Speaks, SurfaceFront
from kontorhaus.surfaces.conventions.operation import Function, Operation, Options, operation
from kontorhaus.surfaces.conventions.replies import deliver
from kontorhaus.surfaces.conventions.threads import Threads

Decorated = TypeVar("Decorated", bound=Function)
Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

_JSON_LIMIT = 10_000_000
_FILE_LIMIT = 25_000_000
# Some requests are refused before they ask for a connection.
_SPARE_THREADS = 4
# What the documents and their page are written in.
_ENGLISH = ((b"content-language", b"en"),)


@dataclass(frozen=True, slots=True)
class Surface:
    """Operations hang themselves on it by its decorators; `asgi` makes it an application.

    `language` finds the language of the catalogues that an Accept-Language asks refusals in;
    without it they are English. `json_limit` and `file_limit` are bytes of a request body; with
    `https_only` a server whose public address is https:// refuses plain HTTP, except from the
    machine itself.
    """

    name: str
    base: str
    title: str
    shape: ErrorShape
    json_limit: int = _JSON_LIMIT
    file_limit: int = _FILE_LIMIT
    authenticate: Authenticate = by_key_or_session
    https_only: bool = False
    language: Speaks | None = None
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, **options: Unpack[Options]) -> Callable[[Decorated], Decorated]:
        """Register an operation that reads."""
        return self._register("GET", path, options)

    def post(self, path: str, **options: Unpack[Options]) -> Callable[[Decorated], Decorated]:
        """Register an operation that creates or acts."""
        return self._register("POST", path, options)

    def put(self, path: str, **options: Unpack[Options]) -> Callable[[Decorated], Decorated]:
        """Register an operation that replaces."""
        return self._register("PUT", path, options)

    def patch(self, path: str, **options: Unpack[Options]) -> Callable[[Decorated], Decorated]:
        """Register an operation that changes."""
        return self._register("PATCH", path, options)

    def delete(self, path: str, **options: Unpack[Options]) -> Callable[[Decorated], Decorated]:
        """Register an operation that deletes."""
        return self._register("DELETE", path, options)

    def document(self) -> dict[str, object]:
        """The OpenAPI document."""
        return openapi.document(
            title=self.title,
            description=docs.DESCRIPTION,
            base=self.base,
            operations=self.operations,
            shape=self.shape,
        )

    def asgi(self, resources: Resources) -> ASGIApp:
        """The surface as an application over opened resources, to be mounted at its base."""
        limiter = RateLimiter(resources.database, resources.config.rate_limit)
        doorkeeper = Doorkeeper(resources, self.name, self.authenticate)
        threads = Threads(resources.config.pool_size + _SPARE_THREADS, self.name)
        desk = Desk(resources, self.shape, doorkeeper, limiter, threads)
        routes = [*self._fixed_routes(resources.config.public_url), *self._routes(desk)]
        refuse = self._refuser()
        app = FastAPI(
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            exception_handlers={HTTPException: refuse, Exception: refuse},
        )
        app.router.routes.extend(routes)
        app.openapi = self.document  # type: ignore[method-assign]
        return SurfaceFront(
            app,
            name=self.name,
            shape=self.shape,
            limiter=limiter,
            methods_at=lambda path: crossing.methods_at(routes, path),
            https_only=self.https_only and resources.config.public_url.startswith("https://"),
            language=self.language,
        )

    def _register(
        self, method: str, path: str, options: Options
    ) -> Callable[[Decorated], Decorated]:
        def register(function: Decorated) -> Decorated:
            self.operations.append(operation(method, path, function, options))
            return function

        return register

    def _routes(self, desk: Desk) -> list[Route]:
        """One route a path; fixed words win over parameters, in whatever order they came."""
        paths: dict[str, dict[str, Operation]] = {}
        for found in sorted(self.operations, key=_specificity):
            for verb in (found.method, *found.options.get("also", ())):
                paths.setdefault(found.path, {})[verb] = found
        return [
            Route(path, Crossing(self._endpoints(desk, at_path))) for path, at_path in paths.items()
        ]

    def _endpoints(self, desk: Desk, at_path: Mapping[str, Operation]) -> dict[str, Endpoint]:
        """What answers each method of a path."""
        getter = at_path.get("GET")
        seen = getter if getter is not None and getter.is_plain else None
        return {
            verb: Endpoint(
                found,
                desk=desk,
                limit=self._limit_of(found),
                sibling=seen if verb in ("PUT", "PATCH", "DELETE") else None,
            )
            for verb, found in at_path.items()
        }

    def _limit_of(self, found: Operation) -> int:
        usual = self.file_limit if found.takes_upload else self.json_limit
        return found.options.get("body_limit", usual)

    def _fixed_routes(self, origin: str) -> list[Route]:
        """The document and its page, made at the first request for them."""
        pages: dict[str, Callable[[], Reply]] = {
            "/openapi.json": lambda: Reply(200, wire_json.encode(self.document())),
            "/docs": lambda: docs.page(
                title=self.title, documents=[self.document()], origin=origin
            ),
            "/docs.js": lambda: docs.file("docs.js"),
            "/docs.css": lambda: docs.file("docs.css"),
        }
        return [Route(path, Crossing({"GET": _Page(make)})) for path, make in pages.items()]

    def _refuser(self) -> Handler:
        """What the router or nobody expected, in the shape of the surface."""

        async def refuse(request: Request, error: Any) -> Response:
            is_known = isinstance(error, HTTPException)
            status, headers = (error.status_code, error.headers or {}) if is_known else (500, {})
            language = exchange.of(request.scope).language
            reply = errors.reply(_fault(status), self.shape, language)
            return Response(reply.body, status, {**reply.headers, **headers}, reply.media_type)

        return refuse


class _Page:
    """Something public that never changes while the program runs."""

    def __init__(self, make: Callable[[], Reply]) -> None:
        self._make = make
        self._reply: Reply | None = None

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        exchange.of(scope).operation = "documentation"
        if self._reply is None:
            self._reply = self._make()
        await deliver(self._reply, send, _ENGLISH)


def _fault(status: int) -> Fault:
    if status == 404:
        return Fault(status, "not_found", "There is nothing at this address.")
    if status == 405:
        return Fault(status, "method_not_allowed", "This address does not answer this method.")
    if status < 500:
        return Fault(status, "invalid_input", "The request cannot be read.")
    return Fault(status, "internal", "Something went wrong here; the request id names it.")


def _specificity(found: Operation) -> tuple[bool, ...]:
    return tuple(part.startswith("{") for part in found.path.split("/"))
