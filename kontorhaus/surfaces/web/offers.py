"""How an offer to settle travels through a form: its claims, each with the part it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kontorhaus.banking import actions as banking
from kontorhaus.banking.model import Allocation, Claim
from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.runtime.work import Work


@dataclass(frozen=True)
class Part:
    """A claim and what a payment gives to it (positive)."""

    claim: Claim
    amount: Money

    @property
    def target(self) -> str:
        """The part as a form field: kind, booking, account, cents."""
        return f"{self.claim.kind}:{self.claim.intent_id}:{self.claim.account}:{self.amount.minor}"


def parts(payment: Money, claims: Sequence[Claim]) -> tuple[Part, ...]:
    """A payment over its claims in their order; one claim alone takes all of it."""
    if len(claims) == 1:
        return (Part(claims[0], abs(payment)),)
    sign = 1 if payment.minor > 0 else -1
    return tuple(Part(claim, Money(sign * claim.remaining, payment.currency)) for claim in claims)


def accept(work: Work, *, transaction_id: BankTransactionId, targets: Sequence[str]) -> None:
    """Settle what the targets name with a transaction: one alone, or several as a group."""
    allocations = [_allocation(target) for target in targets]
    if len(allocations) == 1:
        only = allocations[0]
        banking.reconcile(
            work, transaction_id=transaction_id, intent_id=only.intent_id,
            candidate_kind=only.candidate_kind, open_item_account=only.open_item_account or None,
            has_credit=True,
        )  # fmt: skip
        return
    banking.match_group(work, transaction_ids=[transaction_id], allocations=allocations)


def _allocation(target: str) -> Allocation:
    fields = target.split(":")
    try:
        kind, intent_id, account, cents = fields
        return Allocation(IntentId(UUID(intent_id)), kind, account, Money(int(cents)))
    except ValueError as error:
        raise Invalid("target", "This offer cannot be read: load the page again.") from error
