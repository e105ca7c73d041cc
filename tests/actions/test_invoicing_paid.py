"""Invoices declared paid, and invoices that the bank has paid."""

from __future__ import annotations

from datetime import date

import pytest

from kontorhaus.banking import actions as banking
from kontorhaus.invoicing import actions, queries
from kontorhaus.invoicing.model import (
    Filter,
    MarkChange,
)
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import BankTransactionId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.model import JournalQuestion
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.runtime.work import Work
from tests.actions import bank_examples
from tests.actions.invoicing_examples import DAY, change, contact, issued, new


def test_paid_posts_what_remains_to_money_in_transit(work):
    document = issued(work)
    paid = actions.amend(
        work,
        public_id=document.public_id,
        change=change("paid", paid=MarkChange(is_set=True, day=date(2026, 3, 12), notes="bar")),
    )
    assert paid.paid is not None
    assert (paid.paid.day, paid.paid.notes) == (date(2026, 3, 12), "bar")
    assert ledger.balance(work, account="1460") == Money(14016)
    assert document.claim is not None
    assert ledger.balance(work, account=document.claim.account) == Money(0)
    invoice = claims.invoice(work, role="customer", invoice_id=document.claim.invoice_id)
    assert invoice.status == "paid"


def test_no_longer_paid_reverses_the_posting(work):
    document = issued(work)
    for is_set in (True, False):
        document = actions.amend(
            work,
            public_id=document.public_id,
            change=change("paid", paid=MarkChange(is_set=is_set)),
        )
    assert document.paid is None
    assert ledger.balance(work, account="1460") == Money(0)
    assert document.claim is not None
    assert ledger.balance(work, account=document.claim.account) == Money(14016)
    assert openitems.verify(work) == []


def test_a_draft_marked_paid_posts_its_payment_when_it_becomes_final(work):
    draft = actions.create(work, new=new(contact(work).public_id))
    actions.amend(
        work,
        public_id=draft.public_id,
        change=change("paid", paid=MarkChange(is_set=True, day=DAY)),
    )
    final = actions.amend(
        work, public_id=draft.public_id, change=change("finalized", finalized=True)
    )
    assert final.paid is not None
    assert final.paid.day == DAY
    assert ledger.balance(work, account="1460") == Money(14016)


def bank_line(work: Work, cents: int) -> BankTransactionId:
    account = bank_examples.bank(work)
    return bank_examples.bring(work, account, bank_examples.entry(cents, day=date(2026, 3, 12)))[0]


def test_an_invoice_that_the_bank_settled_stays_paid(work):
    document = issued(work)
    assert document.claim is not None
    banking.reconcile(
        work,
        transaction_id=bank_line(work, 14016),
        intent_id=document.claim.intent_id,
        candidate_kind="open_receivable",
        open_item_account=document.claim.account,
    )
    paid = queries.document(work, public_id=document.public_id)
    assert paid.paid is not None
    assert paid.paid.day == date(2026, 3, 12)
    with pytest.raises(Conflict) as refusal:
        actions.amend(
            work, public_id=document.public_id, change=change("paid", paid=MarkChange(is_set=False))
        )
    assert refusal.value.code == "settled_by_bank"


def test_money_in_transit_that_the_bank_brought_is_no_longer_taken_back(work):
    document = issued(work)
    day = date(2026, 3, 10)
    actions.amend(
        work,
        public_id=document.public_id,
        change=change("paid", paid=MarkChange(is_set=True, day=day)),
    )
    entries, _ = ledger.journal(work, question=JournalQuestion(account="1460"))
    banking.reconcile(
        work,
        transaction_id=bank_line(work, 14016),
        intent_id=entries[0].intent.id,
        candidate_kind="bank_booking",
    )
    assert ledger.balance(work, account="1460") == Money(0)
    with pytest.raises(Conflict) as refusal:
        actions.amend(
            work, public_id=document.public_id, change=change("paid", paid=MarkChange(is_set=False))
        )
    assert refusal.value.code == "settled_by_bank"


def test_an_invoice_whose_booking_was_reversed_is_not_paid(work):
    document = issued(work)
    assert document.claim is not None
    banking.reverse_intent(work, intent_id=document.claim.intent_id, reason="Irrtum")
    found = queries.document(work, public_id=document.public_id)
    assert found.paid is None
    assert queries.documents(work, wanted=Filter(paid=True), limit=1, skip=0)[1] == 0
    assert ledger.balance(work, account=document.claim.account) == Money(0)
    with pytest.raises(Conflict):
        actions.amend(
            work, public_id=document.public_id, change=change("paid", paid=MarkChange(is_set=True))
        )
