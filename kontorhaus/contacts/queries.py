"""What is asked about parties."""

from __future__ import annotations

from collections.abc import Iterable

from kontorhaus.contacts import store
from kontorhaus.contacts.model import Party, PartyDetails, Role
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime.work import Work


def contact(work: Work, *, public_id: str) -> Party:
    """A contact; NotFound("contact") if there is none, or no longer."""
    found = store.by_public_id(work, public_id=public_id)
    if found is None:
        raise NotFound("contact", "There is no such contact.")
    return found


def contacts_named(work: Work, *, public_ids: Iterable[str]) -> dict[str, Party]:
    """Those of several contacts that there are, by their id."""
    wanted = sorted(set(public_ids))
    found = store.by_public_ids(work, public_ids=wanted) if wanted else []
    return {party.public_id: party for party in found}


def contacts(work: Work, *, limit: int, skip: int) -> tuple[list[Party], int]:
    """A page of the contacts, newest first, and how many there are in all."""
    return store.listed(work, limit=limit, skip=skip)


def party(work: Work, *, party_id: PartyId) -> Party:
    """A party, listed among the contacts or not; NotFound("party")."""
    found = store.by_id(work, party_id=party_id)
    if found is None:
        raise NotFound("party", "There is no such party.")
    return found


def in_role(
    work: Work, *, role: Role, search: str | None, is_active: bool | None, limit: int, offset: int
) -> tuple[list[Party], int]:
    """A page of the parties that have a role, newest first, and how many match."""
    return store.in_role(
        work, role=role, search=search, is_active=is_active, limit=limit, offset=offset
    )


def party_in_role(work: Work, *, role: Role, party_id: PartyId) -> Party:
    """A party that has a role; NotFound("not_found")."""
    found = store.by_id(work, party_id=party_id)
    if found is None or found.account(role) is None:
        raise NotFound("not_found", f"There is no such {role}.")
    return found


def known_as(work: Work, *, details: PartyDetails) -> Party | None:
    """The party that somebody without a contact's id most probably is.

    The contact with the same client number, else the party that an earlier invoice to this very
    name and address brought into the books.
    """
    if details.client_number:
        found = store.by_client_number(work, client_number=details.client_number)
        if found is not None:
            return found
    return store.unlisted_like(work, details=details)


def accounts_by_iban(work: Work) -> dict[str, set[str]]:
    """The personal accounts of the parties that have an IBAN, by that IBAN."""
    found: dict[str, set[str]] = {}
    for iban, accounts in store.ibans(work):
        found.setdefault(iban, set()).update(account for account in accounts if account)
    return found
