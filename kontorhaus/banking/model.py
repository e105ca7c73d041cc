"""Values of banking: bank accounts, what a statement says, and what matching answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kontorhaus.kernel.ids import BankAccountId, BankTransactionId, IntentId
from kontorhaus.kernel.money import Money

BOOKING = "bank_booking"
RECEIVABLE = "open_receivable"
LIABILITY = "open_liability"


@dataclass(frozen=True, slots=True)
class Balance:
    """A stated balance; an overdraft is negative."""

    amount: Money
    on: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked movement; money in is positive. Missing texts are empty.

    `bank_reference` is the bank's own (AcctSvcrRef), `batch_size` > 1 says that the bank
    booked this movement together with others, `original` that it takes an earlier one back.
    """

    amount: Money
    booking_date: date
    value_date: date | None = None
    counterparty_name: str = ""
    counterparty_iban: str = ""
    counterparty_bic: str = ""
    ultimate_name: str = ""
    purpose: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    bank_reference: str = ""
    transaction_code: str = ""
    booking_text: str = ""
    is_reversal: bool = False
    return_reason: str = ""
    batch_size: int = 1
    batch_amount: Money | None = None
    batch_reference: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, report or notification: `kind` is camt.053, camt.052, camt.054 or csv."""

    kind: str
    identification: str
    sequence_number: str
    iban: str
    currency: str
    bic: str
    opening: Balance | None
    closing: Balance | None
    entries: tuple[Entry, ...]
    pending_count: int


@dataclass(frozen=True, slots=True)
class KeyedEntry:
    """An entry with what makes it the same movement when it is delivered again.

    `whole_key` is the key of the booking that the entry was a part of, else the key itself.
    """

    key: str
    whole_key: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account and the asset account of the chart that it is linked with."""

    id: BankAccountId
    name: str
    iban: str
    bic: str | None
    account_number: str
    currency: str


@dataclass(frozen=True, slots=True)
class BankAccountOverview:
    """A bank account with its counts."""

    account: BankAccount
    transaction_count: int
    unreconciled_count: int
    last_transaction_date: date | None


@dataclass(frozen=True, slots=True)
class BankTransaction:
    """A line of a bank account. `status` is unreconciled, reconciled or excluded."""

    id: BankTransactionId
    bank_account_id: BankAccountId
    batch_id: UUID
    tx_date: date
    value_date: date | None
    amount: Money
    counterparty_name: str | None
    counterparty_iban: str | None
    reference: str | None
    bank_reference: str | None
    tx_type: str | None
    end_to_end_id: str | None
    status: str
    intent_id: IntentId | None
    match_group_id: UUID | None


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """Which bank transactions to list; None leaves a condition out."""

    bank_account_id: BankAccountId | None = None
    start_date: date | None = None
    end_date: date | None = None
    search: str | None = None
    status: str | None = None
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class RowError:
    """Why row `row` (from 1) of an import was left out."""

    row: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of an import."""

    batch_id: UUID
    total_rows: int
    imported: int
    skipped_duplicates: int
    errors: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """An open item as matching sees it; `remaining` is positive for money we get.

    A debt or a credit note to a customer is negative; 0 says that it is settled already.
    """

    intent_id: IntentId
    account: str
    kind: str
    reference: str
    remaining: int
    item_date: date
    due_date: date | None
    party_name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank transaction as matching sees it; money in is positive, in minor units."""

    transaction_id: BankTransactionId
    amount: int
    tx_date: date
    text: str
    name: str
    iban: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a payment most likely settles.

    `claims` are several for a collective payment. `score` runs from 0 to 1; `reasons` are codes;
    `paid` is the amount of the payment in minor units.
    """

    transaction_id: BankTransactionId
    paid: int
    claims: tuple[Claim, ...]
    score: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookedMovement:
    """What an intent moves on a bank account's own ledger account; money in is positive."""

    intent_id: IntentId
    booking_date: date
    description: str
    amount: Money


@dataclass(frozen=True, slots=True)
class MatchPair:
    """A wish to match one transaction with one candidate.

    `has_credit` lets what a customer paid too much become its credit.
    """

    transaction_id: BankTransactionId
    intent_id: IntentId
    candidate_kind: str
    open_item_account: str | None
    has_credit: bool = False


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a match did: `mode` is bank_booking or settlement, `intent_id` the booking behind it."""

    mode: str
    intent_id: IntentId


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a match group that settles one open item; `amount` is positive."""

    intent_id: IntentId
    candidate_kind: str
    open_item_account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A part of a match group that goes to an account of the chart (fee, discount, rounding)."""

    account_number: str
    posting_side: str
    amount: Money
    description: str | None = None
    tax_code: str | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """A new match group and its settlement."""

    match_group_id: UUID
    intent_id: IntentId
    mode: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What an unmatch reopened; `reversal_intent_id` is None when nothing was posted."""

    transaction_ids: tuple[BankTransactionId, ...]
    reversal_intent_id: IntentId | None
    match_group_id: UUID | None


@dataclass(frozen=True, slots=True)
class BalancePoint:
    """The balance at the end of a day."""

    on: date
    balance: Money


@dataclass(frozen=True, slots=True)
class MatchedPair:
    """A settled transaction beside its booking."""

    transaction: BankTransaction
    movement: BookedMovement


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Bank and ledger side by side on one day.

    Of the movements that are not matched these are the newest; `has_more_movements` says whether
    there are older ones.
    """

    overview: BankAccountOverview
    matched: tuple[MatchedPair, ...]
    unmatched_transactions: tuple[BankTransaction, ...]
    unmatched_movements: tuple[BookedMovement, ...]
    has_more_movements: bool
    open_claims: tuple[Claim, ...]
    bank_balance: Money
    ledger_balance: Money

    @property
    def difference(self) -> Money:
        """What the bank has more than the books, in the currency of the account."""
        return Money(
            self.bank_balance.minor - self.ledger_balance.minor, self.bank_balance.currency
        )
