"""What others ask for members."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from kontorhaus.identity.members import store
from kontorhaus.identity.members.model import Filter, SignIn
from kontorhaus.identity.model import User
from kontorhaus.identity.organizations import sight
from kontorhaus.identity.organizations.model import Organization
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import Work


def members(
    work: Work, *, organization_id: UUID, wanted: Filter, limit: int, offset: int
) -> tuple[Organization, list[User], int]:
    """An organization that the caller administers, a page of its members, and their number."""
    found = sight.administered(work, organization_id=organization_id)
    rows = store.members(
        work, organization_id=organization_id, wanted=wanted, limit=limit, offset=offset
    )
    return found, rows, store.member_count(work, organization_id=organization_id, wanted=wanted)


def sign_ins(work: Work, *, organization_id: UUID) -> Mapping[UserId, SignIn]:
    """How the members of an organization sign in that the caller administers."""
    sight.administered(work, organization_id=organization_id)
    return store.sign_ins(work, organization_id=organization_id)


def address(database: Database, *, user_id: UserId) -> tuple[str, bool] | None:
    """The e-mail address of a person, and whether it has a password; None for nobody."""
    with database.connection() as connection:
        return store.address(connection, user_id=user_id)
