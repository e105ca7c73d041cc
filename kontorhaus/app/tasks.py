"""The jobs that a worker knows: the tasks of the domains, and the chores of the house."""

from __future__ import annotations

from types import ModuleType

from kontorhaus.identity import queries as identity
from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.members import tasks as member_tasks
from kontorhaus.identity.oauth import actions as oauth
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import tasks as session_tasks
from kontorhaus.identity.signing import actions as signing
from kontorhaus.invoicing import tasks as invoicing
from kontorhaus.ledger.search import tasks as search_tasks
from kontorhaus.runtime import jobs, mail, secret
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.billing.runs import tasks as run_tasks
from kontorhaus.surfaces.books.imports import tasks as import_tasks
from kontorhaus.surfaces.conventions import idempotency

MODULES: tuple[ModuleType, ...] = (
    import_tasks,
    invoicing,
    mail,
    member_tasks,
    run_tasks,
    search_tasks,
    session_tasks,
)


def register() -> tuple[ModuleType, ...]:
    """The modules whose jobs are registered now."""
    return MODULES


@jobs.chore("app.rotate_keys", cron="47 2 * * *")
def rotate_keys(resources: Resources) -> None:
    """Sign tokens with a new key every thirty days."""
    keys = secret.of(resources.config.home)
    signing.rotate(resources.database, secret=keys, only_if_due=True)


@jobs.chore("app.forget", cron="17 2 * * *")
def forget(resources: Resources) -> None:
    """Delete what has run out: sessions, links, tokens, login counts, old Idempotency-Keys."""
    sessions.purge(resources.database)
    customers.purge(resources.database)
    oauth.purge(resources.database)
    for tenant in identity.tenants(resources.database):
        caller = Caller(tenant.tenant_id, SYSTEM, tenant.time_zone)
        with begin(resources.database, caller) as work:
            idempotency.forget_old(work)
