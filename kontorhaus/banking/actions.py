"""What happens to bank accounts: opened, filled from statements, matched with the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kontorhaus.banking import intake, rules, store
from kontorhaus.banking.matching import actions as matches
from kontorhaus.banking.matching import groups
from kontorhaus.banking.matching import store as match_store
from kontorhaus.banking.matching.store import Match
from kontorhaus.banking.model import (
    Adjustment,
    Allocation,
    BankAccount,
    Entry,
    Grouped,
    ImportResult,
    MatchPair,
    Reconciled,
    RowError,
    Statement,
    Unmatched,
)
from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound, Refusal
from kontorhaus.kernel.ids import BankAccountId, BankTransactionId, IntentId
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries as books
from kontorhaus.ledger import rules as books_rules
from kontorhaus.ledger.actions import PostingMode
from kontorhaus.ledger.model import Posted
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems import queries as items_of
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.model import OpenItem
from kontorhaus.runtime import changes
from kontorhaus.runtime.work import Work


@dataclass(frozen=True, slots=True)
class NewBankAccount:
    """A bank account to be linked with an asset account of the chart."""

    name: str
    iban: str
    account_number: str
    bic: str | None = None
    currency: str = "EUR"


def create_bank_account(work: Work, *, wanted: NewBankAccount) -> BankAccount:
    """Link a bank account one to one with an asset account of the chart.

    Invalid: iban, account_not_found, invalid_account_type. Conflict: account_already_linked,
    duplicate_iban.
    """
    number = wanted.account_number
    linked = books.accounts_by_number(work, numbers=[number]).get(number)
    if linked is None or not linked.is_active:
        raise Invalid(
            "account_not_found",
            f"The chart has no active account {number}.",
            field="account_number",
        )
    if linked.type != "asset" or linked.kind != "general":
        raise Invalid(
            "invalid_account_type",
            f"Account {number} is no general asset account.",
            field="account_number",
        )
    account = BankAccount(
        BankAccountId(work.new_id()),
        wanted.name,
        ibans.parse(wanted.iban),
        wanted.bic,
        number,
        wanted.currency,
    )
    store.insert_account(work, account=account)
    work.record(
        "banking.account_created",
        subject="bank_account",
        subject_id=account.id,
        details={"name": account.name, "iban": account.iban, "account_number": number},
    )
    return account


def rename_bank_account(
    work: Work, *, bank_account_id: BankAccountId, name: str | None
) -> BankAccount:
    """Give a bank account another name. NotFound: not_found. Invalid: no_changes."""
    account = intake.account(work, account_id=bank_account_id)
    if name is None:
        raise Invalid("no_changes", "There is nothing to change.", field="name")
    store.rename_account(work, account_id=bank_account_id, name=name)
    work.record(
        "banking.account_renamed",
        subject="bank_account",
        subject_id=bank_account_id,
        details={"name": [account.name, name]},
    )
    return replace(account, name=name)


def import_statements(
    work: Work, *, statements: Sequence[Statement], bank_account_id: BankAccountId | None = None
) -> ImportResult:
    """Take in what is new of parsed statements; what was delivered before is skipped.

    Without `bank_account_id` each statement finds its account by its IBAN (NotFound: not_found).
    Invalid("iban_mismatch") if a statement is of another account than the given one.
    """
    accounts = intake.accounts_of(work, statements=statements, account_id=bank_account_id)
    source = statements[0].kind if statements else "empty"
    result = intake.begin(work, source=source)
    for account in sorted(set(accounts), key=lambda account: account.id):
        store.account(work, account_id=account.id, lock=True)
        mine = [one for one, its in zip(statements, accounts, strict=True) if its == account]
        for statement in mine:
            store.insert_statement(
                work, batch_id=result.batch_id, account_id=account.id, statement=statement
            )
        rows = list(enumerate(rules.keyed(account.iban, mine), result.total_rows + 1))
        result = intake.take(work, result=result, account=account, rows=rows)
    intake.finish(work, result=result, source=source)
    return result


def import_entries(
    work: Work,
    *,
    bank_account_id: BankAccountId,
    entries: Sequence[tuple[int, Entry]],
    errors: Sequence[RowError] = (),
) -> ImportResult:
    """Take in entries that a program sends, each with its row; `errors` are rows unfit before."""
    account = intake.account(work, account_id=bank_account_id, lock=True)
    own = [entry for _, entry in entries]
    rows = [
        (row, keyed)
        for (row, _), keyed in zip(entries, rules.keyed_entries(account.iban, own), strict=True)
    ]
    start = intake.begin(work, source="api")
    result = intake.take(
        work,
        result=replace(start, total_rows=len(errors), errors=tuple(errors)),
        account=account,
        rows=rows,
    )
    intake.finish(work, result=result, source="api")
    return replace(result, errors=tuple(sorted(result.errors, key=lambda error: error.row)))


def reconcile(
    work: Work,
    *,
    transaction_id: BankTransactionId,
    intent_id: IntentId,
    candidate_kind: str,
    open_item_account: str | None = None,
    has_credit: bool = False,
) -> Reconciled:
    """Match a transaction with a booking, or settle an open item with it, in full or in part.

    With `has_credit` what a customer paid too much becomes its credit.
    Invalid: direction_mismatch, settlement_exceeds_open_amount, unsupported_settlement_currency.
    NotFound: not_found, target_not_found. Conflict: target_ambiguous, tx_already_handled,
    period_locked.
    """
    pair = MatchPair(transaction_id, intent_id, candidate_kind, open_item_account, has_credit)
    outcome = matches.settle(work, pairs=[pair])[0]
    if isinstance(outcome, Refusal):
        raise outcome
    _record_match(work, transaction_id, outcome)
    return outcome


def reconcile_all(work: Work, *, pairs: Sequence[MatchPair]) -> list[Reconciled | Refusal]:
    """Match each pair for itself; a refusal stands in the place of a pair that cannot be."""
    outcomes = matches.settle(work, pairs=pairs)
    for pair, outcome in zip(pairs, outcomes, strict=True):
        if isinstance(outcome, Reconciled):
            _record_match(work, pair.transaction_id, outcome)
    return outcomes


def _record_match(work: Work, transaction_id: BankTransactionId, outcome: Reconciled) -> None:
    work.record(
        "banking.matched",
        subject="bank_transaction",
        subject_id=transaction_id,
        details={"mode": [None, outcome.mode], "intent_id": [None, str(outcome.intent_id)]},
    )


def match_group(
    work: Work,
    *,
    transaction_ids: Sequence[BankTransactionId],
    allocations: Sequence[Allocation],
    adjustments: Sequence[Adjustment] = (),
) -> Grouped:
    """Settle several open items with several transactions, with fees and discounts beside.

    Invalid: bank_tx_mixed_bank_accounts, direction_mismatch, group_not_balanced,
    settlement_exceeds_open_amount, target_kind_unsupported, unsupported_settlement_currency,
    invalid_tax_code. NotFound: not_found, target_not_found, adjustment_account_not_found.
    Conflict: tx_already_handled, period_locked.
    """
    grouped = groups.settle(
        work, transaction_ids=transaction_ids, allocations=allocations, adjustments=adjustments
    )
    work.record(
        "banking.grouped",
        subject="match_group",
        subject_id=grouped.match_group_id,
        details={
            "intent_id": str(grouped.intent_id),
            "transactions": ", ".join(str(transaction_id) for transaction_id in transaction_ids),
        },
    )
    return grouped


def dismiss(work: Work, *, transaction_id: BankTransactionId) -> None:
    """Exclude a transaction of amount 0. NotFound: tx_not_found. Invalid: tx_not_zero."""
    transaction = store.by_ids(work, transaction_ids=[transaction_id]).get(transaction_id)
    if transaction is None:
        raise NotFound("tx_not_found", "There is no such bank transaction.")
    if transaction.amount:
        raise Invalid("tx_not_zero", "Only a transaction of amount 0 can be excluded.")
    if not match_store.claim(work, transaction_id=transaction_id, mode="excluded"):
        raise matches.already_handled(transaction_id)
    work.record(
        "banking.excluded",
        subject="bank_transaction",
        subject_id=transaction_id,
        details={"mode": [None, "excluded"]},
    )


def unmatch(work: Work, *, transaction_id: BankTransactionId) -> Unmatched:
    """Take a match back, with its whole group; a settlement is reversed, not deleted.

    The reversal is dated as the original if its period is open, else today.
    NotFound: not_found. Conflict: not_matched, period_locked.
    """
    if transaction_id not in store.by_ids(work, transaction_ids=[transaction_id]):
        raise matches.unknown_transaction()
    standing = match_store.of_transaction(work, transaction_id=transaction_id)
    if standing is None:
        raise _not_matched()
    return _undo(work, standing)


def unmatch_group(work: Work, *, group_id: UUID) -> Unmatched:
    """Take a match group back. NotFound: not_found. Conflict: already_reversed."""
    if not match_store.has_group(work, group_id=group_id):
        raise NotFound("not_found", "There is no such match group.")
    standing = match_store.of_group(work, group_id=group_id)
    if standing is None:
        raise Conflict("already_reversed", "This match group was taken back before.")
    return _undo(work, standing)


def reverse_intent(
    work: Work,
    *,
    intent_id: IntentId,
    reason: str | None,
    posting_mode: PostingMode = "current_period",
) -> Posted:
    """Reverse a booking; the open items and bank matches that hung on it are open again.

    An item that the booking itself opened is closed by the reversal; credit that it gave or spent
    is taken back. NotFound: not_found. Conflict: already_reversed, period_locked, item_settled,
    credit_spent, credit_given.
    """
    intent = books.intent(work, intent_id=intent_id).entries[0].intent
    day = intent.booking_date if posting_mode == "original_period" else work.today
    closing = books_rules.closing_of(intent) if day == intent.booking_date else None
    ledger.enter_period(work, booking_date=day, adjustment=closing)
    standing = match_store.locked(work, intent_id=intent_id)
    _lock_items(work, intent_id)
    openitems.hold_intent(work, intent_id=intent_id)
    credit.hold_of_intent(work, intent_id=intent_id)
    opened = _opened_items(work, intent_id)
    posted = ledger.reverse(work, intent_id=intent_id, reason=reason, posting_mode=posting_mode)
    openitems.unsettle(work, intent_id=intent_id, reversal_id=posted.intent_id)
    credit.undo(work, intent_id=intent_id, reversal_id=posted.intent_id)
    for item in opened:
        openitems.settle(
            work,
            item_id=item.id,
            amount=item.remaining,
            intent_id=posted.intent_id,
            settled_on=work.today,
        )
    match_store.undo(work, match_ids=[one.id for one in standing], reversal_id=posted.intent_id)
    return posted


def _undo(work: Work, match: Match) -> Unmatched:
    if match.mode == "settlement" and match.intent_id is not None:
        return _undo_settlement(work, match.intent_id)
    if not match_store.locked(work, match_id=match.id):
        raise _not_matched()
    match_store.undo(work, match_ids=[match.id], reversal_id=None)
    _record_unmatch(work, match, reversal_id=None)
    return Unmatched((match.transaction_id,), None, None)


def _undo_settlement(work: Work, intent_id: IntentId) -> Unmatched:
    settlement = books.intent(work, intent_id=intent_id).entries[0].intent
    mode: PostingMode = "original_period"
    try:
        ledger.enter_period(work, booking_date=settlement.booking_date)
    except Conflict:
        mode = "current_period"
        ledger.enter_period(work, booking_date=work.today)
    standing = match_store.locked(work, intent_id=intent_id)
    if not standing:
        raise _not_matched()
    posted = reverse_intent(work, intent_id=intent_id, reason=None, posting_mode=mode)
    for one in standing:
        _record_unmatch(work, one, reversal_id=posted.intent_id)
    return Unmatched(
        tuple(one.transaction_id for one in standing), posted.intent_id, standing[0].group_id
    )


def _record_unmatch(work: Work, match: Match, *, reversal_id: IntentId | None) -> None:
    work.record(
        "banking.unmatched",
        subject="bank_transaction",
        subject_id=match.transaction_id,
        details={
            "mode": [match.mode, None],
            "intent_id": [changes.plain(match.intent_id), None],
            "reversal_intent_id": changes.plain(reversal_id),
        },
    )


def _lock_items(work: Work, intent_id: IntentId) -> None:
    """What a settlement took off its items comes back: they are locked in a fixed order."""
    allocations = [
        one for one in items_of.allocations(work, intent_id=intent_id) if one.intent_id == intent_id
    ]
    for one in sorted(allocations, key=lambda allocation: allocation.item_intent_id):
        openitems.lock(work, intent_id=one.item_intent_id, account=one.account)


def _opened_items(work: Work, intent_id: IntentId) -> list[OpenItem]:
    """The items that a booking opened, locked; nobody may have paid on them.

    An earlier reversal took them all.
    """
    opened = openitems.lock_all(work, intent_id=intent_id)
    settled = [item for item in opened if item.settled]
    if not settled:
        return opened
    if books.intent(work, intent_id=intent_id).reversed_by:
        return []
    raise Conflict(
        "item_settled",
        "Payments stand against this booking: take them back first.",
        open_item_account=settled[0].account,
    )


def _not_matched() -> Conflict:
    return Conflict("not_matched", "This bank transaction has no match.")
