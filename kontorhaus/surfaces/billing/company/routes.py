"""The company, what it has used, and that the API answers."""

from __future__ import annotations

from kontorhaus.identity import actions as profiles
from kontorhaus.identity import queries as identity
from kontorhaus.invoicing import quota
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.company import input as company_input
from kontorhaus.surfaces.billing.company import wire
from kontorhaus.surfaces.billing.surface import billing

_TAGS = ("company",)


@billing.get("/health", scope=None, refusals=(401,), answer=wire.Health, tags=_TAGS)
def health(work: Work) -> wire.Health:  # noqa: ARG001
    """Whether the API answers this token."""
    return wire.Health(status="ok")


@billing.get("/usage", scope="company:read", refusals=(401, 403), answer=wire.Usage, tags=_TAGS)
def get_usage(work: Work) -> wire.Usage:
    """How many documents were made in the present calendar month, and how many may be."""
    return wire.usage(quota.usage(work))


@billing.get(
    "/company",
    scope="company:read",
    refusals=(401, 403),
    answer=wire.Company,
    tags=_TAGS,
    etag=True,
)
def get_company(work: Work) -> wire.Company:
    """Get the company as its documents show it."""
    return wire.company(identity.profile(work))


@billing.patch(
    "/company",
    scope="company:write",
    refusals=(400, 401, 403, 413),
    answer=wire.Company,
    tags=_TAGS,
)
def change_company(work: Work, body: company_input.CompanyChange) -> wire.Company:
    """Change the company; a field left out stays, null clears it.

    Owners and admins only. Final documents keep what they were made with.
    """
    changed = company_input.changes(body, identity.profile(work))
    return wire.company(profiles.change_profile(work, changes=changed))
