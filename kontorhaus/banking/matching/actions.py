"""How transactions and what they settle come together, in the order of the locks.

Periods are entered first, then the transactions are claimed, then the open items are locked, and
only then the settlements are posted, all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from kontorhaus.banking import rules, store
from kontorhaus.banking.matching import store as match_store
from kontorhaus.banking.model import (
    BOOKING,
    LIABILITY,
    RECEIVABLE,
    BankAccount,
    BankTransaction,
    BookedMovement,
    MatchPair,
    Reconciled,
)
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound, Refusal
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import charts
from kontorhaus.ledger.model import Posting
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems import rules as item_rules
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.credit.model import Entry
from kontorhaus.openitems.model import OpenItem, Settlement
from kontorhaus.runtime.work import Work

_NOTHING = Money.zero()
ITEM_KINDS = {RECEIVABLE: "receivable", LIABILITY: "liability"}


@dataclass(slots=True)
class Wish:
    """A pair on its way: what was found for it, or why it is refused.

    `contra` is the account that a settlement stands against; it is empty where the booking that
    moves the bank account is there already. `surplus` becomes credit of the item's customer.
    """

    pair: MatchPair
    transaction: BankTransaction
    account: BankAccount
    item: OpenItem | None = None
    contra: str = ""
    refusal: Refusal | None = None
    is_claimed: bool = False
    surplus: Money = _NOTHING
    intent_id: IntentId | None = None

    @property
    def is_booking(self) -> bool:
        """Whether the booking is there already."""
        return self.pair.candidate_kind == BOOKING

    def outcome(self) -> Reconciled | Refusal:
        """What became of it."""
        if self.refusal is not None:
            return self.refusal
        assert self.intent_id is not None
        return Reconciled("settlement" if self.contra else BOOKING, self.intent_id)


def settle(work: Work, *, pairs: Sequence[MatchPair]) -> list[Reconciled | Refusal]:
    """Match each pair for itself; a refusal stands in the place of a pair that cannot be."""
    found = _read(work, pairs)
    wishes = [one for one in found if isinstance(one, Wish)]
    accounts = charts.KEY_ACCOUNTS[identity.settings(work).chart]
    _find_contra(work, wishes, accounts.in_transit)
    _enter_periods(work, wishes)
    _lock_accounts(work, wishes)
    _claim(work, wishes)
    _check_bookings(work, [wish for wish in wishes if wish.is_booking])
    _lock_items(work, [wish for wish in wishes if not wish.is_booking])
    match_store.release(
        work,
        transaction_ids=[
            wish.transaction.id for wish in wishes if wish.refusal and wish.is_claimed
        ],
    )
    settled = [wish for wish in _standing(wishes) if wish.contra]
    _hold_credit(work, settled, accounts.customer_credit)
    _post(work, settled, accounts.customer_credit)
    return [one.outcome() if isinstance(one, Wish) else one for one in found]


def _standing(wishes: Iterable[Wish]) -> list[Wish]:
    return [wish for wish in wishes if wish.refusal is None]


def _each(wishes: Iterable[Wish], step: Callable[[Wish], None]) -> None:
    """Takes a step with every wish that still stands; a refusal ends that wish alone."""
    for wish in _standing(wishes):
        try:
            step(wish)
        except Refusal as refusal:
            wish.refusal = refusal


def _read(work: Work, pairs: Sequence[MatchPair]) -> list[Wish | Refusal]:
    transactions = store.by_ids(work, transaction_ids=[pair.transaction_id for pair in pairs])
    accounts = {account.id: account for account in store.accounts(work)}
    found: list[Wish | Refusal] = []
    for pair in pairs:
        transaction = transactions.get(pair.transaction_id)
        if transaction is None:
            found.append(unknown_transaction())
        else:
            wish = Wish(pair, transaction, accounts[transaction.bank_account_id])
            wish.refusal = _malformed(pair)
            found.append(wish)
    return found


def _malformed(pair: MatchPair) -> Invalid | None:
    if pair.candidate_kind in ITEM_KINDS and not pair.open_item_account:
        return Invalid(
            "invalid_input", "An open item needs its account.", field="open_item_account"
        )
    return None


def _find_contra(work: Work, wishes: Sequence[Wish], in_transit: str) -> None:
    """Sees which wishes need a settlement.

    A booking on the account for money in transit announced this money; the settlement brings it.
    """
    for wish in wishes:
        if not wish.is_booking:
            wish.contra = wish.pair.open_item_account or ""
        elif _movement(work, wish) is None:
            wish.contra = in_transit


def _movement(work: Work, wish: Wish) -> tuple[BookedMovement, Money] | None:
    """What the wanted booking moves on the contra account, else on the bank account."""
    account = wish.contra or wish.account.account_number
    intent_id = wish.pair.intent_id
    return match_store.movements_of(
        work, account=account, intent_ids=[intent_id], standing=True
    ).get(intent_id)


def _enter_periods(work: Work, wishes: Sequence[Wish]) -> None:
    """A settlement is dated as its transaction."""

    def enter(wish: Wish) -> None:
        rules.check_currency(wish.transaction.amount)
        ledger.enter_period(work, booking_date=wish.transaction.tx_date)

    settlements = [wish for wish in wishes if wish.contra]
    _each(sorted(settlements, key=lambda wish: wish.transaction.tx_date), enter)


def _lock_accounts(work: Work, wishes: Sequence[Wish]) -> None:
    """Bookings may take several transactions, so one caller at a time matches them.

    Money in transit may come to any bank account.
    """
    wanted = {wish.account.id for wish in wishes if wish.is_booking}
    if any(wish.is_booking and wish.contra for wish in wishes):
        wanted = {account.id for account in store.accounts(work)}
    for account_id in sorted(wanted):
        store.account(work, account_id=account_id, lock=True)


def _claim(work: Work, wishes: Sequence[Wish]) -> None:
    def claim(wish: Wish) -> None:
        mode = "settlement" if wish.contra else BOOKING
        if not match_store.claim(work, transaction_id=wish.transaction.id, mode=mode):
            raise already_handled(wish.transaction.id)
        wish.is_claimed = True

    _each(sorted(wishes, key=lambda wish: wish.transaction.id), claim)


def _check_bookings(work: Work, wishes: Sequence[Wish]) -> None:
    """Each booking takes what the matches before, these wishes' own too, have left of it."""

    def check(wish: Wish) -> None:
        rules.check_currency(wish.transaction.amount)
        found = _movement(work, wish)
        if found is None:
            raise _target_not_found()
        movement, matched = found
        rules.check_booking(movement, matched, wish.transaction.amount)
        if not wish.contra:
            wish.intent_id = wish.pair.intent_id
        match_store.complete(
            work, transaction_ids=[wish.transaction.id], intent_id=wish.pair.intent_id
        )

    _each(wishes, check)


def _lock_items(work: Work, wishes: Sequence[Wish]) -> None:
    """Locks in the order of the intents; each item gives what the wishes before left of it."""
    remaining: dict[UUID, Money] = {}

    def lock(wish: Wish) -> None:
        item = openitems.lock(
            work, intent_id=wish.pair.intent_id, account=wish.pair.open_item_account
        )
        if item.kind != ITEM_KINDS.get(wish.pair.candidate_kind):
            raise _target_not_found()
        amount = rules.settled_amount(item.kind, wish.transaction.amount)
        left = remaining.get(item.id, item.remaining)
        if wish.pair.has_credit:
            wish.surplus = rules.surplus(item, amount, left)
        item_rules.check_settlement(item, amount, left=left + wish.surplus, field="intent_id")
        remaining[item.id] = left - (amount - wish.surplus)
        wish.item = item

    _each(sorted(wishes, key=lambda wish: wish.pair.intent_id), lock)


def _hold_credit(work: Work, wishes: Sequence[Wish], account: str) -> None:
    """The credit of those who paid too much, after all items."""
    items = [wish.item for wish in wishes if wish.surplus and wish.item]
    credit.hold(work, party_ids=[item.party_id for item in items if item.party_id], account=account)


def _post(work: Work, wishes: Sequence[Wish], credit_account: str) -> None:
    settlements = [_settlement(wish, credit_account) for wish in wishes]
    posted = openitems.post(work, settlements=settlements)
    for wish, settlement in zip(wishes, posted, strict=True):
        wish.intent_id = settlement.intent_id
        if wish.surplus:
            _add_credit(work, wish, settlement.intent_id, credit_account)
        match_store.complete(
            work,
            transaction_ids=[wish.transaction.id],
            intent_id=settlement.intent_id,
            target_id=wish.pair.intent_id if wish.item is None else None,
            accounts=[wish.item.account] if wish.item else [],
        )


def _settlement(wish: Wish, credit_account: str) -> Settlement:
    transaction, item = wish.transaction, wish.item
    paid = rules.transfer(wish.account.account_number, wish.contra, transaction.amount)
    posting = Posting(
        booking_date=transaction.tx_date,
        description=description([item.reference] if item else [], [transaction]),
        transfers=(paid, *rules.surplus_transfers(wish.contra, credit_account, wish.surplus)),
        source="bank",
        external_reference=transaction.bank_reference,
    )
    if item is None:
        return Settlement(posting, ())
    taken = rules.settled_amount(item.kind, transaction.amount) - wish.surplus
    return Settlement(posting, ((item, taken),) if taken else ())


def _add_credit(work: Work, wish: Wish, intent_id: IntentId, credit_account: str) -> None:
    item = wish.item
    assert item is not None, "only an item is paid too much"
    assert item.party_id is not None, "only a customer gets credit"
    entry = Entry(
        party_id=item.party_id,
        account=credit_account,
        intent_id=intent_id,
        kind="overpayment",
        amount=wish.surplus,
        day=wish.transaction.tx_date,
        note=item.reference,
    )
    credit.add(work, entry=entry)


def description(references: Sequence[str], transactions: Sequence[BankTransaction]) -> str:
    """What the journal says about a settlement."""
    is_in = transactions[0].amount.minor > 0
    names = dict.fromkeys(one.counterparty_name for one in transactions if one.counterparty_name)
    words = ["Zahlungseingang" if is_in else "Zahlungsausgang", ", ".join(references), *names]
    return " ".join(word for word in words if word)[:500]


def unknown_transaction() -> NotFound:
    """The refusal of an id that names no transaction."""
    return NotFound("not_found", "There is no such bank transaction.")


def already_handled(transaction_id: BankTransactionId) -> Conflict:
    """The refusal of a transaction that has a match."""
    return Conflict(
        "tx_already_handled",
        "This bank transaction is matched or excluded already.",
        bank_transaction_id=str(transaction_id),
    )


def _target_not_found() -> NotFound:
    return NotFound("target_not_found", "There is nothing of this kind to match with.")
