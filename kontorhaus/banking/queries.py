"""What is asked about bank accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from kontorhaus.banking import rules, store
from kontorhaus.banking.matching import rules as matching
from kontorhaus.banking.matching import store as match_store
from kontorhaus.banking.matching.open_claims import OpenClaims
from kontorhaus.banking.model import (
    BOOKING,
    LIABILITY,
    RECEIVABLE,
    BalancePoint,
    BankAccount,
    BankAccountOverview,
    BankTransaction,
    BookedMovement,
    Claim,
    MatchedPair,
    Payment,
    Reconciliation,
    Suggestion,
    TransactionFilter,
)
from kontorhaus.contacts import queries as contacts
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.ids import BankAccountId, BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import charts
from kontorhaus.ledger import queries as books
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.model import Kind, OpenItem
from kontorhaus.runtime.work import Work

_WAITING_LIMIT = 5000
_MATCHED_LIMIT = 1000
_MOVEMENT_LIMIT = 1000
_REMEMBERED = timedelta(days=400)
_KINDS: tuple[tuple[Kind, str, int], ...] = (
    ("receivable", RECEIVABLE, 1),
    ("liability", LIABILITY, -1),
)


def bank_accounts(work: Work) -> list[BankAccountOverview]:
    """All bank accounts with their counts, by name."""
    return store.overviews(work)


def bank_account(work: Work, *, bank_account_id: BankAccountId) -> BankAccountOverview:
    """One bank account with its counts; NotFound("not_found")."""
    found = store.overviews(work, account_id=bank_account_id)
    if not found:
        raise NotFound("not_found", "There is no such bank account.")
    return found[0]


def transactions(work: Work, *, wanted: TransactionFilter) -> tuple[list[BankTransaction], int]:
    """Transactions newest first, and how many match in all."""
    return store.transactions(work, wanted=wanted)


def transaction(work: Work, *, transaction_id: BankTransactionId) -> BankTransaction:
    """One transaction; NotFound("not_found")."""
    found = store.by_ids(work, transaction_ids=[transaction_id]).get(transaction_id)
    if found is None:
        raise NotFound("not_found", "There is no such bank transaction.")
    return found


def transactions_of_intent(work: Work, *, intent_id: IntentId) -> list[BankTransaction]:
    """The transactions that are matched with an intent."""
    return store.of_intent(work, intent_id=intent_id)


def unreconciled_count(work: Work) -> int:
    """How many transactions of the tenant wait for a match."""
    return store.unreconciled_count(work)


def balance_history(work: Work, *, days: int) -> list[BalancePoint]:
    """The balance of all accounts in EUR at the end of each of the last days, oldest first."""
    dates = [work.today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    sums = [0] * days
    for account in store.accounts(work):
        if account.currency == "EUR":
            balances = _balances(work, account, dates)
            sums = [so_far + mine for so_far, mine in zip(sums, balances, strict=True)]
    return [BalancePoint(day, Money(cents)) for day, cents in zip(dates, sums, strict=True)]


def _balances(work: Work, account: BankAccount, dates: Sequence[date]) -> list[int]:
    return rules.running_balances(
        store.closings(work, account=account),
        store.daily_sums(work, account_id=account.id),
        dates,
    )


def reconciliation(work: Work, *, bank_account_id: BankAccountId) -> Reconciliation:
    """Bank and ledger side by side: what is matched, and what waits on each side, the newest."""
    overview = bank_account(work, bank_account_id=bank_account_id)
    account = overview.account
    matched = store.of_account(
        work, account_id=account.id, status="reconciled", limit=_MATCHED_LIMIT
    )
    booked = match_store.movements_of(
        work,
        account=account.account_number,
        standing=False,
        intent_ids=[one.intent_id for one in matched if one.intent_id],
    )
    movements = match_store.newest_unmatched(
        work, account=account.account_number, limit=_MOVEMENT_LIMIT + 1
    )
    bank_balance, ledger_balance = balances(work, account=account)
    return Reconciliation(
        overview=overview,
        matched=tuple(
            MatchedPair(one, booked[one.intent_id][0]) for one in matched if one.intent_id in booked
        ),
        unmatched_transactions=tuple(_waiting(work, account)),
        unmatched_movements=tuple(_left(movements[:_MOVEMENT_LIMIT][::-1])),
        has_more_movements=len(movements) > _MOVEMENT_LIMIT,
        open_claims=tuple(open_claims(work)),
        bank_balance=bank_balance,
        ledger_balance=ledger_balance,
    )


def balances(work: Work, *, account: BankAccount) -> tuple[Money, Money]:
    """What the bank says is on an account, and what the books say."""
    cents = _balances(work, account, [date.max])[0]
    return Money(cents, account.currency), books.balance(work, account=account.account_number)


def _waiting(work: Work, account: BankAccount) -> list[BankTransaction]:
    return store.of_account(
        work, account_id=account.id, status="unreconciled", limit=_WAITING_LIMIT
    )


def _unmatched(work: Work, account: BankAccount, first: date, last: date) -> list[BookedMovement]:
    """Bookings on the account's ledger account with what is not matched of them."""
    return _left(
        match_store.unmatched(work, account=account.account_number, first=first, last=last)
    )


def _announced(work: Work) -> list[BookedMovement]:
    """Bookings of money in transit with what has not come yet."""
    in_transit = charts.KEY_ACCOUNTS[identity.settings(work).chart].in_transit
    return _left(match_store.announced(work, account=in_transit))


def _left(found: Iterable[tuple[BookedMovement, Money]]) -> list[BookedMovement]:
    return [replace(movement, amount=movement.amount - matched) for movement, matched in found]


def open_claims(work: Work) -> list[Claim]:
    """Everything that is open, claims positive and debts negative."""
    found = [
        (item, name, sign)
        for kind, name, sign in _KINDS
        for item in openitems.open_items(work, kind=kind)
    ]
    return _claims(work, found)


def _claims(work: Work, found: Sequence[tuple[OpenItem, str, int]]) -> list[Claim]:
    numbers = sorted({item.account for item, _, _ in found})
    accounts = books.accounts_by_number(work, numbers=numbers)
    return [
        Claim(
            intent_id=item.intent_id,
            account=item.account,
            kind=kind,
            reference=item.reference,
            remaining=sign * item.remaining.minor,
            item_date=item.item_date,
            due_date=item.due_date,
            party_name=accounts[item.account].name,
        )
        for item, kind, sign in found
    ]


def suggestions(work: Work, *, bank_account_id: BankAccountId) -> list[Suggestion]:
    """What the waiting transactions of an account most likely settle, best first."""
    account = bank_account(work, bank_account_id=bank_account_id).account
    waiting = _waiting(work, account)[::-1]
    if not waiting or account.currency != "EUR":
        return []
    settled = [
        (item, name, sign)
        for kind, name, sign in _KINDS
        for item in openitems.settled_since(work, kind=kind, since=waiting[0].tx_date - _REMEMBERED)
    ]
    payers = _payers(work, waiting[-1].tx_date - _REMEMBERED)
    book = OpenClaims([*open_claims(work), *_claims(work, settled)], payers)
    found = matching.suggest(book, [_payment(one) for one in waiting])
    movements = _unmatched(
        work,
        account,
        waiting[0].tx_date - rules.BOOKING_DAYS,
        waiting[-1].tx_date + rules.BOOKING_DAYS,
    )
    found += _bookings(waiting, [*movements, *_announced(work)])
    return sorted(found, key=lambda suggestion: -suggestion.score)


def _payers(work: Work, since: date) -> dict[str, set[str]]:
    """Who pays from which IBAN: what the contacts say, and what was matched since a day."""
    known = match_store.payers(work, since=since)
    for iban, accounts in contacts.accounts_by_iban(work).items():
        known.setdefault(iban, set()).update(accounts)
    return known


def _payment(transaction: BankTransaction) -> Payment:
    parts = (transaction.reference, transaction.end_to_end_id)
    return Payment(
        transaction_id=transaction.id,
        amount=transaction.amount.minor,
        tx_date=transaction.tx_date,
        text=" ; ".join(part for part in parts if part),
        name=transaction.counterparty_name or "",
        iban=transaction.counterparty_iban or "",
    )


def _bookings(
    waiting: Iterable[BankTransaction], movements: Iterable[BookedMovement]
) -> list[Suggestion]:
    """Bookings that are there already with exactly the amount of a transaction of those days."""
    by_amount: dict[int, list[BookedMovement]] = {}
    for movement in movements:
        by_amount.setdefault(movement.amount.minor, []).append(movement)
    found = []
    for one in waiting:
        for movement in by_amount.get(one.amount.minor, ()):
            score = rules.booking_score(one, movement)
            if score is not None:
                found.append(
                    Suggestion(
                        one.id,
                        one.amount.minor,
                        (_booked_claim(movement),),
                        Decimal(score).scaleb(-3),
                        ("AMOUNT_EXACT", "BOOKING_DATE"),
                    )
                )
    return found


def _booked_claim(movement: BookedMovement) -> Claim:
    return Claim(
        intent_id=movement.intent_id,
        account="",
        kind=BOOKING,
        reference="",
        remaining=movement.amount.minor,
        item_date=movement.booking_date,
        due_date=None,
        description=movement.description,
    )
