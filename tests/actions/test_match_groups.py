"""Match groups on real PostgreSQL: several bank lines, several open items, one settlement."""

from __future__ import annotations

from dataclasses import replace

from kontorhaus.banking import actions, queries
from kontorhaus.banking.model import Adjustment, Allocation, TransactionFilter
from kontorhaus.kernel.ids import BankTransactionId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as books
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import Work
from tests.actions.bank_examples import PAYER, bank, bring, claim, entry, refused, remaining


def test_a_collective_payment_settles_several_invoices_and_comes_back_whole(work: Work) -> None:
    account = bank(work)
    first, customer = claim(work, 11900, "RE-1")
    second, _ = claim(work, 5000, "RE-2", account=customer)
    credit, _ = claim(work, -900, "GU-1", account=customer)
    (paid,) = bring(work, account, entry(16000, "RE-1, RE-2 abzgl. GU-1"))
    grouped = actions.match_group(
        work,
        transaction_ids=[paid],
        allocations=[
            Allocation(first, "open_receivable", customer, Money(11900)),
            Allocation(second, "open_receivable", customer, Money(5000)),
            Allocation(credit, "open_receivable", customer, Money(-900)),
        ],
    )
    assert [remaining(work, one) for one in (first, second, credit)] == [0, 0, 0]
    assert books.balance(work, account=customer) == Money(0)
    shown = queries.transaction(work, transaction_id=paid)
    assert (shown.match_group_id, shown.intent_id) == (grouped.match_group_id, grouped.intent_id)
    undone = actions.unmatch(work, transaction_id=paid)
    assert undone.match_group_id == grouped.match_group_id
    assert [remaining(work, one) for one in (first, second, credit)] == [11900, 5000, -900]
    assert (
        refused(lambda: actions.unmatch_group(work, group_id=grouped.match_group_id))
        == "already_reversed"
    )
    assert refused(lambda: actions.unmatch_group(work, group_id=uuid7())) == "not_found"


def test_a_discount_in_a_group_corrects_the_tax(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 11900)
    tax = books.balance(work, account="3806")
    (paid,) = bring(work, account, entry(11662))
    actions.match_group(
        work,
        transaction_ids=[paid],
        allocations=[Allocation(intent_id, "open_receivable", customer, Money(11900))],
        adjustments=[Adjustment("4736", "debit", Money(238), "Skonto", "UST19")],
    )
    assert remaining(work, intent_id) == 0
    assert books.balance(work, account="3806") - tax == Money(38)


def test_a_group_that_cannot_be_is_refused_by_its_reason(work: Work) -> None:
    account = bank(work)
    other = bank(work, PAYER, "1810")
    intent_id, customer = claim(work, 10000)
    paid, out = bring(work, account, entry(9000), entry(-9000))
    actions.import_entries(work, bank_account_id=other.id, entries=[(1, entry(1000))])
    (elsewhere,), _ = queries.transactions(work, wanted=TransactionFilter(bank_account_id=other.id))

    def code(
        ids: list[BankTransactionId],
        cents: int = 9000,
        kind: str = "open_receivable",
        adjustments: tuple[Adjustment, ...] = (),
    ) -> str:
        return refused(
            lambda: actions.match_group(
                work,
                transaction_ids=ids,
                adjustments=adjustments,
                allocations=[Allocation(intent_id, kind, customer, Money(cents))],
            )
        )

    fee = Adjustment("6855", "debit", Money(500))
    assert code([paid, elsewhere.id]) == "bank_tx_mixed_bank_accounts"
    assert code([paid, out]) == "direction_mismatch"
    for wrong, codes in (
        ((8000, "open_receivable", ()), "group_not_balanced"),
        ((9000, "bank_booking", ()), "target_kind_unsupported"),
        (
            (9500, "open_receivable", (replace(fee, account_number="98765432"),)),
            "adjustment_account_not_found",
        ),
        ((9500, "open_receivable", (replace(fee, tax_code="XX"),)), "invalid_tax_code"),
        (
            (10500, "open_receivable", (replace(fee, amount=Money(1500)),)),
            "settlement_exceeds_open_amount",
        ),
    ):
        with work.connection.transaction(force_rollback=True):
            assert code([paid], *wrong) == codes
    with work.connection.transaction(force_rollback=True):
        actions.match_group(
            work,
            transaction_ids=[paid],
            adjustments=[fee],
            allocations=[Allocation(intent_id, "open_receivable", customer, Money(9500))],
        )
        assert remaining(work, intent_id) == 500
