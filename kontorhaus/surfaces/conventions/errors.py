"""From the four kinds of refusal to status codes; the body is each surface's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Protocol

from pydantic import BaseModel, ValidationError

from kontorhaus.kernel.errors import Conflict, Denied, Invalid, NotFound, Refusal
from kontorhaus.kernel.phrase import Phrase
from kontorhaus.runtime import catalogue
from kontorhaus.surfaces.conventions import fields, wire_json
from kontorhaus.surfaces.conventions.answers import JSON, Reply

INVALID_INPUT = "invalid_input"

# Codes of the conventions whose status is not that of their kind.
_STATUSES = {
    "unauthorized": 401,
    "wrong_login": 401,
    "second_factor_required": 401,
    "wrong_code": 401,
    "precondition_failed": 412,
    "body_timeout": 408,
    "too_large": 413,
    "file_too_large": 413,
    "uri_too_long": 414,
    "idempotency_key_reused": 422,
    "header_too_large": 431,
    "too_many_requests": 429,
    "too_many_attempts": 429,
    "method_not_allowed": 405,
    "unavailable": 503,
    "internal": 500,
}
_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be a text",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be an array",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "greater_than_equal": "should be greater than or equal to %(ge)s",
    "less_than_equal": "should be less than or equal to %(le)s",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal on its way out: status, stable code, sentence, JSON-ready details."""

    status: int
    code: str
    message: str
    details: Mapping[str, object] = field(default_factory=dict)


class ErrorShape(Protocol):
    """How a surface says no."""

    @property
    def schema(self) -> type[BaseModel]:
        """The model of the body, for OpenAPI."""

    @property
    def invalid_status(self) -> int:
        """The status of a malformed request: 400, or 422."""

    @property
    def statuses(self) -> Mapping[str, int]:
        """Code of a refusal → status, where it is not that of its kind."""

    def body(self, fault: Fault) -> object:
        """The JSON body."""


class Problem(fields.Out):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]]


class _ProblemShape:
    schema = Problem
    invalid_status = 400
    statuses: Mapping[str, int] = {}

    def body(self, fault: Fault) -> object:
        errors = [
            {
                "pointer": "/" + str(name).replace(".", "/"),
                "code": fault.code,
                "message": str(reason),
            }
            for name, reason in fault.details.items()
            if fault.code == INVALID_INPUT
        ]
        return Problem(
            type="about:blank",
            title=HTTPStatus(fault.status).phrase,
            status=fault.status,
            detail=fault.message,
            code=fault.code,
            errors=errors,
        )


PROBLEM: ErrorShape = _ProblemShape()
"""The shape of operations that no contract names."""


def fault_of(
    refusal: Refusal, shape: ErrorShape, statuses: Mapping[str, int] | None = None
) -> Fault:
    """The fault of a refusal; `statuses` of the operation go before those of the surface."""
    status = (statuses or {}).get(refusal.code) or shape.statuses.get(refusal.code)
    status = status or _STATUSES.get(refusal.code) or _status_of_kind(refusal, shape)
    return Fault(status, refusal.code, refusal.message, _details(refusal))


def reply(fault: Fault, shape: ErrorShape, language: str | None = None) -> Reply:
    """The finished answer of a fault, in a language of the catalogues or as it was said."""
    headers = {}
    if language is not None:
        fault = _translated(fault, language)
        headers["Content-Language"] = language
    if fault.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="kontorhaus"'
    if "retry_after_seconds" in fault.details:
        headers["Retry-After"] = str(fault.details["retry_after_seconds"])
    media_type = "application/problem+json" if shape is PROBLEM else JSON
    return Reply(fault.status, wire_json.encode(shape.body(fault)), media_type, headers)


def malformed(error: ValidationError) -> Invalid:
    """What pydantic found, as {field: reason}; field is the path with dots, "" the body."""
    details: dict[str, object] = {}
    for found in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in found["loc"])
        details.setdefault(name, _reason(found["type"], found["msg"], found.get("ctx", {})))
    field_names = ", ".join(name or "the body" for name in details)
    refusal = Invalid(INVALID_INPUT, f"The request cannot be taken: {field_names}.")
    refusal.details = details
    return refusal


def _details(refusal: Refusal) -> Mapping[str, object]:
    """The details; `field` of something invalid becomes {field: reason}."""
    details = dict(refusal.details)
    if isinstance(refusal, Invalid) and isinstance(details.get("field"), str):
        return {str(details.pop("field")): refusal.message, **details}
    return details


def _reason(kind: str, message: str, context: Mapping[str, object]) -> str:
    said = context.get(fields.SAID)
    if isinstance(said, str):
        return said
    if kind in _REASONS:
        return Phrase(_REASONS[kind], **context)
    return message.replace("Input should", "should")


def _translated(fault: Fault, language: str) -> Fault:
    details = {
        name: catalogue.translated(language, said) if isinstance(said, str) else said
        for name, said in fault.details.items()
    }
    return replace(fault, message=catalogue.translated(language, fault.message), details=details)


def _status_of_kind(refusal: Refusal, shape: ErrorShape) -> int:
    if isinstance(refusal, Invalid):
        return shape.invalid_status
    if isinstance(refusal, NotFound):
        return 404
    if isinstance(refusal, Conflict):
        return 409
    assert isinstance(refusal, Denied)
    return 403
