"""What is asked about customers' credit.

balance(work, *, party_id) -> Money
balances(work, *, party_ids) -> {party_id: Money}
movements(work, *, party_id, limit, offset) -> (list[Movement], how many there are)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money, total
from kontorhaus.openitems.credit import store, verify_store
from kontorhaus.openitems.credit.model import SOURCE, Movement
from kontorhaus.runtime.work import Work


def balance(work: Work, *, party_id: PartyId) -> Money:
    """What a customer may spend."""
    return total(store.balances(work, party_id=party_id).values())


def balances(work: Work, *, party_ids: Sequence[PartyId]) -> dict[PartyId, Money]:
    """What each of some customers may spend; who has nothing is left out."""
    return store.balances_of(work, party_ids=party_ids)


def movements(
    work: Work, *, party_id: PartyId, limit: int = 50, offset: int = 0
) -> tuple[list[Movement], int]:
    """A page of what moved a customer's credit, newest first, and how many there are."""
    return store.of_party(work, party_id=party_id, limit=limit, offset=offset)


def verify(work: Work) -> Iterator[Finding]:
    """Credit that is not what its bookings moved, or that its balance keeps wrong."""
    for party_id, account, kept, counted in verify_store.wrong_balances(work):
        yield Finding(
            "credit", f"Credit on {account} keeps {kept}, counted {counted} cents.", party_id
        )
    for intent_id, account, kept, moved in verify_store.wrong_bookings(work, source=SOURCE):
        yield Finding(
            "credit", f"{kept} cents of credit, but {moved} moved on {account}.", intent_id
        )
    for item_id, spent, taken in verify_store.wrong_payments(work):
        yield Finding("credit", f"{spent} cents of credit spent, {taken} taken off.", item_id)
