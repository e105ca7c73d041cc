"""Inviting people into an organization, giving them another role, removing them."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity import actions as identity
from kontorhaus.identity import rules as roles
from kontorhaus.identity.members import rules, store
from kontorhaus.identity.members.model import Filter, Invited
from kontorhaus.identity.model import User
from kontorhaus.identity.organizations import actions as organizations
from kontorhaus.identity.organizations import sight
from kontorhaus.identity.organizations.model import Organization
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.work import Work, elsewhere


def invite(work: Work, *, organization_id: UUID, invited: Invited) -> tuple[Organization, User]:
    """Make a person a member and let a mail tell it, with a link for the first password.

    Conflict("already_member"). Denied("forbidden") for somebody who does not administer the
    organization, or makes an owner without being one.
    """
    found, members = _locked(work, organization_id)
    role = rules.role_of_new(invited.role, members)
    roles.check_role(role)
    rules.check_appointing(found.role, role, members=members)
    with elsewhere(work, organizations.any_tenant(found), found.time_zone) as there:
        user_id = identity.create_user(
            there,
            email=invited.email,
            role=role,
            first_name=invited.first_name,
            last_name=invited.last_name,
        )
        there.enqueue("identity.mail_invitation", user_id=str(user_id))
    return found, _member(_members(work, organization_id), user_id)


def change_role(work: Work, *, organization_id: UUID, user_id: UUID, role: str) -> User:
    """Give a member another role, at once. Denied: forbidden, last_owner. NotFound("user")."""
    roles.check_role(role)
    found, members = _locked(work, organization_id)
    before = _member(members, user_id)
    if role == before.role:
        return before
    rules.check_appointing(found.role, role, before.role, members=members)
    rules.check_remaining(before, members)
    store.update_role(work, organization_id=organization_id, user_id=user_id, role=role)
    with elsewhere(work, organizations.any_tenant(found), found.time_zone) as there:
        there.record(
            "identity.role_changed",
            subject="user",
            subject_id=user_id,
            details={"role": [before.role, role]},
        )
    return _member(_members(work, organization_id), user_id)


def remove(work: Work, *, organization_id: UUID, user_id: UUID) -> None:
    """End a membership, with the person's sessions and keys there; the person itself stays.

    Denied: forbidden, last_owner. NotFound("user").
    """
    found, members = _locked(work, organization_id)
    leaving = _member(members, user_id)
    rules.check_appointing(found.role, leaving.role, members=members)
    rules.check_remaining(leaving, members)
    store.delete_membership(work, organization_id=organization_id, user_id=user_id)
    with elsewhere(work, organizations.any_tenant(found), found.time_zone) as there:
        there.record(
            "identity.user_removed",
            subject="user",
            subject_id=user_id,
            details={"role": [leaving.role, None], "email": leaving.email},
        )


def _locked(work: Work, organization_id: UUID) -> tuple[Organization, list[User]]:
    """An organization whose members nobody else changes meanwhile."""
    found = sight.administered(work, organization_id=organization_id)
    organizations.lock(work, organization_id=organization_id)
    return found, _members(work, organization_id)


def _members(work: Work, organization_id: UUID) -> list[User]:
    return store.members(work, organization_id=organization_id, wanted=Filter())


def _member(members: list[User], user_id: UUID) -> User:
    for one in members:
        if one.id == user_id:
            return one
    raise NotFound("user", "There is no such person.")
