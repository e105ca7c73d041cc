"""Members of an organization."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity.members import actions as members
from kontorhaus.identity.members import queries
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.management.surface import management
from kontorhaus.surfaces.management.users import wire
from kontorhaus.surfaces.management.wire import DONE, Done

_TAGS = ("users",)
_ALL = "/organizations/{organization_id}/users"


@management.get(
    _ALL, scope="admin", refusals=(400, 401, 403, 404), answer=wire.UserList, tags=_TAGS
)
def list_users(work: Work, organization_id: UUID, query: wire.UserQuery) -> dict[str, object]:
    """List the members of an organization."""
    found = queries.members(
        work,
        organization_id=organization_id,
        wanted=wire.wanted(query),
        limit=query.limit,
        offset=query.offset,
    )
    return wire.users(found)


@management.post(
    _ALL, scope="admin", refusals=(400, 401, 403, 404, 409), answer=wire.User, tags=_TAGS
)
def invite_user(work: Work, organization_id: UUID, body: wire.UserInput) -> dict[str, object]:
    """Invite a user: a mail goes out with a link by which the person sets a password.

    The link works once and for seven days; whoever has a password already is only told. The first
    user of an organization owns it, others are members.
    """
    made = members.invite(work, organization_id=organization_id, invited=wire.invited(body))
    return wire.user(made)


@management.delete(
    f"{_ALL}/{{user_id}}", scope="admin", refusals=(400, 401, 403, 404), answer=Done, tags=_TAGS
)
def remove_user(work: Work, organization_id: UUID, user_id: UUID) -> dict[str, bool]:
    """Remove a user from the organization, not from the system; the last owner stays.

    What the person did there with sessions, keys and connected apps ends within a second.
    """
    members.remove(work, organization_id=organization_id, user_id=user_id)
    return DONE
