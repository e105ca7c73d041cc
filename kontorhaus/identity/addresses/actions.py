"""Keeping billing addresses."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kontorhaus.identity.addresses import rules, sight, store
from kontorhaus.identity.addresses.model import AddressDetails, BillingAddress
from kontorhaus.identity.organizations import actions as organizations
from kontorhaus.identity.organizations import sight as directory
from kontorhaus.identity.organizations.model import Organization
from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Json, Work, elsewhere


def create(work: Work, *, details: AddressDetails) -> BillingAddress:
    """Keep an address of an organization that the caller administers.

    Invalid names the field. NotFound("organization").
    """
    owner = _checked(work, details)
    address_id = work.new_id()
    store.insert_address(work, address_id=address_id, details=details)
    _record(work, owner, "identity.billing_address_created", address_id, {})
    return sight.address(work, address_id=address_id)


def change(
    work: Work, *, address_id: UUID, changed: Callable[[AddressDetails], AddressDetails]
) -> BillingAddress:
    """Change what an address says; it may move to another organization of the caller."""
    before = sight.address(work, address_id=address_id).details
    directory.administered(work, organization_id=before.organization_id)
    after = changed(before)
    owner = _checked(work, after)
    store.update_address(work, address_id=address_id, details=after)
    told = changes.between(before, after)
    _record(work, owner, "identity.billing_address_changed", address_id, told)
    return sight.address(work, address_id=address_id)


def delete(work: Work, *, address_id: UUID) -> None:
    """Delete an address; organizations that named it name none any more."""
    gone = sight.address(work, address_id=address_id).details
    owner = directory.administered(work, organization_id=gone.organization_id)
    store.delete_address(work, address_id=address_id)
    told: dict[str, Json] = {"recipient": [gone.recipient, None]}
    _record(work, owner, "identity.billing_address_deleted", address_id, told)


def _checked(work: Work, details: AddressDetails) -> Organization:
    """The organization of an address whose details can be taken."""
    rules.check(details)
    owner = directory.administered(work, organization_id=details.organization_id)
    person = details.billing_contact_id
    if person is not None and not directory.is_person(work, user_id=person):
        raise Invalid("billing_contact", "There is no such person.", field="billing_contact_id")
    return owner


def _record(
    work: Work, owner: Organization, action: str, address_id: UUID, told: dict[str, Json]
) -> None:
    with elsewhere(work, organizations.any_tenant(owner), owner.time_zone) as there:
        there.record(action, subject="billing_address", subject_id=address_id, details=told)
