"""What is asked about the access of customers."""

from __future__ import annotations

from kontorhaus.identity.customers import store
from kontorhaus.identity.customers.model import CustomerToken, MailedAccess
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime.work import Work


def tokens(work: Work, *, party_id: PartyId) -> list[CustomerToken]:
    """The tokens of a customer, oldest first; never what was shown once."""
    return store.tokens(work, party_id=party_id)


def accesses(work: Work, *, party_id: PartyId) -> list[MailedAccess]:
    """The addresses that may enter for a customer, oldest first."""
    return store.accesses(work, party_id=party_id)
