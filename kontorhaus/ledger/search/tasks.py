"""The chore that keeps the digests of all journals up to date."""

from __future__ import annotations

from kontorhaus.identity import queries as identity
from kontorhaus.ledger.search import actions
from kontorhaus.runtime import jobs
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin

_BLOCKS_AT_ONCE = 50


@jobs.chore("ledger.digest", cron="*/5 * * * *")
def digest(resources: Resources) -> None:
    """Write the digests that are missing, in short transactions."""
    for tenant in identity.tenants(resources.database):
        caller = Caller(tenant.tenant_id, SYSTEM, tenant.time_zone)
        written = _BLOCKS_AT_ONCE
        while written == _BLOCKS_AT_ONCE:
            with begin(resources.database, caller) as work:
                written = actions.digest(work, limit=_BLOCKS_AT_ONCE)
