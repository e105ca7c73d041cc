"""What every request passes first and every answer last: id, limits, headers, log line."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kontorhaus.kernel.errors import Denied, Invalid
from kontorhaus.runtime import stopwatch
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.rate_limit import WINDOW_SECONDS, RateLimiter
from kontorhaus.surfaces.conventions import errors, exchange, metrics
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.errors import PROBLEM, ErrorShape
from kontorhaus.surfaces.conventions.exchange import SCOPE_KEY, Exchange
from kontorhaus.surfaces.conventions.replies import deliver

metrics_text = metrics.text

MethodsAt = Callable[[str], str]
Speaks = Callable[[str | None], str]
Header = tuple[bytes, bytes]

_LONGEST_URL = 8 * 1024
_LARGEST_HEADERS = 16 * 1024
_LONGEST_ID = 200
# A one-time link carries its token in the path: who reads the log may not use it.
_TOKEN = re.compile(r"[0-9a-f]{64}", re.ASCII)
_REFUSED = (401, 403, 429)
_QUIET = ("/health/", "/metrics", "/static/")

_ALWAYS: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"),)
_NO_STORE: Header = (b"cache-control", b"no-store")
_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-allow-headers",
        b"X-Requested-With, Content-Type, Accept, Origin, Authorization, Idempotency-Key, If-Match",
    ),
    (
        b"access-control-expose-headers",
        b"X-Request-Id, X-Total-Count, ETag, Retry-After, RateLimit, RateLimit-Policy,"
        b" X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset, Idempotency-Replayed,"
        b" Content-Disposition",
    ),
)
_PREFLIGHT = {"Access-Control-Max-Age": "600"}

_log = structlog.get_logger("kontorhaus.access")


class Front:
    """The outermost layer of the program: gives the request its id and writes its log line.

    What lies under one of `bases` refuses oversized requests itself, in its own words.
    """

    def __init__(self, app: ASGIApp, *, name: str, bases: tuple[str, ...] = ()) -> None:
        self._app = app
        self._name = name
        self._bases = bases

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; others (lifespan, websocket) as they are."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = new_exchange(scope, self._name)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found.status = message["status"]
                complete(message, found, ())
            await send(message)

        try:
            refused = None if found.path.startswith(self._bases) else check_head(scope)
            if refused is None:
                await self._app(scope, receive, send_with_headers)
            else:
                await deliver(errors.reply(refused, PROBLEM), send_with_headers)
        finally:
            finish(found)


class SurfaceFront:
    """The front of one API: CORS, rate-limit headers and its own way to say no.

    Inside the program's `Front` it goes on with the same exchange; alone it is one itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        name: str,
        shape: ErrorShape,
        limiter: RateLimiter,
        methods_at: MethodsAt,
        https_only: bool = False,
        language: Speaks | None = None,
    ) -> None:
        self._app = app
        self._name = name
        self._shape = shape
        self._limiter = limiter
        self._methods_at = methods_at
        self._https_only = https_only
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request of the surface on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_inner = SCOPE_KEY in scope
        found = exchange.of(scope) if is_inner else new_exchange(scope, self._name)
        found.surface = self._name
        if self._language is not None:
            found.language = self._language(found.header("accept-language"))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found.status = message["status"]
                self._add_rate(message, found)
                complete(message, found, _CORS)
            await send(message)

        try:
            early = self._early(scope, found)
            if early is None:
                await self._app(scope, receive, send_with_headers)
            else:
                await deliver(early, send_with_headers)
        finally:
            if not is_inner:
                finish(found)

    def _early(self, scope: Scope, found: Exchange) -> Reply | None:
        """The answer to what no operation needs to see."""
        refused = check_head(scope)
        if refused is None and self._https_only:
            refused = _check_https(scope)
        if refused is not None:
            return errors.reply(refused, self._shape, found.language)
        if found.method != "OPTIONS":
            return None
        found.operation = "preflight"
        found.methods = self._methods_at(exchange.path_within(scope)) or found.methods
        return Reply(204, media_type=None, headers={**_PREFLIGHT, "Allow": found.methods})

    def _add_rate(self, message: Message, found: Exchange) -> None:
        """Both families of rate-limit headers, for strangers by their address."""
        allowance = found.allowance or self._limiter.take_alone(found.client)
        limit, remaining = str(allowance.limit).encode(), str(allowance.remaining).encode()
        reset = str(allowance.reset_seconds).encode()
        message["headers"] += (
            (b"x-rate-limit-limit", limit),
            (b"x-rate-limit-remaining", remaining),
            (b"x-rate-limit-reset", reset),
            (b"ratelimit-policy", b'"default";q=%s;w=%d' % (limit, WINDOW_SECONDS)),
            (b"ratelimit", b'"default";r=%s;t=%s' % (remaining, reset)),
            (b"access-control-allow-methods", found.methods.encode()),
        )


def new_exchange(scope: Scope, surface: str) -> Exchange:
    """Begin the exchange of a request; its id is always ours."""
    client = scope.get("client")
    found = Exchange(
        request_id=uuid7(),
        method=scope["method"],
        path=scope["path"],
        headers=dict(scope["headers"]),
        client=f"address:{exchange.network_of(client[0]) if client else ''}",
        started=stopwatch.microseconds(),
        surface=surface,
    )
    scope[SCOPE_KEY] = found
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=str(found.request_id))
    return found


def check_head(scope: Scope) -> errors.Fault | None:
    """The fault of a request whose address or headers are too long, or that names two hosts."""
    if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > _LONGEST_URL:
        refusal = Denied("uri_too_long", "The address is longer than 8 kB.")
        return errors.fault_of(refusal, PROBLEM)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > _LARGEST_HEADERS:
        refusal = Denied("header_too_large", "The headers are larger than 16 kB.")
        return errors.fault_of(refusal, PROBLEM)
    if sum(name == b"host" for name, _ in scope["headers"]) > 1:
        return errors.fault_of(Invalid("invalid_input", "A request names one host."), PROBLEM)
    return None


def _check_https(scope: Scope) -> errors.Fault | None:
    """The fault of a request over plain HTTP that came over a network."""
    client = scope.get("client")
    if scope.get("scheme") == "https" or (client and exchange.is_loopback(client[0])):
        return None
    refusal = Denied("https_needed", "This API is used over https:// only.")
    return errors.fault_of(refusal, PROBLEM)


def complete(message: Message, found: Exchange, more: tuple[Header, ...]) -> None:
    """Add what every answer carries, unless an inner layer did."""
    headers: list[Header] = list(message["headers"])
    present = {name for name, _ in headers}
    if b"x-request-id" not in present:
        headers.append((b"x-request-id", str(found.request_id).encode()))
        headers += _ALWAYS
    if b"cache-control" not in present:
        headers.append(_NO_STORE)
    headers += [header for header in more if header[0] not in present]
    message["headers"] = headers


def finish(found: Exchange) -> None:
    """One line of the access log and the metrics of a request."""
    duration = stopwatch.microseconds() - found.started
    metrics.count(found.surface, found.operation or "other", found.status, duration)
    if found.path.startswith(_QUIET):
        return
    principal = found.principal
    _log.info(
        "request",
        surface=found.surface,
        operation=found.operation or None,
        method=found.method,
        path=_TOKEN.sub("…", found.path),
        status=found.status,
        microseconds=duration,
        tenant_id=str(principal.tenant_id) if principal else None,
        actor=f"{principal.actor.kind}:{principal.actor.id}" if principal else None,
        # of whom nothing else is known: what failed logins and refusals come from
        client=found.client if found.status in _REFUSED else None,
        their_request_id=(found.header("x-request-id") or "")[:_LONGEST_ID] or None,
        **found.notes,
    )
