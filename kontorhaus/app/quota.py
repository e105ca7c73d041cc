"""The document quotas of the organizations on this server, set by whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.app import places
from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.identity.model import TenantRow
from kontorhaus.invoicing import quota
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import OPERATOR, Caller, begin


def quotas(resources: Resources) -> list[Mapping[str, object]]:
    """Every tenant with its use this month and its quota (None: without end)."""
    return [_row(resources, place) for place in queries.tenants(resources.database)]


def change(resources: Resources, *, tenant: str, documents: str) -> Mapping[str, object]:
    """Give an organization a quota for each of its tenants: a number a month, or "none".

    Invalid("quota"); NotFound("tenant").
    """
    place = places.found(queries.tenants(resources.database), tenant)
    with begin(resources.database, _caller(place)) as work:
        identity.change_document_quota(work, quota=_number(documents))
    return _row(resources, place)


def _row(resources: Resources, place: TenantRow) -> Mapping[str, object]:
    with begin(resources.database, _caller(place), read_only=True) as work:
        found = quota.usage(work)
    return {
        "tenant": str(place.tenant_id),
        "organization": place.organization_name,
        "environment": place.environment,
        "used": found.used,
        "quota": found.quota,
    }


def _caller(place: TenantRow) -> Caller:
    return Caller(place.tenant_id, OPERATOR, place.time_zone)


def _number(text: str) -> int | None:
    if text == "none":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid("quota", "A quota is a number of documents a month, or none.")
    return int(text)
