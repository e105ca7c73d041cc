"""What the bank brought beyond a claim: the customer's credit, where that is wished."""

from __future__ import annotations

from kontorhaus.banking import actions as banking
from kontorhaus.banking import queries as bank
from kontorhaus.banking.model import Adjustment, Allocation, TransactionFilter
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.invoicing.customers import queries
from kontorhaus.kernel.money import Money
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.runtime.work import Work
from tests.actions import bank_examples
from tests.actions.credit_examples import WHOLE, balances, is_sound, left, owing, refused
from tests.actions.invoicing_examples import contact


def paid_by_bank(work: Work, found_account: str, intent_id, cents: int, **more):
    account = bank_examples.bank(work)
    (line,) = bank_examples.bring(work, account, bank_examples.entry(cents))
    banking.reconcile(
        work,
        transaction_id=line,
        intent_id=intent_id,
        candidate_kind="open_receivable",
        open_item_account=found_account,
        **more,
    )
    return line


def claim_of(work: Work):
    (item,) = openitems.open_items(work, kind="receivable")
    return item


def test_what_was_paid_too_much_becomes_credit_where_it_is_wished(work):
    party = contact(work)
    found = owing(work, party)
    item = claim_of(work)
    line = paid_by_bank(work, item.account, item.intent_id, WHOLE + 984, has_credit=True)
    after = queries.invoice(work, party_id=party.id, serial=found.serial)
    assert (after.status, after.credit) == ("Paid", Money(0))
    assert after.payment is not None
    assert (after.payment.gateway, after.payment.amount) == ("banktransfer", Money(WHOLE))
    assert left(work, party) == 984
    assert balances(work, "1800", item.account, "3500") == [WHOLE + 984, 0, -984]
    assert is_sound(work)
    banking.unmatch(work, transaction_id=line)
    assert left(work, party) == 0
    assert balances(work, "1800", item.account, "3500") == [0, WHOLE, 0]
    assert is_sound(work)


def test_a_second_payment_of_what_is_paid_is_all_credit(work):
    party = contact(work)
    owing(work, party)
    item = claim_of(work)
    paid_by_bank(work, item.account, item.intent_id, WHOLE)
    account = bank_examples.bank(work, "DE02500105170137075030", "1810")
    line = bank_examples.statement(bank_examples.entry(WHOLE), iban="DE02500105170137075030")
    banking.import_statements(work, statements=[line])
    found, _ = bank.transactions(work, wanted=TransactionFilter(bank_account_id=account.id))
    banking.reconcile(
        work,
        transaction_id=found[0].id,
        intent_id=item.intent_id,
        candidate_kind="open_receivable",
        open_item_account=item.account,
        has_credit=True,
    )
    assert left(work, party) == WHOLE
    assert is_sound(work)


def test_without_the_wish_too_much_is_refused(work):
    owing(work, contact(work))
    item = claim_of(work)
    refused(
        "settlement_exceeds_open_amount",
        lambda: paid_by_bank(work, item.account, item.intent_id, WHOLE + 1),
    )


def test_a_match_group_puts_the_rest_on_the_account_of_credit(work):
    party = contact(work)
    owing(work, party)
    item = claim_of(work)
    account = bank_examples.bank(work)
    (line,) = bank_examples.bring(work, account, bank_examples.entry(WHOLE + 500))
    grouped = banking.match_group(
        work,
        transaction_ids=[line],
        allocations=[Allocation(item.intent_id, "open_receivable", item.account, Money(WHOLE))],
        adjustments=[Adjustment("3500", "credit", Money(500))],
    )
    assert left(work, party) == 500
    assert is_sound(work)
    banking.unmatch_group(work, group_id=grouped.match_group_id)
    assert left(work, party) == 0
    assert is_sound(work)


def test_a_payment_that_became_credit_is_not_unmatched_before_it(work):
    party = contact(work)
    found = owing(work, party)
    item = claim_of(work)
    line = paid_by_bank(work, item.account, item.intent_id, WHOLE)
    cancellation.cancel(work, public_id=found.public_id, reason=None)
    refused("credit_given", lambda: banking.unmatch(work, transaction_id=line))
    ((movement,), _) = credit.movements(work, party_id=party.id)
    banking.reverse_intent(work, intent_id=movement.entry.intent_id, reason=None)
    banking.unmatch(work, transaction_id=line)
    assert left(work, party) == 0
    assert balances(work, item.account, "1800", "3500") == [0, 0, 0]
    assert is_sound(work)
