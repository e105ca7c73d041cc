"""Founding organizations for others, changing them, opening an environment, deleting them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries as directory
from kontorhaus.identity import store as identity_store
from kontorhaus.identity.model import Founded, Profile
from kontorhaus.identity.organizations import rules, sight, store
from kontorhaus.identity.organizations.model import Details, Organization
from kontorhaus.kernel.errors import Conflict, Denied, Invalid
from kontorhaus.kernel.ids import OrganizationId, TenantId, UserId
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Work, elsewhere, within


def create(
    work: Work, *, details: Details, managed_by: UUID | None, document_quota: int | None
) -> Founded:
    """An organization without books yet, in TEST alone or in LIVE too.

    One that a key founds is managed by the key's organization. One that a person founds without
    `managed_by` is the person's own. Denied("forbidden") unless the caller administers the
    managing organization.
    """
    rules.check(details)
    manager = _manager(work, managed_by)
    visible = sight.seen(work)
    billed = next((one for one in visible if one.id == details.bill_to), None)
    _check_names(work, details, visible)
    paper = rules.paper(details)
    line1, line2, line3 = paper.lines
    founded = identity.create_organization(
        work.connection,
        profile=Profile(
            name=paper.name,
            display_name=paper.display_name,
            country_code=paper.country_code,
            line1=line1,
            line2=line2,
            line3=line3,
            tax_numbers=paper.tax_numbers,
        ),
        document_quota=document_quota,
        environments=rules.environments_of_new(
            asked_in=directory.environment(work), billed=billed, bill_to=details.bill_to
        ),
        actor=work.actor,
        now=work.now,
    )
    within(work.connection, work.caller, work.now)
    new = founded.organization_id
    user_id = work.actor.user_id
    store.update_details(work, organization_id=new, details=details)
    store.update_origin(work, organization_id=new, managed_by=manager, created_by=user_id)
    if manager is None and user_id is not None:
        identity_store.insert_membership(
            work, organization_id=new, user_id=UserId(user_id), role="owner"
        )
    return founded


def change(
    work: Work,
    *,
    organization_id: UUID,
    changed: Callable[[Details], Details],
    managed_by: UUID | None = None,
) -> Organization:
    """Change the details; documents keep what they froze. Invalid names the field.

    `managed_by` may only name whoever manages it already; Denied("forbidden").
    """
    before = sight.administered(work, organization_id=organization_id)
    if managed_by not in (None, before.managed_by):
        raise Denied("forbidden", "Who manages an organization cannot be changed.")
    store.lock_organization(work, organization_id=organization_id)
    after = changed(before.details)
    rules.check(after)
    visible = sight.seen(work)
    rules.environments_of_new(
        asked_in="TEST", billed=_named(visible, after.bill_to), bill_to=after.bill_to
    )
    _check_names(work, after, visible)
    with elsewhere(work, any_tenant(before), before.time_zone) as there:
        _change_profile(there, before.details, after)
        store.update_details(there, organization_id=organization_id, details=after)
        there.record(
            "identity.organization_changed",
            subject="organization",
            subject_id=organization_id,
            details=changes.between(before.details, after),
        )
    return sight.organization(work, organization_id=organization_id)


def open_environment(
    work: Work, *, organization_id: UUID, environment: str
) -> tuple[Organization, TenantId | None]:
    """A tenant for an environment, without books yet; None if it was open before."""
    found = sight.administered(work, organization_id=organization_id)
    store.lock_organization(work, organization_id=organization_id)
    found = sight.administered(work, organization_id=organization_id)
    if environment in found.tenants:
        return found, None
    tenant_id = TenantId(work.new_id())
    with elsewhere(work, any_tenant(found), found.time_zone) as there:
        settings = directory.settings(there)
    identity_store.insert_tenant(
        work.connection,
        tenant_id=tenant_id,
        organization_id=organization_id,
        environment=environment,
        now=work.now,
    )
    with elsewhere(work, tenant_id, found.time_zone) as there:
        identity_store.insert_settings(there, settings=settings)
        there.record(
            "identity.environment_opened",
            subject="organization",
            subject_id=organization_id,
            details={"environment": [None, environment]},
        )
    return found, tenant_id


def delete(work: Work, *, organization_id: UUID, must_keep: Callable[[Work], str | None]) -> None:
    """Let nobody into an organization any more; what it wrote stays where it was.

    `must_keep` tells for a tenant what the law makes it keep. Conflict: retention,
    manages_others.
    """
    found = sight.administered(work, organization_id=organization_id)
    store.lock_organization(work, organization_id=organization_id)
    for tenant_id in found.tenants.values():
        with elsewhere(work, tenant_id, found.time_zone) as there:
            reason = must_keep(there)
            if reason:
                raise Conflict("retention", f"{reason} It cannot be deleted.")
    if store.manages_others(work, organization_id=organization_id):
        raise Conflict("manages_others", "It manages other organizations: delete those first.")
    with elsewhere(work, any_tenant(found), found.time_zone) as there:
        there.record(
            "identity.organization_deleted",
            subject="organization",
            subject_id=organization_id,
            details={"name": [found.details.name, None]},
        )
    store.mark_deleted(work, organization_id=organization_id, now=work.now)


def lock(work: Work, *, organization_id: UUID) -> None:
    """Nobody else changes the organization or its members until the transaction ends."""
    store.lock_organization(work, organization_id=organization_id)


def any_tenant(found: Organization) -> TenantId:
    """Where what concerns all environments is recorded: LIVE, else TEST."""
    return found.tenants.get("LIVE") or found.tenants["TEST"]


def _manager(work: Work, managed_by: UUID | None) -> OrganizationId | None:
    """Who manages a new organization; None for a person's own."""
    if managed_by is None and work.actor.kind == "user":
        return None
    own, _ = identity_store.environment(work)
    wanted = managed_by or own
    if all(one.id != wanted for one in sight.seen(work)):
        raise Denied("forbidden", "The managing organization must be one of yours.")
    return sight.administered(work, organization_id=wanted).id


def _check_names(work: Work, details: Details, visible: Sequence[Organization]) -> None:
    """People and addresses that are named belong to an organization that the caller sees."""
    ids = [one.id for one in visible]
    person, address = details.contact_person_id, details.billing_address_id
    if person and not store.is_person_of(work, user_id=person, organization_ids=ids):
        raise Invalid("contact_person", "There is no such person.", field="contact_person_id")
    if address and not store.is_address_of(work, address_id=address, organization_ids=ids):
        raise Invalid(
            "billing_address", "There is no such billing address.", field="billing_address_id"
        )


def _named(visible: Sequence[Organization], wanted: UUID | None) -> Organization | None:
    return next((one for one in visible if one.id == wanted), None)


def _change_profile(work: Work, before: Details, after: Details) -> None:
    profile = directory.profile(work)
    if rules.paper(before) == rules.paper(after):
        return
    paper = rules.paper(after, profile.tax_numbers)
    wanted: dict[str, object] = {
        "name": paper.name,
        "display_name": paper.display_name,
        "country_code": paper.country_code,
        "tax_numbers": paper.tax_numbers,
    }
    if rules.paper(before).lines != paper.lines:
        wanted |= dict(zip(("line1", "line2", "line3"), paper.lines, strict=True))
    new = {name: value for name, value in wanted.items() if getattr(profile, name) != value}
    if new:
        identity.change_profile(work, changes=new)
