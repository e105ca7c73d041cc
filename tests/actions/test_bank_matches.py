"""Matching bank lines with the books on real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

from kontorhaus.banking import actions, queries
from kontorhaus.banking.model import (
    Entry,
    MatchPair,
    Reconciled,
    TransactionFilter,
)
from kontorhaus.kernel.errors import Refusal
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries as books
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Line, Posting, Transfer
from kontorhaus.openitems import queries as items_of
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import Work
from tests.actions.bank_examples import (
    DAY,
    PAYER,
    bank,
    bring,
    claim,
    entry,
    refused,
    remaining,
    settle,
)


def test_a_payment_settles_an_invoice_and_the_books_say_so(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 11900)
    before = books.balance(work, account="1800")
    (paid,) = bring(
        work,
        account,
        entry(11900, "RE-2026-000001", counterparty_name="Anna Berg", counterparty_iban=PAYER),
    )
    done = settle(work, paid, intent_id, customer)
    assert done.mode == "settlement"
    assert remaining(work, intent_id) == 0
    assert books.balance(work, account="1800") - before == Money(11900)
    assert books.balance(work, account=customer) == Money(0)
    shown = queries.transaction(work, transaction_id=paid)
    assert (shown.status, shown.intent_id) == ("reconciled", done.intent_id)
    posted = books.intent(work, intent_id=done.intent_id).entries[0].intent
    assert (posted.booking_date, posted.description) == (
        DAY,
        "Zahlungseingang RE-2026-000001 Anna Berg",
    )
    assert [one.id for one in queries.transactions_of_intent(work, intent_id=done.intent_id)] == [
        paid
    ]


def test_a_partial_payment_leaves_the_rest_open(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 10000)
    first, second, third = bring(work, account, entry(4000), entry(6000), entry(1))
    settle(work, first, intent_id, customer)
    assert remaining(work, intent_id) == 6000
    settle(work, second, intent_id, customer)
    assert remaining(work, intent_id) == 0
    assert refused(lambda: settle(work, third, intent_id, customer)) == (
        "settlement_exceeds_open_amount"
    )


def test_what_cannot_be_settled_is_refused_by_its_reason(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 10000)
    more, out, paid = bring(work, account, entry(10001), entry(-10000), entry(10000))

    def code(
        transaction_id: BankTransactionId,
        intent: IntentId = intent_id,
        kind: str = "open_receivable",
    ) -> str:
        return refused(lambda: settle(work, transaction_id, intent, customer, kind))

    assert code(more) == "settlement_exceeds_open_amount"
    assert code(out) == "direction_mismatch"
    assert code(paid, IntentId(uuid7())) == "target_not_found"
    assert code(paid, kind="open_liability") == "target_not_found"
    assert code(BankTransactionId(uuid7())) == "not_found"
    settle(work, paid, intent_id, customer)
    assert code(paid) == "tx_already_handled"


def test_a_settlement_into_a_closed_period_is_refused(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 10000)
    (paid,) = bring(work, account, entry(10000))
    work.connection.execute(
        "insert into period (tenant_id, period, state) values (%(tenant)s, '2026-03', 'locked')"
        " on conflict (tenant_id, period) do update set state = 'locked'",
        {"tenant": work.tenant_id},
    )
    assert refused(lambda: settle(work, paid, intent_id, customer)) == "period_locked"


def test_a_foreign_bank_account_is_not_settled_yet(work: Work) -> None:
    account = bank(work, currency="USD")
    intent_id, customer = claim(work, 10000)
    actions.import_entries(
        work, bank_account_id=account.id, entries=[(1, Entry(Money(10000, "USD"), DAY))]
    )
    (found,), _ = queries.transactions(work, wanted=TransactionFilter())
    assert refused(lambda: settle(work, found.id, intent_id, customer)) == (
        "unsupported_settlement_currency"
    )


def test_a_debt_is_settled_by_money_out(work: Work) -> None:
    account = bank(work)
    intent_id, vendor = claim(work, 5000, "R4711", "Strom AG", kind="vendor")
    money_in, out = bring(work, account, entry(5000), entry(-5000))
    assert refused(lambda: settle(work, money_in, intent_id, vendor, "open_liability")) == (
        "direction_mismatch"
    )
    settle(work, out, intent_id, vendor, "open_liability")
    assert remaining(work, intent_id) == 0
    assert books.balance(work, account=vendor) == Money(0)


def test_a_credit_note_is_settled_by_a_refund(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, -3000)
    (out,) = bring(work, account, entry(-3000))
    settle(work, out, intent_id, customer)
    assert remaining(work, intent_id) == 0
    assert books.balance(work, account=customer) == Money(0)


def test_a_booking_is_matched_as_often_as_its_amount_allows(work: Work) -> None:
    account = bank(work)
    wages = ledger.book(
        work,
        booking=Booking(
            DAY, "Löhne", (Line("3720", Money(5000), Money(0)), Line("1800", Money(0), Money(5000)))
        ),
    )
    first, second, third, money_in = bring(
        work, account, entry(-2000), entry(-3000), entry(-1), entry(100)
    )

    def match(transaction_id: BankTransactionId) -> Reconciled:
        return actions.reconcile(
            work,
            transaction_id=transaction_id,
            intent_id=wages.intent_id,
            candidate_kind="bank_booking",
        )

    assert match(first) == Reconciled("bank_booking", wages.intent_id)
    match(second)
    assert refused(lambda: match(third)) == "settlement_exceeds_open_amount"
    assert refused(lambda: match(money_in)) == "direction_mismatch"
    undone = actions.unmatch(work, transaction_id=first)
    assert undone.reversal_intent_id is None
    assert queries.transaction(work, transaction_id=first).status == "unreconciled"


def test_money_in_transit_arrives_by_its_bank_line(work: Work) -> None:
    account = bank(work)
    announced = ledger.post(
        work,
        postings=[
            Posting(DAY, "Gemeldet", (Transfer("1460", "4400", Money(700), 1, 1),), "invoicing")
        ],
    )[0]
    paid, again = bring(work, account, entry(700), entry(700, "noch einmal"))
    best, *_ = queries.suggestions(work, bank_account_id=account.id)
    assert best.claims[0].intent_id == announced.intent_id
    done = actions.reconcile(
        work, transaction_id=paid, intent_id=announced.intent_id, candidate_kind="bank_booking"
    )
    assert done.mode == "settlement"
    assert books.balance(work, account="1460") == Money(0)
    assert (
        refused(
            lambda: actions.reconcile(
                work,
                transaction_id=again,
                intent_id=announced.intent_id,
                candidate_kind="bank_booking",
            )
        )
        == "settlement_exceeds_open_amount"
    )
    assert queries.transactions_of_intent(work, intent_id=announced.intent_id)[0].id == paid
    actions.unmatch(work, transaction_id=paid)
    assert books.balance(work, account="1460") == Money(700)


def test_unmatch_reverses_the_settlement_and_reopens_the_invoice(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 10000)
    (paid,) = bring(work, account, entry(10000))
    done = settle(work, paid, intent_id, customer)
    undone = actions.unmatch(work, transaction_id=paid)
    assert undone.transaction_ids == (paid,)
    assert undone.reversal_intent_id
    assert remaining(work, intent_id) == 10000
    assert books.balance(work, account=customer) == Money(10000)
    reversal = books.intent(work, intent_id=undone.reversal_intent_id).entries[0].intent
    assert (reversal.reverses, reversal.booking_date) == (done.intent_id, DAY)
    assert refused(lambda: actions.unmatch(work, transaction_id=paid)) == "not_matched"
    settle(work, paid, intent_id, customer)
    assert remaining(work, intent_id) == 0
    assert items_of.verify(work) == []
    assert books.verify(work) == []


def test_reversing_a_settlement_in_the_journal_reopens_its_match(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 10000)
    (paid,) = bring(work, account, entry(10000))
    done = settle(work, paid, intent_id, customer)
    actions.reverse_intent(work, intent_id=done.intent_id, reason="falsch")
    assert remaining(work, intent_id) == 10000
    assert queries.transaction(work, transaction_id=paid).status == "unreconciled"


def test_reversing_what_opened_an_item_closes_it_unless_it_was_paid(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 10000)
    (paid,) = bring(work, account, entry(4000))
    settle(work, paid, intent_id, customer)

    def reverse() -> object:
        return actions.reverse_intent(work, intent_id=intent_id, reason="Storno")

    assert refused(reverse) == "item_settled"
    actions.unmatch(work, transaction_id=paid)
    reverse()
    assert remaining(work, intent_id) == 0
    assert books.balance(work, account=customer) == Money(0)


def test_a_batch_settles_what_it_can_and_lists_the_rest(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 10000)
    first, second, third = bring(work, account, entry(6000), entry(6000, "x"), entry(4000))

    def pair(transaction_id: BankTransactionId) -> MatchPair:
        return MatchPair(transaction_id, intent_id, "open_receivable", customer)

    unknown = pair(BankTransactionId(uuid7()))
    outcomes = actions.reconcile_all(
        work, pairs=[pair(first), pair(second), unknown, pair(third), pair(first)]
    )
    codes = [one.code if isinstance(one, Refusal) else one.mode for one in outcomes]
    assert codes == [
        "settlement",
        "settlement_exceeds_open_amount",
        "not_found",
        "settlement",
        "tx_already_handled",
    ]
    assert remaining(work, intent_id) == 0
    assert queries.transaction(work, transaction_id=second).status == "unreconciled"


def test_only_a_transaction_of_zero_is_excluded(work: Work) -> None:
    account = bank(work)
    nothing, money = bring(work, account, entry(0, "Abschluss"), entry(100))
    assert refused(lambda: actions.dismiss(work, transaction_id=money)) == "tx_not_zero"
    assert (
        refused(lambda: actions.dismiss(work, transaction_id=BankTransactionId(uuid7())))
        == "tx_not_found"
    )
    actions.dismiss(work, transaction_id=nothing)
    assert queries.transaction(work, transaction_id=nothing).status == "excluded"
    assert refused(lambda: actions.dismiss(work, transaction_id=nothing)) == "tx_already_handled"
    assert queries.unreconciled_count(work) == 1
    actions.unmatch(work, transaction_id=nothing)
    assert queries.transaction(work, transaction_id=nothing).status == "unreconciled"


def test_suggestions_name_invoice_and_collective_payment_and_learn_payers(work: Work) -> None:
    account = bank(work)
    first, customer = claim(work, 11900, "RE-2026-000464")
    second, _ = claim(work, 5000, "RE-2026-000501", account=customer)
    (paid,) = bring(work, account, entry(11900, "Rechnung 464", counterparty_iban=PAYER))
    best, *_ = queries.suggestions(work, bank_account_id=account.id)
    assert (best.transaction_id, best.claims[0].intent_id, best.claims[0].account) == (
        paid,
        first,
        customer,
    )
    settle(work, paid, first, customer)
    (silent,) = bring(work, account, entry(5000, "Danke", counterparty_iban=PAYER))
    (known, *_) = queries.suggestions(work, bank_account_id=account.id)
    assert (known.transaction_id, known.claims[0].intent_id) == (silent, second)
    assert "IBAN_KNOWN" in known.reasons


def test_who_paid_long_ago_is_known_no_longer(work: Work) -> None:
    account = bank(work)
    first, customer = claim(work, 11900, "RE-2026-000464")
    claim(work, 5000, "RE-2026-000501", account=customer)
    (paid,) = bring(work, account, entry(11900, "Rechnung 464", counterparty_iban=PAYER))
    settle(work, paid, first, customer)
    reasons = []
    for days in (400, 401):
        later = DAY + timedelta(days=days)
        bring(work, account, entry(5000, "Danke", later, counterparty_iban=PAYER))
        found = queries.suggestions(work, bank_account_id=account.id)
        reasons.append([one for one in found if "IBAN_KNOWN" in one.reasons])
    assert [bool(one) for one in reasons] == [True, False]


def test_a_booking_that_is_there_is_suggested_for_its_bank_line(work: Work) -> None:
    account = bank(work)
    rent = ledger.book(
        work,
        booking=Booking(
            DAY, "Miete", (Line("6310", Money(900), Money(0)), Line("1800", Money(0), Money(900)))
        ),
    )
    (out,) = bring(work, account, entry(-900, "Miete März"))
    (found,) = queries.suggestions(work, bank_account_id=account.id)
    assert (found.transaction_id, found.claims[0].intent_id, found.claims[0].kind) == (
        out,
        rent.intent_id,
        "bank_booking",
    )
