"""How the management surface says no: {status_code, error, code, message}, always JSON."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.errors import Fault


class Problem(fields.Out):
    """What a refusal looks like; `error` is the name of the status, `code` begins with E_."""

    status_code: int
    error: str
    code: str
    message: str


class _Shape:
    schema = Problem
    invalid_status = 400
    statuses: Mapping[str, int] = {}

    def body(self, fault: Fault) -> object:
        return Problem(
            status_code=fault.status,
            error=HTTPStatus(fault.status).phrase,
            code=f"E_{fault.code.upper()}",
            message=_sentence(fault),
        )


def _sentence(fault: Fault) -> str:
    """The message, and for a malformed request each field with its reason."""
    reasons = [
        f"{name or 'body'}: {reason}"
        for name, reason in fault.details.items()
        if fault.status == HTTPStatus.BAD_REQUEST and isinstance(reason, str)
    ]
    return "; ".join(reasons) or fault.message


SHAPE = _Shape()
