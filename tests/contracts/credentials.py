"""What a stranger with every right of a company sends as Authorization, surface by surface."""

from __future__ import annotations

from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller
from tests.surfaces import tenants


def authorization(resources: Resources, base_url: str, caller: Caller, surface: str) -> str:  # noqa: ARG001
    """The header of a new owner's key."""
    return f"Bearer {tenants.token(resources, caller, surface)}"
