"""Match groups: several transactions, several open items, one settlement between them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kontorhaus.banking import rules, store
from kontorhaus.banking.matching import actions as matches
from kontorhaus.banking.matching import store as match_store
from kontorhaus.banking.model import (
    Adjustment,
    Allocation,
    BankTransaction,
    Grouped,
)
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.kernel.ids import BankTransactionId, IntentId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import charts
from kontorhaus.ledger import queries as books
from kontorhaus.ledger import rules as ledger_rules
from kontorhaus.ledger.model import Posting
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems import rules as item_rules
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.credit.model import Entry
from kontorhaus.openitems.model import OpenItem, Settlement
from kontorhaus.runtime.work import Work
from kontorhaus.tax import queries as tax


def settle(
    work: Work,
    *,
    transaction_ids: Sequence[BankTransactionId],
    allocations: Sequence[Allocation],
    adjustments: Sequence[Adjustment],
) -> Grouped:
    """Post one settlement for a group, dated as its latest transaction."""
    transactions = _transactions(work, transaction_ids)
    money_in = rules.check_group(transactions)
    _check_adjustments(work, adjustments)
    booking_date = max(one.tx_date for one in transactions)
    ledger.enter_period(work, booking_date=booking_date)
    group_id = work.new_id()
    _claim(work, transactions, group_id)
    items = _lock(work, allocations, money_in)
    surplus = _hold_surplus(work, [item for item, _ in items], adjustments)
    account = store.account(work, account_id=transactions[0].bank_account_id)
    assert account is not None
    lines = rules.group_lines(
        account.account_number,
        money_in,
        [(item.account, amount) for item, amount in items],
        adjustments,
    )
    posting = Posting(
        booking_date=booking_date,
        description=matches.description([item.reference for item, _ in items], transactions),
        transfers=ledger_rules.transfers(
            lines, tax.codes(work, chart=identity.settings(work).chart)
        ),
        source="bank",
    )
    takes = tuple((item, rules.settled_amount(item.kind, amount)) for item, amount in items)
    intent_id = openitems.post(work, settlements=[Settlement(posting, takes)])[0].intent_id
    if surplus:
        _add_surplus(work, surplus, intent_id, posting)
    _complete(work, transactions, intent_id, items)
    return Grouped(group_id, intent_id, "settlement")


def _hold_surplus(
    work: Work, items: Sequence[OpenItem], adjustments: Sequence[Adjustment]
) -> tuple[PartyId, Money] | None:
    """What the group adds to a customer's credit, which is held."""
    account = _credit_account(work)
    surplus = rules.added_credit(items, adjustments, account)
    if surplus:
        credit.hold(work, party_ids=[surplus[0]], account=account)
    return surplus


def _add_surplus(
    work: Work, surplus: tuple[PartyId, Money], intent_id: IntentId, posting: Posting
) -> None:
    party_id, amount = surplus
    entry = Entry(
        party_id=party_id,
        account=_credit_account(work),
        intent_id=intent_id,
        kind="overpayment",
        amount=amount,
        day=posting.booking_date,
        note=posting.description,
    )
    credit.add(work, entry=entry)


def _credit_account(work: Work) -> str:
    return charts.KEY_ACCOUNTS[identity.settings(work).chart].customer_credit


def _transactions(work: Work, ids: Sequence[BankTransactionId]) -> list[BankTransaction]:
    found = store.by_ids(work, transaction_ids=ids)
    if len(set(ids)) != len(ids):
        raise Invalid("invalid_input", "A transaction stands twice.", field="bank_transaction_ids")
    if len(found) != len(ids):
        raise matches.unknown_transaction()
    return [found[one] for one in sorted(ids)]


def _check_adjustments(work: Work, adjustments: Sequence[Adjustment]) -> None:
    numbers = [one.account_number for one in adjustments]
    known = books.accounts_by_number(work, numbers=numbers)
    for number in numbers:
        if number not in known:
            raise NotFound(
                "adjustment_account_not_found",
                f"The chart has no account {number}.",
                account_number=number,
            )


def _claim(work: Work, transactions: Sequence[BankTransaction], group_id: UUID) -> None:
    for one in transactions:
        if not match_store.claim(work, transaction_id=one.id, mode="settlement", group_id=group_id):
            raise matches.already_handled(one.id)


def _lock(
    work: Work, allocations: Sequence[Allocation], money_in: Money
) -> list[tuple[OpenItem, Money]]:
    """The items of the allocations with the money in that each takes, in a fixed order.

    What is set off against the others (a credit note in a payment of ours) is allocated negative.
    """
    found: list[tuple[OpenItem, Money]] = []
    left: dict[UUID, Money] = {}
    for one in sorted(allocations, key=lambda allocation: allocation.intent_id):
        kind = matches.ITEM_KINDS.get(one.candidate_kind)
        if kind is None:
            raise Invalid(
                "target_kind_unsupported",
                "A group settles open items only.",
                field="candidate_kind",
            )
        item = openitems.lock(work, intent_id=one.intent_id, account=one.open_item_account)
        if item.kind != kind:
            raise Invalid(
                "target_kind_unsupported", f"The item is no {kind}.", field="candidate_kind"
            )
        amount = one.amount if money_in.minor > 0 else -one.amount
        settled = rules.settled_amount(item.kind, amount)
        remaining = left.get(item.id, item.remaining)
        item_rules.check_settlement(item, settled, left=remaining, field="intent_id")
        left[item.id] = remaining - settled
        found.append((item, amount))
    return found


def _complete(
    work: Work,
    transactions: Sequence[BankTransaction],
    intent_id: IntentId,
    items: Sequence[tuple[OpenItem, Money]],
) -> None:
    match_store.complete(
        work,
        transaction_ids=[one.id for one in transactions],
        intent_id=intent_id,
        accounts=sorted({item.account for item, _ in items}),
    )
