"""How the billing surface says no: {error}, and what a few status codes add to it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.errors import Fault

_WITH_MESSAGE = frozenset({403, 413, 429})


class Finding(fields.Out):
    """A rule of the e-invoice that is broken, and the field that repairs it."""

    rule: str
    field: str | None
    message: str


class Problem(fields.Out):
    """What a refusal looks like.

    401 has `message` alone; 403, 413 and 429 have both; 422 adds `details`.
    """

    error: str = ""
    message: str = ""
    details: list[Finding] = Field(default_factory=list)


class _Shape:
    schema = Problem
    invalid_status = 400
    statuses: Mapping[str, int] = {"einvoice": 422}

    def body(self, fault: Fault) -> object:
        if fault.status == 401:
            return {"message": "Unauthorized"}
        text = _sentence(fault)
        if fault.status == 422:
            return {"error": text, "details": _told(fault.details.get("findings"))}
        if fault.status in _WITH_MESSAGE:
            return {"error": text, "message": text}
        return {"error": text}


def _told(findings: object) -> list[Finding]:
    """The findings as the contract shows them."""
    return [
        Finding(rule=found["rule"], field=found["field"], message=found["message"])
        for found in (findings if isinstance(findings, list) else [])
    ]


def _sentence(fault: Fault) -> str:
    """The message, and for a malformed request each field with its reason."""
    if fault.status != 400:
        return fault.message
    reasons = [
        f"{name or 'body'}: {reason}"
        for name, reason in fault.details.items()
        if isinstance(reason, str)
    ]
    return "; ".join(reasons) or fault.message


SHAPE = _Shape()
