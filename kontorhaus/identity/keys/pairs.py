"""Key pairs, which programs call the management API with, of whatever one administers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from uuid import UUID

from kontorhaus.identity import actions as identity
from kontorhaus.identity.keys import actions as keys
from kontorhaus.identity.keys import sight, store
from kontorhaus.identity.keys.model import IssuedPair, KeyPair
from kontorhaus.identity.organizations import rules as organizations
from kontorhaus.identity.organizations import sight as directory
from kontorhaus.kernel.errors import Denied
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import changes
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import Work, elsewhere


def create(
    work: Work,
    *,
    secret: Secret,
    organization_id: UUID,
    name: str,
    is_enabled: bool,
    metadata: Mapping[str, str],
    managed_by: UUID | None,
) -> IssuedPair:
    """A key pair of an organization that the caller administers; its secret is not shown again.

    It opens LIVE where the caller is LIVE and the organization too, else TEST. Conflict:
    key_name_taken. Denied("forbidden") for a `managed_by` that the caller does not administer.
    """
    organizations.check_metadata(metadata)
    found = directory.administered(work, organization_id=organization_id)
    if managed_by is not None:
        if all(one.id != managed_by for one in directory.seen(work)):
            raise Denied("forbidden", "The managing organization must be one of yours.")
        directory.administered(work, organization_id=managed_by)
    user_id = work.actor.user_id
    assert user_id is not None, "a caller of this surface has a person behind it"
    tenants = sight.within_reach(work, found)
    tenant_id = tenants.get("LIVE") or tenants["TEST"]
    with elsewhere(work, tenant_id, found.time_zone) as there:
        issued = identity.create_api_key(
            there, secret=secret, surface="management", name=name, created_by=UserId(user_id)
        )
        key_id = issued.key.id
        store.describe(there, key_id=key_id, metadata=metadata, managed_by=managed_by)
        if not is_enabled:
            keys.switch(there, key_id=key_id, is_enabled=False)
    return IssuedPair(
        sight.pair(work, organization_id=organization_id, key_id=key_id), issued.token
    )


def change(
    work: Work,
    *,
    organization_id: UUID,
    key_id: UUID,
    is_enabled: bool | None = None,
    metadata: Mapping[str, str] | None = None,
) -> KeyPair:
    """Switch a key pair on or off, or change its metadata; None leaves what is there.

    Off works at once, for tokens that were issued from it too.
    """
    before = sight.pair(work, organization_id=organization_id, key_id=key_id)
    with _where_it_is(work, organization_id, before) as there:
        if is_enabled is not None and is_enabled != before.is_enabled:
            keys.switch(there, key_id=before.id, is_enabled=is_enabled)
        if metadata is not None and metadata != before.metadata:
            _describe(there, before, metadata)
    return sight.pair(work, organization_id=organization_id, key_id=key_id)


def delete(work: Work, *, organization_id: UUID, key_id: UUID) -> None:
    """Take a key pair away; it and its tokens stop to work at once."""
    gone = sight.pair(work, organization_id=organization_id, key_id=key_id)
    with _where_it_is(work, organization_id, gone) as there:
        keys.delete(there, key_id=gone.id)


def _describe(there: Work, before: KeyPair, metadata: Mapping[str, str]) -> None:
    organizations.check_metadata(metadata)
    store.describe(there, key_id=before.id, metadata=metadata, managed_by=before.managed_by)
    there.record(
        "identity.key_changed",
        subject="api_key",
        subject_id=before.id,
        details=changes.between({"metadata": before.metadata}, {"metadata": metadata}),
    )


def _where_it_is(work: Work, organization_id: UUID, pair: KeyPair) -> AbstractContextManager[Work]:
    """The books that a key pair opens."""
    found = directory.organization(work, organization_id=organization_id)
    return elsewhere(work, found.tenants[pair.environment], found.time_zone)
