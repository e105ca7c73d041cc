"""The JSON shapes of matching: reconcile, batches, groups, unmatch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kontorhaus.banking import model
from kontorhaus.kernel import money
from kontorhaus.kernel.errors import Invalid, Refusal
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.surfaces.books.bank import wire as bank_wire
from kontorhaus.surfaces.conventions import fields

CandidateKind = Literal["bank_booking", "open_receivable", "open_liability"]
Overpayment = Literal["credit"]
_Account = Annotated[str, fields.text(1, 9)]


class Suggestion(fields.Out):
    """What a transaction most likely settles.

    A collective payment has several with the same score; `allocated_amount` is the part of each,
    `collective_size` their number.
    """

    bank_transaction_id: UUID
    ledger_intent_id: UUID
    match_score: fields.Fraction
    match_reasons: list[str]
    ledger_description: str
    ledger_amount: fields.Money
    ledger_date: date
    candidate_kind: CandidateKind
    open_item_account: str | None
    allocated_amount: fields.Money
    collective_size: int


class LedgerItem(fields.Out):
    """A booking or an open item beside the bank's lines; money in is positive."""

    intent_id: UUID
    candidate_kind: CandidateKind
    open_item_account: str | None
    booking_date: date
    description: str
    amount: fields.Money
    currency: str
    base_amount: fields.Money
    base_currency: Literal["EUR"]


class MatchedPair(fields.Out):
    """A transaction and the booking behind it."""

    transaction: bank_wire.BankTransactionOut
    ledger: LedgerItem
    match_group_id: UUID | None


class Reconciliation(fields.Out):
    """Bank and books side by side; of bookings that are not matched, the newest 1000."""

    bank_account: bank_wire.BankAccountDetail
    matched: list[MatchedPair]
    unmatched_transactions: list[bank_wire.BankTransactionOut]
    unmatched_ledger: list[LedgerItem]
    has_more_unmatched_ledger: bool
    bank_balance: fields.Money
    ledger_balance: fields.Money
    difference: fields.Money


class ReconcileInput(fields.In):
    """What a transaction is matched with; an open item needs its account.

    With `overpayment` credit, what a customer paid too much becomes its credit.
    """

    intent_id: fields.Id
    candidate_kind: CandidateKind
    open_item_account: _Account | None = None
    overpayment: Overpayment | None = None


class ReconcileResult(fields.Out):
    """What a match did, and the booking behind it."""

    ok: bool
    mode: Literal["bank_booking", "settlement", "fx_settlement"]
    intent_id: UUID


class MatchPair(fields.In):
    """One wish of a batch."""

    bank_transaction_id: fields.Id
    intent_id: fields.Id
    candidate_kind: CandidateKind
    open_item_account: _Account | None = None
    overpayment: Overpayment | None = None


class BatchInput(fields.In):
    """Wishes that are fulfilled each for itself."""

    pairs: Annotated[list[MatchPair], Field(min_length=1, max_length=1000)]


class BatchError(fields.Out):
    """Why a wish could not be fulfilled."""

    bank_transaction_id: UUID
    code: str
    message: str


class BatchResult(fields.Out):
    """How many wishes were fulfilled, and why the others were not."""

    reconciled: int
    errors: list[BatchError]


class UnmatchResult(fields.Out):
    """What an unmatch reopened."""

    ok: bool
    bank_transaction_ids: list[UUID]
    reversal_intent_id: UUID | None
    match_group_id: UUID | None


class Allocation(fields.In):
    """What an open item takes of a group; negative is set off against the others."""

    intent_id: fields.Id
    candidate_kind: CandidateKind
    open_item_account: _Account
    allocated_bank_amount: fields.Money
    settled_document_amount: fields.Money | None = None


class Adjustment(fields.In):
    """What of a group goes to an account of the chart; with a tax code the amount is gross."""

    account_number: _Account
    posting_side: Literal["debit", "credit"]
    amount: fields.Money
    description: Annotated[str, fields.text(0, 500)] | None = None
    tax_code: Annotated[str, fields.text(1, 20)] | None = None


class GroupInput(fields.In):
    """Transactions of one bank account and what they settle together."""

    bank_transaction_ids: Annotated[list[fields.Id], Field(min_length=1, max_length=1000)]
    allocations: Annotated[list[Allocation], Field(max_length=1000)]
    adjustments: Annotated[list[Adjustment], Field(max_length=100, default_factory=list)]


class GroupResult(fields.Out):
    """A new match group and its settlement."""

    ok: bool
    match_group_id: UUID
    intent_id: UUID
    mode: str


def reconciled(done: model.Reconciled) -> ReconcileResult:
    """What a match did as the API shows it."""
    return ReconcileResult.model_construct(ok=True, mode=done.mode, intent_id=done.intent_id)


def pairs(body: BatchInput) -> list[model.MatchPair]:
    """The wishes of a batch."""
    return [
        model.MatchPair(
            BankTransactionId(pair.bank_transaction_id),
            IntentId(pair.intent_id),
            pair.candidate_kind,
            pair.open_item_account,
            has_credit=pair.overpayment == "credit",
        )
        for pair in body.pairs
    ]


def batch_result(
    wished: Sequence[model.MatchPair], outcomes: Sequence[model.Reconciled | Refusal]
) -> BatchResult:
    """What became of a batch as the API shows it."""
    failed = [
        BatchError(
            bank_transaction_id=pair.transaction_id,
            code=outcome.code.upper(),
            message=outcome.message,
        )
        for pair, outcome in zip(wished, outcomes, strict=True)
        if isinstance(outcome, Refusal)
    ]
    return BatchResult(reconciled=len(outcomes) - len(failed), errors=failed)


def unmatched(undone: model.Unmatched) -> UnmatchResult:
    """What an unmatch reopened as the API shows it."""
    return UnmatchResult(
        ok=True,
        bank_transaction_ids=list(undone.transaction_ids),
        reversal_intent_id=undone.reversal_intent_id,
        match_group_id=undone.match_group_id,
    )


def transaction_ids(body: GroupInput) -> list[BankTransactionId]:
    """The transactions of a group."""
    return [BankTransactionId(one) for one in body.bank_transaction_ids]


def allocations(body: GroupInput) -> list[model.Allocation]:
    """The allocations of a group; open items are kept in euros, as the bank account is."""
    found = []
    for position, one in enumerate(body.allocations):
        amount, settled = one.allocated_bank_amount, one.settled_document_amount
        if not amount:
            raise _not_zero(f"allocations.{position}.allocated_bank_amount")
        if settled is not None and settled != amount:
            raise Invalid(
                "group_not_balanced",
                "An item in euros settles exactly what the bank amount gives to it.",
                field=f"allocations.{position}.settled_document_amount",
            )
        found.append(
            model.Allocation(
                IntentId(one.intent_id), one.candidate_kind, one.open_item_account, amount
            )
        )
    return found


def adjustments(body: GroupInput) -> list[model.Adjustment]:
    """The adjustments of a group."""
    for position, one in enumerate(body.adjustments):
        if one.amount.minor <= 0:
            raise _not_zero(f"adjustments.{position}.amount")
    return [
        model.Adjustment(
            one.account_number, one.posting_side, one.amount, one.description, one.tax_code
        )
        for one in body.adjustments
    ]


def _not_zero(name: str) -> Invalid:
    return Invalid("invalid_input", "The amount must be above zero.", field=name)


def grouped(done: model.Grouped) -> GroupResult:
    """A new match group as the API shows it."""
    return GroupResult(
        ok=True, match_group_id=done.match_group_id, intent_id=done.intent_id, mode=done.mode
    )


def suggestions(found: Sequence[model.Suggestion]) -> list[Suggestion]:
    """Suggestions as the API shows them, one for each claim."""
    return [
        Suggestion.model_construct(
            bank_transaction_id=one.transaction_id,
            ledger_intent_id=claim.intent_id,
            match_score=one.score,
            match_reasons=list(one.reasons),
            ledger_description=_described(claim),
            ledger_amount=money.Money(claim.remaining),
            ledger_date=claim.item_date,
            candidate_kind=claim.kind,
            open_item_account=claim.account or None,
            allocated_amount=money.Money(
                claim.remaining if len(one.claims) > 1 else min(claim.remaining, one.paid, key=abs)
            ),
            collective_size=len(one.claims),
        )
        for one in found
        for claim in one.claims
    ]


def _described(claim: model.Claim) -> str:
    return claim.description or " ".join(
        part for part in (claim.reference, claim.party_name) if part
    )


def _ledger_item(
    intent_id: UUID,
    kind: str,
    account: str | None,
    day: date,
    description: str,
    amount: money.Money,
) -> LedgerItem:
    return LedgerItem.model_construct(
        intent_id=intent_id,
        candidate_kind=kind,
        open_item_account=account,
        booking_date=day,
        description=description,
        amount=amount,
        currency=amount.currency,
        base_amount=amount,
        base_currency="EUR",
    )


def _movement(movement: model.BookedMovement) -> LedgerItem:
    return _ledger_item(
        movement.intent_id,
        model.BOOKING,
        None,
        movement.booking_date,
        movement.description,
        movement.amount,
    )


def reconciliation(found: model.Reconciliation) -> Reconciliation:
    """Bank and books side by side as the API shows them."""
    return Reconciliation(
        bank_account=bank_wire.bank_account_detail(found.overview),
        matched=[
            MatchedPair(
                transaction=bank_wire.transaction(pair.transaction),
                ledger=_movement(pair.movement),
                match_group_id=pair.transaction.match_group_id,
            )
            for pair in found.matched
        ],
        unmatched_transactions=[bank_wire.transaction(one) for one in found.unmatched_transactions],
        unmatched_ledger=[
            *map(_movement, found.unmatched_movements),
            *(
                _ledger_item(
                    claim.intent_id,
                    claim.kind,
                    claim.account,
                    claim.item_date,
                    _described(claim),
                    money.Money(claim.remaining),
                )
                for claim in found.open_claims
            ),
        ],
        has_more_unmatched_ledger=found.has_more_movements,
        bank_balance=found.bank_balance,
        ledger_balance=found.ledger_balance,
        difference=found.difference,
    )
