"""How the books surface says no: {code, message, details} with upper-case codes."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.errors import Fault


class Problem(fields.Out):
    """What every refusal looks like; `details` names fields, or the thing that is in the way."""

    code: str
    message: str
    details: dict[str, object] | None


class _Shape:
    schema = Problem
    invalid_status = 400
    # Codes whose status is not that of their kind: the contract files the closed period under 400.
    statuses: Mapping[str, int] = {
        "period_locked": 400,
        "unsupported_settlement_currency": 422,
    }

    def body(self, fault: Fault) -> object:
        return {
            "code": fault.code.upper(),
            "message": fault.message,
            "details": dict(fault.details) or None,
        }


SHAPE = _Shape()
