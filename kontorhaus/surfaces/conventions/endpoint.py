"""The way of a request through an operation: token, limit, body, arguments, answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from kontorhaus.identity.principal import Principal
from kontorhaus.kernel.errors import Denied, Invalid, Refusal
from kontorhaus.kernel.phrase import Phrase
from kontorhaus.runtime.rate_limit import Allowance, RateLimiter
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.conventions import errors, exchange, idempotency, multipart, streams
from kontorhaus.surfaces.conventions.answers import Reply, render
from kontorhaus.surfaces.conventions.auth import Doorkeeper, bearer, tell_refusal
from kontorhaus.surfaces.conventions.call import Call, Visit
from kontorhaus.surfaces.conventions.errors import ErrorShape, Fault
from kontorhaus.surfaces.conventions.exchange import Exchange
from kontorhaus.surfaces.conventions.multipart import Form
from kontorhaus.surfaces.conventions.operation import Operation
from kontorhaus.surfaces.conventions.replies import deliver
from kontorhaus.surfaces.conventions.streams import Stream
from kontorhaus.surfaces.conventions.threads import Threads

_BODY_SECONDS = 30
_STREAM_SECONDS = 300
_FORBIDDEN = 403
_UNAVAILABLE = {"retry_after_seconds": 2}


@dataclass(frozen=True, slots=True)
class Desk:
    """What all operations of a running surface share."""

    resources: Resources
    shape: ErrorShape
    doorkeeper: Doorkeeper
    limiter: RateLimiter
    threads: Threads


class Endpoint:
    """One operation as an ASGI application.

    `limit` is bytes of its body, `sibling` the GET on the path of a change.
    """

    def __init__(
        self,
        operation: Operation,
        *,
        desk: Desk,
        limit: int,
        sibling: Operation | None,
    ) -> None:
        self._operation = operation
        self._resources = desk.resources
        self._shape = desk.shape
        self._doorkeeper = desk.doorkeeper
        self._limiter = desk.limiter
        self._threads = desk.threads
        self._limit = limit
        self._sibling = sibling

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, also when the answer is no; only what nobody expected goes on as an error."""
        found = exchange.of(scope)
        found.operation = self._operation.operation_id
        try:
            if self._operation.is_public:
                check_allowance(self._limiter.look_alone(found.client))
            else:
                await self._admit(found)
            body = await self._body(scope, receive) if self._operation.reads_body else b""
            reply = await self._threads.run(self._answer, scope, found, body)
        except Refusal as refusal:
            fault = errors.fault_of(refusal, self._shape, self._operation.options.get("statuses"))
            found.notes["refusal"] = fault.code
            await self._tell(found, fault)
            reply = errors.reply(fault, self._shape, found.language)
        except psycopg.OperationalError:
            message = "The database does not answer now: try again in a moment."
            fault = Fault(503, "unavailable", message, _UNAVAILABLE)
            reply = errors.reply(fault, self._shape, found.language)
        await deliver(reply, send, self._operation.deprecation, receive=receive)

    async def _tell(self, found: Exchange, fault: Fault) -> None:
        """Who is refused for lack of rights stands in the audit trail."""
        if fault.status == _FORBIDDEN and found.principal is not None:
            tell = partial(
                tell_refusal, self._resources, found.principal, found.request_id,
                operation=f"{found.surface}.{found.operation}", code=fault.code,
            )  # fmt: skip
            await self._threads.run(tell)

    async def _admit(self, found: Exchange) -> None:
        """Who it is, whether requests are left, whether the scope is granted; in this order."""
        token = bearer(found.header("authorization"))
        principal = self._doorkeeper.remembered(token)
        if principal is None:
            # Whoever tries tokens is counted by address; answers count themselves.
            check_allowance(self._limiter.look_alone(found.client))
            principal = await self._threads.run(self._doorkeeper.look_up, token)
        found.principal = principal
        credential = _credential(principal)
        allowance = self._limiter.take_leased(credential)
        if allowance is None:
            allowance = await self._threads.run(self._limiter.take, credential)
        found.allowance = allowance
        check_allowance(allowance)
        for scope in self._operation.scopes:
            principal.require(scope)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | Form | Stream:
        try:
            if self._operation.takes_stream:
                async with asyncio.timeout(_STREAM_SECONDS):
                    found = exchange.of(scope)
                    self._check_length(found.header("content-length"))
                    stream = await streams.read(
                        receive, limit=self._limit, too_large=self._too_large
                    )
                    streams.check_kind(stream, found.header("content-type") or "")
                    return stream
            async with asyncio.timeout(_BODY_SECONDS):
                if self._operation.takes_upload:
                    return await self._multipart(Request(scope, self._limited(receive)))
                return await self._all(scope, receive)
        except TimeoutError as error:
            raise Denied("body_timeout", "The body did not arrive in time.") from error

    async def _all(self, scope: Scope, receive: Receive) -> bytes:
        self._check_length(exchange.of(scope).header("content-length"))
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Invalid("invalid_input", "The body ended too early.")
            part = message.get("body", b"")
            parts.append(part)
            size += len(part)
            if size > self._limit:
                raise self._too_large()
            if not message.get("more_body"):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    def _limited(self, receive: Receive) -> Receive:
        size = 0

        async def receive_limited() -> Any:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._limit:
                raise self._too_large()
            return message

        return receive_limited

    async def _multipart(self, request: Request) -> Form:
        self._check_length(request.headers.get("content-length"))
        return await multipart.read(request)

    def _check_length(self, header: str | None) -> None:
        if header and header.isascii() and header.isdigit() and int(header[:18]) > self._limit:
            raise self._too_large()

    def _too_large(self) -> Denied:
        code = "file_too_large" if self._operation.takes_upload else "too_large"
        return Denied(
            code,
            Phrase("The body is larger than %(limit)s bytes.", limit=self._limit),
            limit=self._limit,
        )

    def _answer(self, scope: Scope, found: Exchange, body: bytes | Form | Stream) -> Reply:
        """In a thread: arguments, transaction, finished answer."""
        operation = self._operation
        path_arguments = operation.path_arguments(scope["path_params"])
        arguments = dict(path_arguments)
        if operation.query is not None:
            arguments["query"] = operation.query.value(scope["query_string"])
        if isinstance(body, Form):
            arguments["upload"] = body.upload
            if operation.form is not None:
                arguments["form"] = operation.form.taken(body.fields)
        elif isinstance(body, Stream):
            arguments["stream"] = body
        elif operation.takes_form:
            assert operation.form is not None
            kind = found.header("content-type") or ""
            arguments["form"] = operation.form.sent(kind, body)
        elif operation.body is not None:
            media_type = found.header("content-type") or ""
            arguments["body"] = operation.body_value(body, media_type)
        if found.principal is None:
            visit = Visit(self._resources, found)
            return render(operation.function(visit=visit, **arguments), operation.status)
        if "principal" in operation.hints:
            arguments["principal"] = found.principal
        return self._run(self._call(scope, found, body, path_arguments), arguments)

    def _call(
        self, scope: Scope, found: Exchange, body: bytes | Form | Stream, path: Mapping[str, Any]
    ) -> Call:
        assert found.principal is not None
        claim = current = None
        if self._operation.takes_key:
            query = scope["query_string"].decode("latin-1")
            claim = idempotency.claim_of(
                found.header("idempotency-key"),
                credential=_credential(found.principal),
                operation=f"{found.method} {found.path}" + (f"?{query}" if query else ""),
                body=body if isinstance(body, bytes) else body.material,
            )
        sibling = self._sibling
        if sibling is not None:
            current = lambda work: render(sibling.function(work, **path), 200)  # noqa: E731
        return Call(
            self._resources,
            found.principal,
            found,
            self._operation.status,
            claim,
            current,
            lambda: self._doorkeeper.forget(bearer(found.header("authorization"))),
        )

    def _run(self, call: Call, arguments: dict[str, Any]) -> Reply:
        operation = self._operation
        if "call" in operation.hints:
            return self._run_prepared(call, arguments)
        if operation.writes:
            return call.write(lambda work: operation.function(work, **arguments))
        reply = call.read(lambda work: render(operation.function(work, **arguments), call.status))
        if operation.has_etag:
            return Reply(
                reply.status, reply.body, reply.media_type, {**reply.headers, "ETag": reply.etag}
            )
        return reply

    def _run_prepared(self, call: Call, arguments: dict[str, Any]) -> Reply:
        """An operation that does something before its transaction.

        What it checks there may have been changed by the first request with the same key, whose
        answer therefore goes before any refusal.
        """
        first = call.replay()
        if first is not None:
            return first
        try:
            reply = render(self._operation.function(call, **arguments), call.status)
        except Refusal:
            first = call.replay()
            if first is None:
                raise
            return first
        if self._operation.has_etag:
            return Reply(
                reply.status, reply.body, reply.media_type, {**reply.headers, "ETag": reply.etag}
            )
        return reply


def check_allowance(allowance: Allowance) -> None:
    """Denied("too_many_requests") past the limit."""
    if not allowance.is_allowed:
        raise Denied(
            "too_many_requests",
            Phrase("No more than %(limit)s requests a minute.", limit=allowance.limit),
            retry_after_seconds=allowance.reset_seconds,
        )


def _credential(principal: Principal) -> str:
    return f"{principal.actor.kind}:{principal.actor.id}"
