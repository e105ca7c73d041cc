"""Organizations: one's own and those that one manages for others."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity.organizations import actions as organizations
from kontorhaus.identity.organizations import sight
from kontorhaus.invoicing import retention
from kontorhaus.ledger import founding
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.conventions.answers import Reply
from kontorhaus.surfaces.conventions.call import Call
from kontorhaus.surfaces.management.organizations import wire
from kontorhaus.surfaces.management.surface import management
from kontorhaus.surfaces.management.wire import DONE, Done

_TAGS = ("organizations",)


@management.get(
    "/organizations",
    scope="company:read",
    refusals=(400, 401, 403),
    answer=wire.OrganizationList,
    tags=_TAGS,
)
def list_organizations(work: Work, query: wire.OrganizationQuery) -> dict[str, object]:
    """List organizations: one's own and those that one manages, each once."""
    found = sight.organizations(
        work, wanted=wire.wanted(query), limit=query.limit, offset=query.offset
    )
    return wire.organizations(found)


@management.post(
    "/organizations",
    scope="admin",
    refusals=(400, 401, 403),
    answer=wire.OrganizationAnswer,
    tags=_TAGS,
)
def create_organization(call: Call, body: wire.OrganizationInput) -> Reply:
    """Create an organization, with books in TEST.

    It is managed by the organization that `managed_by_organization_id` names, or whose API key
    calls. It gets books in LIVE at once only where the token is LIVE and
    `billing_options.bill_to_organization` names an organization that is LIVE.
    """

    def create(work: Work) -> dict[str, object]:
        new = founding.found_for(
            work,
            details=wire.details(body),
            managed_by=body.managed_by_organization_id,
            document_quota=call.resources.config.document_quota,
        )
        return wire.organization(sight.organization(work, organization_id=new))

    return call.write(create)


@management.get(
    "/organizations/{organization_id}",
    scope="company:read",
    refusals=(400, 401, 403, 404),
    answer=wire.OrganizationAnswer,
    tags=_TAGS,
)
def get_organization(work: Work, organization_id: UUID) -> dict[str, object]:
    """Retrieve an organization."""
    return wire.organization(sight.organization(work, organization_id=organization_id))


@management.patch(
    "/organizations/{organization_id}",
    scope="admin",
    also=("PUT",),
    refusals=(400, 401, 403, 404),
    answer=wire.OrganizationAnswer,
    tags=_TAGS,
)
def change_organization(
    work: Work, organization_id: UUID, body: wire.OrganizationChange
) -> dict[str, object]:
    """Change an organization; what is left out stays.

    Documents keep what they froze. Who manages it cannot be changed.
    """
    after = organizations.change(
        work,
        organization_id=organization_id,
        changed=wire.change(body),
        managed_by=body.managed_by_organization_id,
    )
    return wire.organization(after)


@management.delete(
    "/organizations/{organization_id}",
    scope="admin",
    refusals=(400, 401, 403, 404, 409),
    answer=Done,
    tags=_TAGS,
)
def delete_organization(call: Call, organization_id: UUID) -> Reply:
    """Delete an organization that has nothing the law makes it keep.

    All access ends within a second: keys, tokens, sessions, connected apps.
    """

    def delete(work: Work) -> dict[str, bool]:
        organizations.delete(work, organization_id=organization_id, must_keep=retention.reason)
        return DONE

    done = call.write(delete)
    call.forget_token()
    return done


@management.post(
    "/organizations/{organization_id}/enable-env",
    scope="admin",
    refusals=(400, 401, 403, 404),
    answer=Done,
    tags=_TAGS,
)
def enable_environment(
    work: Work, organization_id: UUID, body: wire.EnvironmentInput
) -> dict[str, bool]:
    """Open the books of an environment; this cannot be undone. TEST and LIVE never mix."""
    founding.open_environment(work, organization_id=organization_id, environment=body.env)
    return DONE
