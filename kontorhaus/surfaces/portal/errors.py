"""How the portal says no: public clients read data.message, others message."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.errors import Fault


class Reason(fields.Out):
    """Why it was refused."""

    message: str


class Problem(fields.Out):
    """What a refusal looks like."""

    data: Reason
    message: str


class _Shape:
    schema = Problem
    invalid_status = 422
    statuses: Mapping[str, int] = {}

    def body(self, fault: Fault) -> object:
        text = _sentence(fault)
        return Problem(data=Reason(message=text), message=text)


def _sentence(fault: Fault) -> str:
    """The message, and for a malformed request each field with its reason."""
    if fault.status != _Shape.invalid_status:
        return fault.message
    reasons = [
        f"{name or 'body'}: {reason}"
        for name, reason in fault.details.items()
        if isinstance(reason, str)
    ]
    return "; ".join(reasons) or fault.message


SHAPE = _Shape()
