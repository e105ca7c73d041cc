"""How the OAuth 2 surface says no: error and error_description (RFC 6749 § 5.2, 6750, 7591)."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.errors import Fault

# The words of the standards for what the conventions refuse.
_WORDS = {
    "invalid_input": "invalid_request",
    "unauthorized": "invalid_token",
    "forbidden": "insufficient_scope",
    "too_many_requests": "slow_down",
    "too_many_attempts": "slow_down",
    "internal": "server_error",
    "unavailable": "temporarily_unavailable",
}


class Problem(fields.Out):
    """A refusal; some that a standard words have no description (RFC 6749 § 5.2)."""

    error: str
    error_description: str = ""


class _Shape:
    schema = Problem
    invalid_status = 400
    statuses: Mapping[str, int] = {}

    def body(self, fault: Fault) -> object:
        word = _WORDS.get(fault.code, fault.code)
        if fault.code == "app":
            about_address = "redirect_uris" in fault.details
            word = "invalid_redirect_uri" if about_address else "invalid_client_metadata"
        return Problem(error=word, error_description=_sentence(fault))


def _sentence(fault: Fault) -> str:
    """The message, and for a malformed request each field with its reason."""
    if fault.status != 400:
        return fault.message
    reasons = [f"{name}: {reason}" for name, reason in fault.details.items() if name]
    return "; ".join(reasons) or fault.message


SHAPE = _Shape()
