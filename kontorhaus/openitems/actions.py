"""What happens to claims and debts: opened, settled, reopened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kontorhaus.kernel.errors import Conflict, NotFound
from kontorhaus.kernel.ids import IntentId, OpenItemId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries as books
from kontorhaus.ledger.model import Posted
from kontorhaus.ledger.waiting import actions as waiting
from kontorhaus.ledger.waiting.model import Release, Taking
from kontorhaus.openitems import rules, store
from kontorhaus.openitems.model import Booked, NewItem, OpenItem, Settlement
from kontorhaus.runtime.work import Work
from kontorhaus.tax import rules as tax


def open_item(work: Work, *, item: NewItem) -> OpenItemId:
    """Note what is owed from a posting on."""
    item_id = OpenItemId(work.new_id())
    is_new = store.insert(work, item_id=item_id, item=item)
    assert is_new, "one item for a posting on an account"
    return item_id


def open_items(work: Work, *, items: Sequence[NewItem]) -> list[OpenItemId]:
    """Note what is owed from postings on, one item for each."""
    made = [(OpenItemId(work.new_id()), item) for item in items]
    count = store.insert_all(work, items=made)
    assert count == len(made), "one item for a posting on an account"
    return [item_id for item_id, _ in made]


def hold_intent(work: Work, *, intent_id: IntentId) -> None:
    """Let nobody else reverse a booking, or open an item on it, until the transaction ends."""
    store.hold_intent(work, intent_id=intent_id)


def claim(work: Work, *, item: NewItem, collective: str) -> NewItem:
    """Open an item on a booking that is there already; returned with its account and EUR value.

    `collective` is the account that a booking may have moved in place of the party's own one.
    NotFound: intent_not_found. Invalid: intent_mismatch. Conflict: intent_already_linked.
    """
    store.hold_intent(work, intent_id=item.intent_id)
    opened = rules.claimed(item, _booked(work, item.intent_id), collective)
    if not store.insert(work, item_id=OpenItemId(work.new_id()), item=opened):
        raise Conflict(
            "intent_already_linked",
            f"An invoice hangs on this booking of account {opened.account} already.",
            intent_id=str(item.intent_id),
        )
    return opened


def set_due_date(work: Work, *, intent_id: IntentId, account: str, due_date: date | None) -> None:
    """Give an item another due date."""
    store.set_due_date(work, intent_id=intent_id, account=account, due_date=due_date)


def _booked(work: Work, intent_id: IntentId) -> Booked:
    try:
        view = books.intent(work, intent_id=intent_id)
    except NotFound as error:
        raise NotFound("intent_not_found", "There is no such booking.") from error
    intent = view.entries[0].intent
    moved: dict[str, Money] = {}
    for entry in view.entries:
        transfer = entry.event.transfer
        for account, amount in (
            (transfer.debit, transfer.amount),
            (transfer.credit, -transfer.amount),
        ):
            moved[account] = moved.get(account, Money.zero()) + amount
    settled = store.standing_allocations(work, intent_id=intent_id)
    codes = {entry.event.transfer.tax_code for entry in view.entries}
    return Booked(
        intent_id=intent_id,
        moved=moved,
        foreign=(intent.fx.currency, intent.fx.amount) if intent.fx else None,
        is_reversed=view.reversed_by is not None,
        is_reversal=intent.reverses is not None,
        is_settlement=bool(settled),
        waits=any(code is not None and tax.is_waiting(code) for code in codes),
    )


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


def lock_all(work: Work, *, intent_id: IntentId) -> list[OpenItem]:
    """The items that an intent opened, nobody else's until the end of the transaction."""
    return store.of_intents(work, intent_ids=[intent_id], lock=True)


def post(work: Work, *, settlements: Sequence[Settlement]) -> list[Posted]:
    """Post settlements of locked items, all of them or none; each also moves the tax it releases.

    Invalid: direction_mismatch, settlement_exceeds_open_amount, account_not_found.
    Conflict: period_locked.
    """
    releases = _releases(work, settlements)
    postings = [one.posting for one in settlements]
    posted = ledger.post(
        work,
        postings=waiting.with_tax(work, postings=list(zip(postings, releases, strict=True))),
    )
    for settlement, its in zip(settlements, posted, strict=True):
        for item, amount in settlement.takes:
            settle(
                work,
                item_id=item.id,
                amount=amount,
                intent_id=its.intent_id,
                settled_on=settlement.posting.booking_date,
            )
    waiting.note(
        work,
        releases=[(its.intent_id, found) for its, found in zip(posted, releases, strict=True)],
    )
    return posted


def _releases(work: Work, settlements: Sequence[Settlement]) -> list[list[Release]]:
    """What each settlement releases of the tax that waits for its items."""
    takes = [(n, *take) for n, one in enumerate(settlements) for take in one.takes]
    items = {item.id: item for _, item, _ in takes if item.waits}
    found = waiting.releases(
        work,
        items=[(item.id, item.intent_id, item.account) for item in items.values()],
        takings=[Taking(item.id, item.amount, item.settled, taken) for _, item, taken in takes],
    )
    result: list[list[Release]] = [[] for _ in settlements]
    for (n, _, _), released in zip(takes, found, strict=True):
        result[n] += released
    return result


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


def set_off(
    work: Work, *, claim: OpenItem, credit_id: OpenItemId, intent_id: IntentId, settled_on: date
) -> None:
    """Let a credit of the same account settle what is left of a claim, as far as both reach.

    Both are locked already, or new; `intent_id` is the booking that brought the credit. Where tax
    waits for their payment, none becomes due: what one releases, the other takes back. Where the
    tax of the two is not alike both stay open, until a payment is matched with them.
    """
    credit = store.of_ids(work, item_ids=[credit_id])[0]
    amount = min(claim.remaining, -credit.remaining)
    if amount.minor <= 0 or claim.waits != credit.waits:
        return
    releases = _set_off_tax(work, claim, credit) if claim.waits else []
    if releases is None:
        return
    for item_id, taken in ((claim.id, amount), (credit.id, -amount)):
        store.allocate(
            work,
            allocation_id=work.new_id(),
            item_id=item_id,
            intent_id=intent_id,
            amount=taken,
            settled_on=settled_on,
        )
    waiting.note(work, releases=[(intent_id, releases)])


def _set_off_tax(work: Work, claim: OpenItem, credit: OpenItem) -> list[Release] | None:
    """What is released on both sides, by the item of which nothing will be left."""
    is_credit_used_up = -credit.remaining <= claim.remaining
    item, against = (credit, claim) if is_credit_used_up else (claim, credit)
    return waiting.set_off(
        work,
        taking=Taking(item.id, item.amount, item.settled, item.remaining),
        item=(item.id, item.intent_id, item.account),
        against=(against.id, against.intent_id, against.account),
    )


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
    waiting.undo(work, intent_id=intent_id, reversal_id=reversal_id)
    return undone
