"""Matching bank transactions with the books over HTTP."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.banking import actions as banking
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.books.bank import match_wire as wire
from kontorhaus.surfaces.books.bank.wire import Done
from kontorhaus.surfaces.books.surface import books

_REFUSALS = (400, 401, 403, 404, 409)
_TAGS = ("bank",)


@books.post(
    "/v1/bank-transactions/{id}/reconcile",
    scope="bank:write",
    status=200,
    refusals=(*_REFUSALS, 422),
    answer=wire.ReconcileResult,
    tags=_TAGS,
)
def reconcile(work: Work, id: UUID, body: wire.ReconcileInput) -> wire.ReconcileResult:
    """Match a transaction with a booking, or settle an open item with it, in full or in part."""
    return wire.reconciled(
        banking.reconcile(
            work,
            transaction_id=BankTransactionId(id),
            intent_id=IntentId(body.intent_id),
            candidate_kind=body.candidate_kind,
            open_item_account=body.open_item_account,
            has_credit=body.overpayment == "credit",
        )
    )


@books.post(
    "/v1/bank-transactions/{id}/unmatch",
    scope="bank:write",
    status=200,
    refusals=_REFUSALS,
    answer=wire.UnmatchResult,
    tags=_TAGS,
)
def unmatch(work: Work, id: UUID) -> wire.UnmatchResult:
    """Take a match back by counter-posting, with its whole group."""
    return wire.unmatched(banking.unmatch(work, transaction_id=BankTransactionId(id)))


@books.post(
    "/v1/bank-transactions/batch-reconcile",
    scope="bank:write",
    status=200,
    refusals=(400, 401, 403),
    answer=wire.BatchResult,
    tags=_TAGS,
)
def reconcile_batch(work: Work, body: wire.BatchInput) -> wire.BatchResult:
    """Match up to 1000 pairs, each for itself."""
    wished = wire.pairs(body)
    return wire.batch_result(wished, banking.reconcile_all(work, pairs=wished))


@books.post(
    "/v1/bank-match-groups",
    scope="bank:write",
    status=201,
    refusals=(*_REFUSALS, 422),
    answer=wire.GroupResult,
    tags=_TAGS,
)
def create_match_group(work: Work, body: wire.GroupInput) -> wire.GroupResult:
    """Settle several open items with several transactions, with fees and discounts beside."""
    return wire.grouped(
        banking.match_group(
            work,
            transaction_ids=wire.transaction_ids(body),
            allocations=wire.allocations(body),
            adjustments=wire.adjustments(body),
        )
    )


@books.post(
    "/v1/bank-match-groups/{id}/unmatch",
    scope="bank:write",
    status=200,
    refusals=_REFUSALS,
    answer=Done,
    tags=_TAGS,
)
def unmatch_group(work: Work, id: UUID) -> Done:
    """Take a match group back: its settlement is reversed, its transactions are open again."""
    banking.unmatch_group(work, group_id=id)
    return Done(ok=True)
