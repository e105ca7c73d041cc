"""Which organizations a caller sees and administers: its own, and those that they manage."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity import rules as roles
from kontorhaus.identity.organizations import rules, store
from kontorhaus.identity.organizations.model import Filter, Organization
from kontorhaus.kernel.errors import Denied, NotFound
from kontorhaus.runtime.work import Work


def organizations(
    work: Work, *, wanted: Filter, limit: int, offset: int
) -> tuple[list[Organization], int]:
    """A page of the organizations that the caller sees, and how many there are."""
    found = [one for one in store.organizations(work) if rules.is_shown(one, wanted)]
    return rules.in_order(found, wanted)[offset : offset + limit], len(found)


def seen(work: Work) -> list[Organization]:
    """Every organization that the caller sees."""
    return store.organizations(work)


def organization(work: Work, *, organization_id: UUID) -> Organization:
    """One that the caller sees; NotFound("organization") for any other id."""
    found = store.organizations(work, organization_id=organization_id)
    if not found:
        raise NotFound("organization", "There is no such organization.")
    return found[0]


def administered(work: Work, *, organization_id: UUID) -> Organization:
    """The same for whoever changes it; Denied("forbidden") unless the caller administers it."""
    found = organization(work, organization_id=organization_id)
    if roles.ADMIN not in roles.scopes_of(found.role):
        raise Denied("forbidden", "Owners and admins of the organization do this.")
    return found


def is_person(work: Work, *, user_id: UUID) -> bool:
    """Whether somebody is a member of an organization that the caller sees."""
    ids = [one.id for one in store.organizations(work)]
    return store.is_person_of(work, user_id=user_id, organization_ids=ids)
