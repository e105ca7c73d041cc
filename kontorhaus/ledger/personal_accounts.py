"""Customers and vendors of the books: parties in a role, with its personal account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kontorhaus.contacts import actions as contacts
from kontorhaus.contacts import rules as party_rules
from kontorhaus.contacts.model import Party, PartyDetails, Role
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import PartyId
from kontorhaus.ledger import actions, store
from kontorhaus.ledger.model import AccountType
from kontorhaus.runtime.work import Work

_PROPOSED: Mapping[Role, AccountType] = {"customer": "revenue", "vendor": "expense"}


def register(work: Work, *, role: Role, details: PartyDetails) -> Party:
    """A customer or vendor that nobody knows in this role yet, with its personal account.

    The party that has the same name in the other role, and says nothing else, takes this role,
    too. Invalid: invalid_input, account_not_found. Conflict: duplicate_name, duplicate_tax_id,
    duplicate_vat_id.
    """
    contacts.hold(work)
    said = _checked(work, role, details)
    contacts.check_unique(work, details=said, role=role)
    known = contacts.counterpart(work, details=said, role=role)
    account = actions.open_personal_account(work, kind=role, name=said.name)
    if known is not None:
        return contacts.take_role(work, party=known, role=role, account=account, details=said)
    return contacts.create(
        work,
        details=said,
        customer_account=account if role == "customer" else None,
        vendor_account=account if role == "vendor" else None,
        is_listed=role == "customer",
    )


def amend(work: Work, *, role: Role, party_id: PartyId, changes: Mapping[str, Any]) -> Party:
    """A customer or vendor after a change of some fields, by their names in `PartyDetails`.

    `address` takes a `PostalAddress`. NotFound: not_found. Invalid: no_changes, invalid_input,
    account_not_found. Conflict: duplicate_name, duplicate_tax_id, duplicate_vat_id.
    """
    if not changes:
        raise Invalid("no_changes", "Name at least one field to change.")
    contacts.hold(work)
    party = contacts.lock_in_role(work, party_id=party_id, role=role)
    given = dict(changes)
    before = party.details
    if "address" in given:
        before = party_rules.with_address(before, given.pop("address"))
    details = _checked(work, role, replace(before, **given))
    for each in _roles(party):
        contacts.check_unique(work, details=details, role=each, besides=party.id)
    return rename_with(work, before=party, after=contacts.amend(work, party=party, details=details))


def rename_with(work: Work, *, before: Party, after: Party) -> Party:
    """Let the accounts of a party that got another name have it, too."""
    if before.details.name != after.details.name:
        numbers = [number for number in (after.customer_account, after.vendor_account) if number]
        store.rename_accounts(work, numbers=numbers, name=after.details.name)
        for number in numbers:
            work.record(
                "ledger.account_renamed",
                subject="account",
                subject_id=number,
                details={"name": [before.details.name, after.details.name]},
            )
    return after


def _roles(party: Party) -> list[Role]:
    roles: tuple[Role, ...] = ("customer", "vendor")
    return [role for role in roles if party.account(role) and party.is_active(role)]


def _checked(work: Work, role: Role, details: PartyDetails) -> PartyDetails:
    """The details with numbers in their plain form and a proposed account that the chart has."""
    number = details.default_account(role)
    if number is not None:
        found = store.accounts(work, numbers=[number]).get(number)
        if found is None or not found.is_active or found.type != _PROPOSED[role]:
            raise Invalid(
                "account_not_found",
                f"The chart has no active {_PROPOSED[role]} account {number}.",
                field="default_account",
            )
    return party_rules.check(party_rules.check_numbers(details))
