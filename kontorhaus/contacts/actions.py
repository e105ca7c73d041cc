"""Creating, changing and hiding a party; its accounts are opened by those who stand above."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.contacts import rules, store
from kontorhaus.contacts.model import Party, PartyDetails, Role
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime import changes
from kontorhaus.runtime.ids import short_id
from kontorhaus.runtime.work import Work


def create(
    work: Work,
    *,
    details: PartyDetails,
    customer_account: str | None,
    vendor_account: str | None = None,
    is_listed: bool = True,
) -> Party:
    """A new party; Conflict("client_number") if another contact has its number."""
    party = Party(
        id=PartyId(work.new_id()),
        public_id=short_id(),
        details=rules.check(details),
        customer_account=customer_account,
        vendor_account=vendor_account,
        is_listed=is_listed,
        customer_is_active=True,
        vendor_is_active=True,
        created_at=work.now,
        updated_at=work.now,
    )
    store.insert(work, party=party)
    work.record(
        "contacts.created",
        subject="party",
        subject_id=party.id,
        details={"public_id": party.public_id, "name": details.name},
    )
    return party


def lock(work: Work, *, public_id: str) -> Party:
    """A contact, held until the transaction ends; NotFound("contact")."""
    party = store.by_public_id(work, public_id=public_id, lock=True)
    if party is None:
        raise NotFound("contact", "There is no such contact.")
    return party


def amend(
    work: Work, *, party: Party, details: PartyDetails, vendor_account: str | None = None
) -> Party:
    """The locked party with other details and, where it gets that role now, a vendor account."""
    changed = replace(
        party,
        details=rules.check(details),
        vendor_account=party.vendor_account or vendor_account,
        updated_at=work.now,
    )
    store.update(work, party=changed)
    said = changes.between(party.details, changed.details)
    if changed.vendor_account != party.vendor_account:
        said["vendor_account"] = [party.vendor_account, changed.vendor_account]
    work.record("contacts.changed", subject="party", subject_id=party.id, details=said)
    return changed


def hold(work: Work) -> None:
    """Let no other caller name parties until the transaction ends: then names can be compared."""
    store.hold(work)


def check_unique(
    work: Work, *, details: PartyDetails, role: Role, besides: PartyId | None = None
) -> None:
    """Nobody else in this role has that name, tax number or VAT id.

    Conflict: duplicate_name, duplicate_tax_id, duplicate_vat_id, each with `existing_id`.
    """
    others = [one for one in store.alike(work, details=details) if one.id != besides]
    rules.check_unique(details, role, others)


def counterpart(work: Work, *, details: PartyDetails, role: Role) -> Party | None:
    """The party of which these details can be said, and which has not this role yet."""
    for party in store.alike(work, details=details):
        if party.account(role) is None and rules.is_same(party, details):
            return store.by_id(work, party_id=party.id, lock=True)
    return None


def lock_in_role(work: Work, *, party_id: PartyId, role: Role) -> Party:
    """A party in a role, held until the transaction ends; NotFound("not_found")."""
    party = store.by_id(work, party_id=party_id, lock=True)
    if party is None or party.account(role) is None:
        raise NotFound("not_found", f"There is no such {role}.")
    return party


def lock_active(work: Work, *, party_id: PartyId, role: Role) -> Party:
    """A party we do business with in a role, held until the transaction ends.

    NotFound: customer_not_found, vendor_not_found.
    """
    party = store.by_id(work, party_id=party_id, lock=True)
    if party is None or party.account(role) is None or not party.is_active(role):
        raise NotFound(f"{role}_not_found", f"There is no such active {role}.")
    return party


def take_role(
    work: Work, *, party: Party, role: Role, account: str, details: PartyDetails
) -> Party:
    """The locked party in one more role; a customer is a contact, too."""
    is_customer = role == "customer"
    changed = replace(
        party,
        details=rules.joined(party.details, details),
        customer_account=account if is_customer else party.customer_account,
        vendor_account=party.vendor_account if is_customer else account,
        is_listed=party.is_listed or is_customer,
        updated_at=work.now,
    )
    store.update(work, party=changed)
    work.record(
        "contacts.role_taken",
        subject="party",
        subject_id=party.id,
        details={
            "role": role,
            f"{role}_account": [None, account],
            **changes.between(party.details, changed.details),
        },
    )
    return changed


def leave_role(work: Work, *, party: Party, role: Role) -> Party:
    """The locked party, no longer in business with us in this role; the books keep it."""
    is_customer = role == "customer"
    changed = replace(
        party,
        customer_is_active=party.customer_is_active and not is_customer,
        vendor_is_active=party.vendor_is_active and is_customer,
        updated_at=work.now,
    )
    store.update(work, party=changed)
    work.record(
        "contacts.role_left",
        subject="party",
        subject_id=party.id,
        details={"role": role, f"{role}_is_active": [party.is_active(role), False]},
    )
    return changed


def hide(work: Work, *, public_id: str) -> Party:
    """Take a contact off the list; the books keep the party, documents keep their snapshots."""
    party = lock(work, public_id=public_id)
    store.update(work, party=replace(party, is_listed=False, updated_at=work.now))
    work.record(
        "contacts.deleted",
        subject="party",
        subject_id=party.id,
        details={
            "public_id": public_id,
            "is_listed": [party.is_listed, False],
            "snapshot": changes.plain(party.details),
        },
    )
    return party
