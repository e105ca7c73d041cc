"""Which tenant a command means."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.identity.model import TenantRow
from kontorhaus.kernel.errors import NotFound


def found(tenants: Sequence[TenantRow], wanted: str) -> TenantRow:
    """The tenant of that id; without one the only LIVE tenant. NotFound("tenant")."""
    live = [place for place in tenants if place.environment == "LIVE"]
    named = [place for place in tenants if str(place.tenant_id) == wanted] if wanted else live
    if len(named) != 1:
        known = ", ".join(f"{p.tenant_id} ({p.organization_name} {p.environment})" for p in tenants)
        raise NotFound("tenant", f"Name one of the tenants with --tenant: {known or 'none yet'}.")
    return named[0]
