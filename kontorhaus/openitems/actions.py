"""What happens to claims and debts: opened, settled, reopened."""

from __future__ import annotations

from datetime import date

from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.kernel.ids import IntentId, OpenItemId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems import rules, store
from kontorhaus.openitems.model import NewItem, OpenItem
from kontorhaus.runtime.work import Work


def open_item(work: Work, *, item: NewItem) -> OpenItemId:
    """Note what is owed from a posting on."""
    item_id = OpenItemId(work.new_id())
    store.insert(work, item_id=item_id, item=item)
    return item_id


def lock(work: Work, *, intent_id: IntentId, account: str | None = None) -> OpenItem:
    """The item that an intent opened, nobody else's until the end of the transaction.

    NotFound("target_not_found"); Conflict("target_ambiguous") if the intent opened several and
    no account tells which.
    """
    found = [
        item
        for item in store.of_intents(work, intent_ids=[intent_id], lock=True)
        if account in (None, item.account)
    ]
    if not found:
        raise NotFound("target_not_found", "This booking opened no such item.")
    if len(found) > 1:
        raise Conflict("target_ambiguous", "The booking opened several items: name the account.")
    return found[0]


def settle(
    work: Work, *, item_id: OpenItemId, amount: Money, intent_id: IntentId, settled_on: date
) -> Money:
    """Take a settlement off an item and return what remains.

    `amount` has the item's sign. Invalid: direction_mismatch, settlement_exceeds_open_amount.
    """
    item = store.of_ids(work, item_ids=[item_id], lock=True)[0]
    rules.check_settlement(item, amount)
    store.allocate(
        work,
        allocation_id=work.new_id(),
        item_id=item_id,
        intent_id=intent_id,
        amount=amount,
        settled_on=settled_on,
    )
    return item.remaining - amount


def unsettle(work: Work, *, intent_id: IntentId, reversal_id: IntentId) -> list[OpenItemId]:
    """Undo what a settlement intent took off its items; the reversal carries the counter-rows."""
    undone = []
    for allocation_id, item_id, amount in store.standing_allocations(work, intent_id=intent_id):
        store.allocate(
            work,
            allocation_id=work.new_id(),
            item_id=item_id,
            intent_id=reversal_id,
            amount=-amount,
            settled_on=work.today,
            undoes_id=allocation_id,
        )
        undone.append(item_id)
    return undone
