"""Questions about claims and debts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.finding import Finding
from kontorhaus.kernel.ids import IntentId
from kontorhaus.ledger.waiting import rules as waiting
from kontorhaus.openitems import rules, store, verify_store
from kontorhaus.openitems.model import Age, Allocation, Kind, OpenItem
from kontorhaus.runtime.work import Work


def of_intent(work: Work, *, intent_id: IntentId, account: str | None = None) -> OpenItem:
    """The item that an intent opened; NotFound("target_not_found") if it opened none."""
    found = [
        item
        for item in store.of_intents(work, intent_ids=[intent_id])
        if account in (None, item.account)
    ]
    if not found:
        raise NotFound("target_not_found", "This booking opened no such item.")
    return found[0]


def of_intents(work: Work, *, intent_ids: Sequence[IntentId]) -> dict[IntentId, OpenItem]:
    """The items that intents opened, by intent."""
    return {item.intent_id: item for item in store.of_intents(work, intent_ids=intent_ids)}


def open_items(work: Work, *, kind: Kind) -> list[OpenItem]:
    """Everything of a kind that is not settled, oldest due date first."""
    return store.open_of_kind(work, kind=kind)


def settled_since(work: Work, *, kind: Kind, since: date) -> list[OpenItem]:
    """Everything of a kind that arose since a day and is settled."""
    return store.settled_of_kind(work, kind=kind, since=since)


def allocations(work: Work, *, intent_id: IntentId) -> list[Allocation]:
    """What an intent settled, and what settled the items it opened."""
    return store.allocations(work, intent_id=intent_id)


def ageing(work: Work, *, kind: Kind, on: date) -> list[Age]:
    """What is open by days overdue on a day."""
    return rules.ageing(open_items(work, kind=kind), on)


def verify(work: Work) -> list[Finding]:
    """Items that are not what their booking moved, or that keep a wrong remainder."""
    amounts = [
        Finding("open_item", f"Open item of {row[1]}, booked {row[2]} cents.", subject=row[0])
        for row in store.wrong_amounts(work)
    ]
    remainders = [
        Finding("open_item", f"Open item keeps {row[1]}, counted {row[2]} cents.", subject=row[0])
        for row in store.wrong_remainders(work)
    ]
    return [*amounts, *remainders, *_verify_waiting(work)]


def _verify_waiting(work: Work) -> Iterator[Finding]:
    """What waits on the accounts of tax not due yet is what is open of the items (§ 20 UStG)."""
    if not verify_store.has_waiting(work):
        return
    accounts = sorted(waiting.owed_accounts(identity.settings(work).chart))
    for row in verify_store.wrong_releases(work):
        yield Finding(
            "waiting_tax",
            f"{row[1]} of an open item: {row[2]}/{row[3]} cents were put off,"
            f" {row[4]}/{row[5]} released.",
            subject=row[0],
        )
    for row in verify_store.wrong_moves(work, accounts=accounts):
        yield Finding(
            "waiting_tax",
            f"{row[1]} of a settlement: {row[2]} cents released, {row[3]} moved.",
            subject=row[0],
        )
    for row in verify_store.wrong_waiting(work, accounts=accounts):
        yield Finding(
            "waiting_tax",
            f"On account {row[0]} {row[1]} cents of tax wait, {row[2]} are open.",
            subject=row[0],
        )
