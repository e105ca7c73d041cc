"""Taxation by receipts (§ 20 UStG) on real PostgreSQL: what waits, and what payments release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kontorhaus.banking import actions as banking
from kontorhaus.banking.model import Adjustment, Allocation
from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.identity import actions as identity
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries as books
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.model import Line
from kontorhaus.ledger.periods import actions as periods
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.invoices import actions as invoices
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.openitems.invoices.model import InvoiceLine, RecordedInvoice
from kontorhaus.receivables import actions as receivables
from kontorhaus.receivables.model import BookedInvoice, IssuedInvoice, RevenueGroup
from kontorhaus.reports import queries as reports
from kontorhaus.runtime.work import Work
from tests.actions.bank_examples import bank, bring, entry, refused

DAY = date(2026, 3, 2)
NET, TAX = Money(10000), Money(1900)


@pytest.fixture
def ist(work: Work) -> Work:
    """The standing tenant, taxed by receipts from 2026 on."""
    changes = {"vat_method": "ist", "vat_method_from": date(2026, 1, 1)}
    identity.change_settings(work, changes=changes)
    return work


def customer(work: Work) -> Party:
    return receivables.register_customer(work, details=PartyDetails(name="Anna Berg"))


def issue(
    work: Work,
    *groups: tuple[str, int, int],
    party: Party | None = None,
    number: str = "RE-1",
    day: date = DAY,
    tax_date: date | None = None,
    is_credit: bool = False,
) -> tuple[BookedInvoice, str]:
    """A booked invoice of tax groups (code, net, tax in cents), and the customer's account."""
    owing = party or customer(work)
    assert owing.customer_account is not None
    issued = IssuedInvoice(
        party_id=owing.id,
        party_name="Anna Berg",
        account=owing.customer_account,
        number=number,
        invoice_date=day,
        due_date=day,
        tax_date=tax_date,
        groups=tuple(
            RevenueGroup(code, Money(net), Money(tax))
            for code, net, tax in groups or (("UST19", 10000, 1900),)
        ),
        lines=(),
        type="credit_note" if is_credit else "invoice",
    )
    return receivables.book_invoice(work, invoice=issued), owing.customer_account


def pays(
    work: Work, transaction_id: BankTransactionId, intent_id: IntentId, account: str
) -> IntentId:
    return banking.reconcile(
        work,
        transaction_id=transaction_id,
        intent_id=intent_id,
        candidate_kind="open_receivable",
        open_item_account=account,
    ).intent_id


def on(work: Work, account: str) -> int:
    """What stands on an account in cents; credit positive."""
    return -books.balance(work, account=account).minor


def returned(work: Work, period: str) -> dict[str, int]:
    """The Kennzahlen of a month to the cent, each the sum of its events."""
    found = reports.vat_return_of(work, period=period)
    for figure in found.figures:
        assert sum(event.amount for event in figure.events) == figure.booked.minor
    assert found.unassigned == ()
    return {figure.number: figure.booked.minor for figure in found.figures if figure.booked}


def is_in_order(work: Work) -> bool:
    assert [*books.verify(work), *openitems.verify(work)] == []
    return True


def test_tax_waits_for_the_money_and_is_returned_in_its_month(ist: Work) -> None:
    account = bank(ist)
    invoice, owing = issue(ist)
    assert (on(ist, "3816"), on(ist, "3806"), on(ist, "4400")) == (1900, 0, 10000)
    assert returned(ist, "2026-03") == {}
    assert is_in_order(ist)
    half, rest = bring(
        ist, account, entry(5950, day=date(2026, 4, 3)), entry(5950, day=date(2026, 5, 4))
    )
    settlement = pays(ist, half, invoice.intent_id, owing)
    events = [e.event.transfer for e in books.intent(ist, intent_id=settlement).entries]
    assert [(t.debit, t.credit, t.amount.minor) for t in events] == [
        ("1800", owing, 5950),
        ("3816", "3806", 950),
    ]
    assert (on(ist, "3816"), on(ist, "3806")) == (950, 950)
    assert returned(ist, "2026-04") == {"81": 5000}
    assert is_in_order(ist)
    pays(ist, rest, invoice.intent_id, owing)
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 1900)
    assert returned(ist, "2026-05") == {"81": 5000}
    assert returned(ist, "2026-03") == {}
    assert is_in_order(ist)


def test_a_payment_that_is_taken_back_waits_again(ist: Work) -> None:
    account = bank(ist)
    invoice, owing = issue(ist, ("UST19", 333, 63), ("UST7", 2000, 140))
    first, second = bring(ist, account, entry(1000), entry(1536, day=date(2026, 4, 3)))
    pays(ist, first, invoice.intent_id, owing)
    pays(ist, second, invoice.intent_id, owing)
    assert (on(ist, "3816"), on(ist, "3811")) == (0, 0)
    banking.unmatch(ist, transaction_id=first)
    assert is_in_order(ist)
    assert 0 < on(ist, "3816") < 63
    assert returned(ist, "2026-03") == {}
    pays(ist, first, invoice.intent_id, owing)
    assert (on(ist, "3816"), on(ist, "3811")) == (0, 0)
    both = [returned(ist, month) for month in ("2026-03", "2026-04")]
    assert [sum(each[number] for each in both) for number in ("81", "86")] == [333, 2000]
    for each in (first, second):
        banking.unmatch(ist, transaction_id=each)
    assert (on(ist, "3816"), on(ist, "3806"), on(ist, "3811"), on(ist, "3801")) == (63, 0, 140, 0)
    assert is_in_order(ist)


def test_two_payments_of_one_request_release_one_after_the_other(ist: Work) -> None:
    account = bank(ist)
    invoice, owing = issue(ist)
    ids = bring(ist, account, entry(3967, "a"), entry(3967, "b"), entry(3966, "c"))
    pairs = [banking.MatchPair(one, invoice.intent_id, "open_receivable", owing) for one in ids]
    banking.reconcile_all(ist, pairs=pairs)
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 1900)
    assert returned(ist, "2026-03") == {"81": 10000}
    assert is_in_order(ist)


def test_a_discount_and_a_credit_note_in_a_group_leave_the_tax_of_what_was_paid(ist: Work) -> None:
    account = bank(ist)
    party = customer(ist)
    invoice, owing = issue(ist, party=party)
    credit, _ = issue(ist, ("UST19", 1000, 190), party=party, number="GU-1", is_credit=True)
    assert on(ist, "3816") == 1710
    (paid,) = bring(ist, account, entry(10472))
    grouped = banking.match_group(
        ist,
        transaction_ids=[paid],
        allocations=[
            Allocation(invoice.intent_id, "open_receivable", owing, Money(11900)),
            Allocation(credit.intent_id, "open_receivable", owing, Money(-1190)),
        ],
        adjustments=[Adjustment("4736", "debit", Money(238), "Skonto", "UST19")],
    )
    # 104.72 were paid: 88.00 and 16.72
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 1672)
    assert returned(ist, "2026-03") == {"81": 8800}
    assert is_in_order(ist)
    banking.unmatch_group(ist, group_id=grouped.match_group_id)
    assert (on(ist, "3816"), on(ist, "3806")) == (1710, 0)
    assert returned(ist, "2026-03") == {}
    assert is_in_order(ist)


def test_a_payment_of_a_closed_month_is_taken_back_in_the_present_one(ist: Work) -> None:
    account = bank(ist)
    invoice, owing = issue(ist)
    (paid,) = bring(ist, account, entry(5950, day=date(2026, 4, 3)))
    pays(ist, paid, invoice.intent_id, owing)
    periods.soft_lock(ist, period=Period("2026-04"))
    banking.unmatch(ist, transaction_id=paid)
    assert on(ist, "3816") == 1900
    assert returned(ist, "2026-04") == {"81": 5000}
    assert returned(ist, f"{ist.today:%Y-%m}") == {"81": -5000}
    assert is_in_order(ist)


def test_a_declared_payment_is_money_in_transit_and_taxed_on_its_day(ist: Work) -> None:
    account = bank(ist)
    issued, _ = issue(ist)
    invoice = claims.invoice(ist, role="customer", invoice_id=issued.id)
    receivables.declare_paid(ist, invoice=invoice, paid_on=date(2026, 4, 10))
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 1900)
    assert returned(ist, "2026-04") == {"81": 10000}
    receivables.withdraw_payment(ist, invoice=invoice)
    assert (on(ist, "3816"), on(ist, "3806")) == (1900, 0)
    assert returned(ist, "2026-04") == {}
    receivables.declare_paid(ist, invoice=invoice, paid_on=date(2026, 5, 10))
    (line,) = bring(ist, account, entry(11900, day=date(2026, 5, 12)))
    (announced,) = [
        one.intent_id
        for one in openitems.allocations(ist, intent_id=issued.intent_id)
        if one.item_intent_id == issued.intent_id
    ]
    banking.reconcile(ist, transaction_id=line, intent_id=announced, candidate_kind="bank_booking")
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 1900)
    assert returned(ist, "2026-05") == {"81": 10000}
    assert is_in_order(ist)


def test_a_credit_note_takes_the_tax_of_what_it_gives_back_with_it(ist: Work) -> None:
    account, party = bank(ist), customer(ist)
    invoice, owing = issue(ist, ("UST19", 10000, 1900), ("UST7", 10000, 700), party=party)
    credit, _ = issue(ist, ("UST7", 10000, 700), party=party, number="GU-1", is_credit=True)
    receivables.set_off(ist, invoice_id=invoice.id, credit=credit)
    items = openitems.of_intents(ist, intent_ids=[invoice.intent_id, credit.intent_id])
    assert [item.remaining.minor for item in items.values()] == [11900, 0]
    # no tax is due of either
    assert [on(ist, number) for number in ("3816", "3806", "3811", "3801")] == [1900, 0, 0, 0]
    assert returned(ist, "2026-03") == {}
    assert is_in_order(ist)
    (paid,) = bring(ist, account, entry(11900, day=date(2026, 4, 3)))
    pays(ist, paid, invoice.intent_id, owing)
    assert [on(ist, number) for number in ("3816", "3806", "3811", "3801")] == [0, 1900, 0, 0]
    assert returned(ist, "2026-04") == {"81": 10000}
    assert is_in_order(ist)


def test_a_credit_note_of_other_tax_stays_open_until_both_are_matched(ist: Work) -> None:
    account, party = bank(ist), customer(ist)
    invoice, owing = issue(ist, party=party)
    credit, _ = issue(ist, ("UST7", 1000, 70), party=party, number="GU-1", is_credit=True)
    receivables.set_off(ist, invoice_id=invoice.id, credit=credit)
    assert [item.remaining.minor for item in openitems.open_items(ist, kind="receivable")] == [
        11900,
        -1070,
    ]
    (paid,) = bring(ist, account, entry(10830))
    banking.match_group(
        ist,
        transaction_ids=[paid],
        allocations=[
            Allocation(invoice.intent_id, "open_receivable", owing, Money(11900)),
            Allocation(credit.intent_id, "open_receivable", owing, Money(-1070)),
        ],
    )
    assert returned(ist, "2026-03") == {"81": 10000, "86": -1000}
    assert is_in_order(ist)


def test_a_reversed_invoice_takes_its_waiting_tax_with_it(ist: Work) -> None:
    account = bank(ist)
    invoice, owing = issue(ist)
    (paid,) = bring(ist, account, entry(1000))
    pays(ist, paid, invoice.intent_id, owing)
    assert (
        refused(lambda: banking.reverse_intent(ist, intent_id=invoice.intent_id, reason=None))
        == "item_settled"
    )
    banking.unmatch(ist, transaction_id=paid)
    banking.reverse_intent(ist, intent_id=invoice.intent_id, reason="falsch")
    assert (on(ist, "3816"), on(ist, "3806"), on(ist, "4400")) == (0, 0, 0)
    assert is_in_order(ist)


def test_an_invoice_of_a_day_before_the_change_stays_taxed_as_it_was(work: Work) -> None:
    account = bank(work)
    old, owing = issue(work, day=date(2025, 12, 30), number="RE-0")
    identity.change_settings(
        work, changes={"vat_method": "ist", "vat_method_from": date(2026, 1, 1)}
    )
    late, of_late = issue(work, number="RE-1", tax_date=date(2025, 12, 31))
    assert (on(work, "3816"), on(work, "3806")) == (0, 3800)
    paid, again = bring(work, account, entry(11900), entry(11900, "zwei"))
    pays(work, paid, old.intent_id, owing)
    pays(work, again, late.intent_id, of_late)
    assert (on(work, "3816"), on(work, "3806")) == (0, 3800)
    assert returned(work, "2026-03") == {}
    assert is_in_order(work)


def test_what_waits_is_not_forgotten_when_the_method_changes_back(ist: Work) -> None:
    account = bank(ist)
    invoice, owing = issue(ist)
    identity.change_settings(
        ist, changes={"vat_method": "soll", "vat_method_from": date(2027, 1, 1)}
    )
    still, of_still = issue(ist, number="RE-2", day=date(2026, 12, 30))
    assert on(ist, "3816") == 3800
    issue(ist, number="RE-3", day=date(2027, 1, 4))
    assert (on(ist, "3816"), on(ist, "3806")) == (3800, 1900)
    first, second = bring(
        ist, account, entry(11900, day=date(2027, 1, 5)), entry(11900, day=date(2027, 2, 5))
    )
    pays(ist, first, invoice.intent_id, owing)
    pays(ist, second, still.intent_id, of_still)
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 5700)
    assert returned(ist, "2027-01") == {"81": 20000}
    assert is_in_order(ist)


def recorded(party: Party, intent_id: IntentId) -> RecordedInvoice:
    line = InvoiceLine(
        1, "Beratung", Decimal(1), Decimal(100), Decimal(19), TAX, NET + TAX, "UST19", "4400"
    )
    return RecordedInvoice(
        party.id, "F-1", DAY, DAY, NET, TAX, NET + TAX, (line,), intent_id=intent_id
    )


def test_a_booking_by_hand_waits_until_the_invoice_that_hangs_on_it_is_paid(ist: Work) -> None:
    account, party = bank(ist), customer(ist)
    owing = party.customer_account or ""
    nothing = Money.zero()
    booking = Booking(
        DAY,
        "Rechnung F-1",
        (Line(owing, NET + TAX, nothing), Line("4400", nothing, NET + TAX, "UST19")),
    )
    posted = ledger.book(ist, booking=booking)
    assert on(ist, "3816") == 1900
    assert is_in_order(ist)
    invoices.record(ist, role="customer", invoice=recorded(party, posted.intent_id))
    assert is_in_order(ist)
    (paid,) = bring(ist, account, entry(11900))
    pays(ist, paid, posted.intent_id, owing)
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 1900)
    cash = replace(
        booking,
        lines=(Line("1600", NET + TAX, nothing), Line("4400", nothing, NET + TAX, "UST19")),
    )
    ledger.book(ist, booking=cash)
    assert (on(ist, "3816"), on(ist, "3806")) == (0, 3800)
    assert returned(ist, "2026-03") == {"81": 20000}
    assert is_in_order(ist)


def test_verification_sees_a_release_that_is_not_what_was_paid(ist: Work) -> None:
    account = bank(ist)
    invoice, owing = issue(ist)
    (paid,) = bring(ist, account, entry(11900))
    pays(ist, paid, invoice.intent_id, owing)
    assert is_in_order(ist)
    ist.connection.execute(
        "insert into tax_release (tenant_id, intent_id, item_id, tax_code, month, net, tax)"
        " values (%(tenant)s, %(intent)s, %(item)s, 'UST19', '2026-03', 1, 1)",
        {
            "tenant": ist.tenant_id,
            "intent": invoice.intent_id,
            "item": invoice.open_item_id,
        },
    )
    assert [finding.check for finding in openitems.verify(ist)] == ["waiting_tax"] * 2
    assert {finding.check for finding in books.verify(ist)} == {"tax_balance"}


def test_what_waits_cannot_be_changed_afterwards(ist: Work) -> None:
    row = ist.connection.execute(
        "select has_table_privilege('kontorhaus_app', 'tax_release', 'update'),"
        " has_table_privilege('kontorhaus_app', 'tax_release', 'delete')"
    ).fetchone()
    assert row == (False, False)
