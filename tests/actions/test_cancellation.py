"""What a cancellation leaves in the books: the reversal, the credit, the corrected tax."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from kontorhaus.banking import actions as banking
from kontorhaus.banking.model import BankAccount
from kontorhaus.identity import actions as identity
from kontorhaus.invoicing import actions, artefacts, queries
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.invoicing.cancellation import rules
from kontorhaus.invoicing.model import Document, MarkChange
from kontorhaus.invoicing.verification import queries as verification
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.credit import actions as credit_actions
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.openitems.credit.model import PaidOut
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.openitems.invoices.model import Filter
from kontorhaus.reports import queries as reports
from kontorhaus.reports.datev import queries as datev
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import Caller, Work, begin
from tests.actions import bank_examples
from tests.actions.invoicing_examples import change, contact, issued, new


def cancel(work: Work, document: Document, reason: str | None = None) -> Document:
    return cancellation.cancel(work, public_id=document.public_id, reason=reason)


def party_of(document: Document) -> PartyId:
    client = document.content.client
    assert client is not None
    assert client.party_id is not None
    return PartyId(client.party_id)


def is_sound(work: Work) -> bool:
    return [*openitems.verify(work), *credit.verify(work)] == []


def pay(work: Work, document: Document, cents: int) -> BankAccount:
    assert document.claim is not None
    account = bank_examples.bank(work)
    (transaction_id,) = bank_examples.bring(work, account, bank_examples.entry(cents))
    banking.reconcile(
        work,
        transaction_id=transaction_id,
        intent_id=document.claim.intent_id,
        candidate_kind="open_receivable",
        open_item_account=document.claim.account,
    )
    return account


def test_the_booking_is_reversed_today_and_the_claim_is_gone(work):
    document = cancel(work, issued(work), "Doppelt")
    assert document.claim is not None
    assert document.cancellation is not None
    view = ledger.intent(work, intent_id=document.claim.intent_id)
    reversal = ledger.intent(work, intent_id=view.reversed_by).entries[0].intent
    assert (reversal.booking_date, reversal.tax_date) == (work.today, work.today)
    assert reversal.reason == "Doppelt"
    for account in (document.claim.account, "4400", "4300", "3806", "3801"):
        assert ledger.balance(work, account=account) == Money(0)
    assert openitems.open_items(work, kind="receivable") == []
    assert openitems.verify(work) == []
    assert ledger.verify(work) == []


def test_the_tax_is_corrected_in_the_month_of_the_cancellation(work):
    cancel(work, issued(work))
    march = reports.vat_return_of(work, period="2026-03")
    now = reports.vat_return_of(work, period=Period.of(work.today).text)
    booked = {figure.number: figure.booked for figure in march.figures}
    taken = {figure.number: figure.booked for figure in now.figures}
    assert booked == {"81": Money(9980), "86": Money(2000)}
    assert taken == {"81": Money(-9980), "86": Money(-2000)}
    assert (march.booked, now.booked) == (Money(2036), Money(-2036))


def test_the_books_list_the_cancelled_invoice_as_settled_by_a_credit_note(work):
    document = cancel(work, issued(work))
    found, _ = claims.invoices(work, role="customer", wanted=Filter(), limit=10, offset=0)
    assert [(one.type, one.status, one.open_amount) for one in found] == [
        ("credit_note", "paid", Money(0)),
        ("invoice", "paid", Money(0)),
    ]
    assert found[0].number == document.cancellation.number
    assert (found[0].gross, found[0].invoice_date) == (Money(14016), work.today)
    assert claims.open_parties(work, role="customer") == []


def test_what_was_declared_paid_becomes_the_customers_credit(work):
    paid = actions.amend(
        work,
        public_id=issued(work).public_id,
        change=change("paid", paid=MarkChange(is_set=True, day=date(2026, 3, 12))),
    )
    document = cancel(work, paid)
    assert document.paid == paid.paid
    assert queries.document(work, public_id=document.public_id) == document
    assert openitems.open_items(work, kind="receivable") == []
    assert ledger.balance(work, account=document.claim.account) == Money(0)
    assert ledger.balance(work, account="3500") == Money(-14016)
    ((movement,), _) = credit.movements(work, party_id=party_of(document))
    assert (movement.entry.kind, movement.entry.amount) == ("cancellation", Money(14016))
    assert movement.entry.note == document.cancellation.number
    ageing = openitems.ageing(work, kind="receivable", on=work.today)
    assert sum(age.amount.minor for age in ageing) == 0
    assert claims.open_parties(work, role="customer") == []
    assert is_sound(work)


def test_what_the_bank_brought_in_part_is_the_credit(work):
    document = issued(work)
    pay(work, document, 4016)
    cancel(work, document)
    assert openitems.open_items(work, kind="receivable") == []
    assert credit.balance(work, party_id=party_of(document)) == Money(4016)
    assert ledger.balance(work, account=document.claim.account) == Money(0)
    assert is_sound(work)


@pytest.mark.parametrize("method", ["soll", "ist"])
def test_the_bank_pays_the_credit_back(work, method):
    identity.change_settings(work, changes={"vat_method": method})
    document = issued(work)
    account = pay(work, document, 14016)
    cancelled = cancel(work, document)
    assert cancelled.paid is not None
    paid_out = PaidOut(Money(14016), "1800", bank_examples.DAY)
    intent_id = credit_actions.pay_out(work, party_id=party_of(document), paid_out=paid_out)
    (transaction_id,) = bank_examples.bring(work, account, bank_examples.entry(-14016, "Storno"))
    banking.reconcile(
        work, transaction_id=transaction_id, intent_id=intent_id, candidate_kind="bank_booking"
    )
    assert openitems.open_items(work, kind="receivable") == []
    for number in (document.claim.account, "3500", "1800", "4400", "3806", "3816"):
        assert ledger.balance(work, account=number) == Money(0)
    assert is_sound(work)


@pytest.mark.parametrize("paid", [0, 4016, 4017, 14015])
def test_a_cancelled_invoice_leaves_no_tax_owed_nor_waiting(work, paid):
    identity.change_settings(work, changes={"vat_method": "ist"})
    document = issued(work)
    if paid:
        pay(work, document, paid)
    cancel(work, document)
    for number in ("3806", "3816", "3801", "3811"):
        assert ledger.balance(work, account=number) == Money(0)
    assert credit.balance(work, party_id=party_of(document)) == Money(paid)
    assert is_sound(work)
    assert ledger.verify(work) == []


def test_a_booking_that_was_reversed_before_is_not_reversed_again(work):
    document = issued(work)
    banking.reverse_intent(work, intent_id=document.claim.intent_id, reason=None)
    cancelled = cancel(work, document)
    assert cancelled.cancellation.invoice_id is None
    assert openitems.open_items(work, kind="receivable") == []
    found, _ = claims.invoices(work, role="customer", wanted=Filter(), limit=10, offset=0)
    assert len(found) == 1


def test_datev_takes_the_rows_of_the_invoice_again_as_generalumkehr(work):
    cancel(work, issued(work))
    export = datev.datev_export(work, start=work.today.replace(day=1), end=work.today)
    rows = [line for line in export.content.decode("cp1252").splitlines() if '"S"' in line]
    assert [row.split(";")[0:2] for row in rows] == [["118,76", '"S"'], ["21,40", '"S"']]
    assert all(row.split(";")[117] == '"1"' for row in rows)


def test_only_invoices_that_claim_something_are_cancelled(work):
    draft = actions.create(work, new=new(contact(work).public_id))
    estimate = issued(work, type="estimate")
    done = cancel(work, issued(work))
    for document, code in (
        (draft, "not_final"),
        (estimate, "not_an_invoice"),
        (done, "cancelled"),
    ):
        with pytest.raises(Conflict) as refusal:
            rules.check_cancellable(document)
        assert refusal.value.code == code


def test_verification_accounts_for_cancellations(work, tmp_path):
    document = cancel(work, issued(work))
    assert artefacts.kinds(document) == ("pdf", "cancellation-pdf")
    assert verification.verify(work, blobs=Blobs(tmp_path / "blobs")) == []
    work.connection.execute(
        "update outgoing_invoice set invoice_number = 'X' where tenant_id = %s and id = %s",
        [work.tenant_id, document.cancellation.invoice_id],
    )
    found = verification.verify(work, blobs=Blobs(tmp_path / "blobs"))
    assert [(one.check, one.subject) for one in found] == [("claim", document.id)]


def test_one_of_many_cancels_an_invoice(database: Database, live_caller: Caller) -> None:
    with begin(database, live_caller) as work:
        document = issued(work)

    def race(turn: int) -> str:
        try:
            with begin(database, live_caller) as work:
                if turn % 2:
                    cancel(work, document)
                    return "cancelled it"
                actions.amend(
                    work,
                    public_id=document.public_id,
                    change=change("paid", paid=MarkChange(is_set=turn % 4 == 0)),
                )
                return "marked it"
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as racers:
        answers = list(racers.map(race, range(32)))
    assert answers.count("cancelled it") == 1
    assert set(answers) <= {"cancelled it", "marked it", "cancelled", "paid", "changed_meanwhile"}
    with begin(database, live_caller, read_only=True) as work:
        found = queries.document(work, public_id=document.public_id)
        owed = credit.balance(work, party_id=party_of(document))
        assert owed == Money(14016 if found.paid else 0)
        assert openitems.open_items(work, kind="receivable") == []
        assert ledger.verify(work) == []
        assert is_sound(work)
