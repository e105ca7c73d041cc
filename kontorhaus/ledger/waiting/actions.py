"""Tax on its way from the account where it waits to the one for tax that is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kontorhaus.identity import queries as identity
from kontorhaus.kernel.ids import IntentId, OpenItemId
from kontorhaus.ledger.model import Posting
from kontorhaus.ledger.waiting import rules, store
from kontorhaus.ledger.waiting.model import Release, Taking
from kontorhaus.runtime.work import Work


def releases(
    work: Work,
    *,
    items: Sequence[tuple[OpenItemId, IntentId, str]],
    takings: Sequence[Taking],
) -> list[tuple[Release, ...]]:
    """What settlements release of the tax that waits for items, which the caller has locked.

    Each item comes with the booking that opened it and its account.
    """
    return rules.releases(store.waiting(work, items=items) if items else (), takings)


def set_off(
    work: Work,
    *,
    taking: Taking,
    item: tuple[OpenItemId, IntentId, str],
    against: tuple[OpenItemId, IntentId, str],
) -> list[Release] | None:
    """What taking all that is left of an item releases, and what another one takes back of it.

    None where that other one has no such tax waiting.
    """
    waiting = store.waiting(work, items=[item, against])
    (found,) = rules.releases([one for one in waiting if one.item_id == item[0]], [taking])
    others = [one for one in waiting if one.item_id == against[0]]
    back = rules.taken_back(found, others)
    return None if back is None else [*found, *back]


def with_tax(work: Work, *, postings: Sequence[tuple[Posting, Sequence[Release]]]) -> list[Posting]:
    """Settlements that also move the tax they release."""
    if not any(released for _, released in postings):
        return [posting for posting, _ in postings]
    owed = rules.owed_accounts(identity.settings(work).chart)
    return [
        replace(
            posting,
            transfers=(
                *posting.transfers,
                *rules.transfers(released, owed, posting.transfers),
            ),
        )
        for posting, released in postings
    ]


def note(work: Work, *, releases: Sequence[tuple[IntentId, Sequence[Release]]]) -> None:
    """Keep what posted settlements have released."""
    found = [(intent_id, one) for intent_id, each in releases for one in rules.merged(each)]
    if found:
        store.insert(work, releases=found)


def undo(work: Work, *, intent_id: IntentId, reversal_id: IntentId) -> None:
    """What a settlement released waits again; its reversal has moved the tax back."""
    found = store.of_intent(work, intent_id=intent_id)
    if found:
        gone = [(reversal_id, replace(one, part=-one.part)) for one in found]
        store.insert(work, releases=gone)
