"""The four kinds of refusal; only a surface knows status codes and bodies."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """What the house refuses, with a stable code, a sentence for people and details.

    `code` is lower snake case and never changes; `message` says what to do about it;
    `details` are JSON-ready values (field names, the id that is in the way).
    """

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.code, self.message, self.details)


def _again(kind: type[Refusal], code: str, message: str, details: Mapping[str, object]) -> Refusal:
    """The refusal that a worker process raised, raised anew in the process that asked."""
    return kind(code, message, **details)


class Invalid(Refusal):
    """The request is wrong in itself. `field` in the details names where."""


class NotFound(Refusal):
    """There is no such thing, or it belongs to somebody else (both look the same)."""


class Conflict(Refusal):
    """Right in itself, but the present state forbids it."""


class Denied(Refusal):
    """The caller may not do this."""
