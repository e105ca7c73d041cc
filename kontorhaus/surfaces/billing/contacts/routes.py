"""Contacts: the customers of the books, and vendors where they have a creditor number."""

from __future__ import annotations

from kontorhaus.contacts import actions as contacts
from kontorhaus.contacts import queries
from kontorhaus.identity.customers import actions as customers
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.billing.contacts import wire
from kontorhaus.surfaces.billing.surface import billing

_TAGS = ("contacts",)


@billing.get(
    "/contacts", scope="contacts:read", refusals=(400, 401, 403), answer=wire.Contacts, tags=_TAGS
)
def list_contacts(work: Work, query: wire.Page) -> wire.Contacts:
    """List contacts, newest first."""
    return wire.contacts(queries.contacts(work, limit=query.limit, skip=query.skip), query)


@billing.post(
    "/contacts",
    scope="contacts:write",
    status=201,
    refusals=(400, 401, 403, 409, 413),
    answer=wire.Contact,
    tags=_TAGS,
)
def create_contact(work: Work, body: wire.ContactInput) -> wire.Contact:
    """Create a contact.

    It becomes a customer with a personal account of its own: `debtorNumber` if that is a free
    number from 10001 to 69999, else the next free one; with a `creditorNumber` a vendor, too.
    """
    return wire.contact(receivables.register_customer(work, details=wire.details(body)))


@billing.get(
    "/contacts/{id}",
    scope="contacts:read",
    refusals=(401, 403, 404),
    answer=wire.Contact,
    tags=_TAGS,
)
def get_contact(work: Work, id: str) -> wire.Contact:
    """Get a contact."""
    return wire.contact(queries.contact(work, public_id=id))


@billing.patch(
    "/contacts/{id}",
    scope="contacts:write",
    refusals=(400, 401, 403, 404, 409, 413),
    answer=wire.Contact,
    tags=_TAGS,
)
def change_contact(work: Work, id: str, body: wire.ContactChange) -> wire.Contact:
    """Change a contact; null clears a field, documents keep what they copied."""
    return wire.contact(receivables.amend_customer(work, public_id=id, change=wire.change(body)))


@billing.delete(
    "/contacts/{id}", scope="contacts:write", status=204, refusals=(401, 403, 404), tags=_TAGS
)
def delete_contact(work: Work, id: str) -> None:
    """Remove a contact from the list; the books and its documents keep it.

    Its access to the portal ends at once.
    """
    party = contacts.hide(work, public_id=id)
    customers.revoke_all(work, party_id=party.id)
