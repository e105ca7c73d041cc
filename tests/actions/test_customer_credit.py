"""A customer's credit in the books: given, spent, taken back, paid out; never spent twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontorhaus.banking import actions as banking
from kontorhaus.identity import actions as identity
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.invoicing.customers import actions, queries
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import PartyId, TenantId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import Period
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.charts import KEY_ACCOUNTS
from kontorhaus.ledger.periods import actions as periods
from kontorhaus.openitems.credit import actions as credit_actions
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.openitems.credit.model import Issued, PaidOut
from kontorhaus.openitems.credit.rules import spent, sum_of
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin
from tests.actions.credit_examples import (
    DAY,
    WHOLE,
    balances,
    is_sound,
    issue,
    left,
    owing,
    pay,
    refused,
)
from tests.actions.invoicing_examples import contact


@pytest.mark.parametrize(
    ("kind", "debit", "account"),
    [("top_up", "1800", "3500"), ("goodwill", "6300", "3500"), ("voucher", "1600", "3786")],
)
def test_credit_is_an_untaxed_liability(work, kind, debit, account):
    party = contact(work)
    intent_id = issue(work, party, 5000, kind, debit)
    assert balances(work, debit, account) == [5000, -5000]
    assert left(work, party) == 5000
    (entry,) = ledger.intent(work, intent_id=intent_id).entries
    assert entry.event.transfer.tax_code is None
    assert is_sound(work)


def test_vouchers_are_spent_first_and_one_booking_takes_both(work):
    party = contact(work)
    issue(work, party, 10000)
    issue(work, party, 6000, "voucher")
    found = pay(work, party, owing(work, party))
    assert (found.status, found.credit) == ("Paid", Money(WHOLE))
    assert balances(work, "3786", "3500", party.customer_account) == [0, -10000 + WHOLE - 6000, 0]
    assert found.payment is None
    assert is_sound(work)


def test_credit_pays_as_far_as_it_reaches_and_comes_back(work):
    party = contact(work)
    issue(work, party, 4000)
    found = pay(work, party, owing(work, party))
    assert (found.status, found.credit) == ("Unpaid", Money(4000))
    assert found.remaining == Money(WHOLE - 4000)
    assert balances(work, "3500", party.customer_account) == [0, WHOLE - 4000]
    refused("no_credit", lambda: pay(work, party, found))
    back = actions.remove_credit(work, party_id=party.id, serial=found.serial)
    assert (back.credit, back.remaining) == (Money(0), Money(WHOLE))
    assert left(work, party) == 4000
    assert balances(work, "3500", party.customer_account) == [-4000, WHOLE]
    again = lambda: actions.remove_credit(work, party_id=party.id, serial=found.serial)  # noqa: E731
    refused("no_credit_applied", again)
    assert is_sound(work)


def test_credit_comes_back_on_its_day_and_today_where_that_month_is_closed(work):
    party = contact(work)
    issue(work, party, 8000)
    found = owing(work, party)
    then = replace(work, now=datetime(2026, 4, 20, 12, tzinfo=UTC))
    for is_closed in (False, True):
        pay(then, party, found)
        if is_closed:
            periods.soft_lock(work, period=Period("2026-04"))
            refused("period_locked", lambda: pay(then, party, found))
        actions.remove_credit(work, party_id=party.id, serial=found.serial)
        ((back, _), _) = credit.movements(work, party_id=party.id, limit=2)
        day = ledger.intent(work, intent_id=back.entry.intent_id).entries[0].intent.booking_date
        assert day == (work.today if is_closed else date(2026, 4, 20))
    assert left(work, party) == 8000
    assert is_sound(work)


def test_what_is_paid_keeps_its_credit(work):
    party = contact(work)
    issue(work, party, 20000)
    found = pay(work, party, owing(work, party))
    refused("nothing_open", lambda: pay(work, party, found))
    refused(
        "not_unpaid",
        lambda: actions.remove_credit(work, party_id=party.id, serial=found.serial),
    )
    assert left(work, party) == 20000 - WHOLE


def test_nobody_pays_with_what_is_anothers(work):
    rich, poor = contact(work), contact(work, name="Arme AG")
    issue(work, rich, 20000)
    found = owing(work, poor)
    refused("no_credit", lambda: pay(work, poor, found))
    refused("not_found", lambda: pay(work, rich, found))
    assert left(work, rich) == 20000


def test_under_taxation_by_receipts_credit_makes_the_tax_due(work):
    identity.change_settings(work, changes={"vat_method": "ist"})
    party = contact(work)
    issue(work, party, WHOLE // 2)
    found = owing(work, party)
    assert balances(work, "3806", "3816") == [0, -1896]
    pay(work, party, found)
    assert balances(work, "3806", "3816") == [-948, -948]
    assert is_sound(work)
    actions.remove_credit(work, party_id=party.id, serial=found.serial)
    assert balances(work, "3806", "3816") == [0, -1896]
    assert is_sound(work)


def test_a_cancellation_gives_back_what_the_credit_had_paid(work):
    party = contact(work)
    issue(work, party, 4000)
    found = pay(work, party, owing(work, party))
    cancellation.cancel(work, public_id=found.public_id, reason=None)
    after = queries.invoice(work, party_id=party.id, serial=found.serial)
    assert (after.status, after.credit, after.remaining) == ("Cancelled", Money(4000), Money(0))
    assert left(work, party) == 4000
    refused("nothing_open", lambda: pay(work, party, found))
    refused(
        "not_unpaid",
        lambda: actions.remove_credit(work, party_id=party.id, serial=found.serial),
    )
    assert is_sound(work)


# --- refund, reversal, refusals


def test_credit_is_paid_out_and_no_more_than_there_is(work):
    party = contact(work)
    issue(work, party, 5000)
    out = lambda cents: credit_actions.pay_out(  # noqa: E731
        work, party_id=party.id, paid_out=PaidOut(Money(cents), "1600", DAY)
    )
    refused("not_enough_credit", lambda: out(5001))
    out(3000)
    assert left(work, party) == 2000
    assert balances(work, "3500", "1600") == [-2000, -3000]
    assert is_sound(work)


def test_a_booking_whose_credit_was_spent_is_not_reversed(work):
    party = contact(work)
    given_by = issue(work, party, 5000)
    found = pay(work, party, owing(work, party))
    reverse = lambda: banking.reverse_intent(work, intent_id=given_by, reason=None)  # noqa: E731
    refused("credit_spent", reverse)
    actions.remove_credit(work, party_id=party.id, serial=found.serial)
    reverse()
    assert (left(work, party), balances(work, "3500", "1800")) == (0, [0, 0])
    assert is_sound(work)


def test_the_booking_of_a_payment_by_credit_is_reversed_like_any_other(work):
    party = contact(work)
    issue(work, party, 4000)
    found = pay(work, party, owing(work, party))
    ((newest, _), _) = credit.movements(work, party_id=party.id)
    banking.reverse_intent(work, intent_id=newest.entry.intent_id, reason=None)
    assert left(work, party) == 4000
    assert queries.invoice(work, party_id=party.id, serial=found.serial).credit == Money(0)
    assert is_sound(work)


@pytest.mark.parametrize(
    ("issued", "code"),
    [
        (Issued("top_up", Money(0), "1800", DAY), "invalid_input"),
        (Issued("top_up", Money(-1), "1800", DAY), "invalid_input"),
        (Issued("top_up", Money(1), "9", DAY), "account_not_found"),
        (Issued("top_up", Money(1), "3500", DAY), "account_not_found"),
    ],
)
def test_credit_that_makes_no_sense_is_refused(work, issued, code):
    party = contact(work)
    refused(code, lambda: credit_actions.issue(work, party_id=party.id, issued=issued))
    own = Issued("top_up", Money(1), party.customer_account, DAY)
    refused("account_not_found", lambda: credit_actions.issue(work, party_id=party.id, issued=own))
    stranger = PartyId(uuid7())
    usual = Issued("top_up", Money(1), "1800", DAY)
    refused("not_found", lambda: credit_actions.issue(work, party_id=stranger, issued=usual))


def test_verification_sees_credit_that_is_not_what_was_booked(work):
    party = contact(work)
    issue(work, party, 5000)
    work.connection.execute("update credit_balance set amount = amount + 1")
    assert [finding.check for finding in credit.verify(work)] == ["credit"]


@given(
    held=st.dictionaries(st.sampled_from(["3500", "3786"]), st.integers(0, 10**6)),
    wanted=st.integers(1, 10**6),
)
@settings(max_examples=200)
def test_what_is_spent_is_never_more_than_there_is_or_is_wanted(held, wanted):
    money = {account: Money(cents) for account, cents in held.items()}
    parts = spent(money, Money(wanted), KEY_ACCOUNTS["SKR04"])
    assert sum_of(parts).minor == min(wanted, sum(held.values()))
    assert all(0 < amount.minor <= held[account] for account, amount in parts)
    if wanted <= held.get("3786", 0):
        assert [account for account, _ in parts] == ["3786"]


class _TakenBack(Exception):
    pass


@contextmanager
def taken_back(database: Database, tenant: TenantId) -> Iterator[Work]:
    with suppress(_TakenBack), begin(database, Caller(tenant, SYSTEM, "Europe/Berlin")) as work:
        yield work
        raise _TakenBack


@given(steps=st.lists(st.tuples(st.sampled_from("gpbo"), st.integers(1, 9000)), max_size=12))
@settings(max_examples=10, deadline=None)
def test_after_whatever_happened_the_sums_are_equal(database, standing_tenant, steps):
    with taken_back(database, standing_tenant) as work:
        party = contact(work)
        found = owing(work, party)
        given_in_all = paid_out = 0
        for step, cents in steps:
            try:
                if step == "g":
                    issue(work, party, cents, "voucher" if cents % 2 else "top_up")
                    given_in_all += cents
                elif step == "p":
                    pay(work, party, found)
                elif step == "b":
                    actions.remove_credit(work, party_id=party.id, serial=found.serial)
                else:
                    out = PaidOut(Money(cents), "1600", DAY)
                    credit_actions.pay_out(work, party_id=party.id, paid_out=out)
                    paid_out += cents
            except Conflict:
                pass
        after = queries.invoice(work, party_id=party.id, serial=found.serial)
        assert left(work, party) == given_in_all - paid_out - after.credit.minor
        assert sum(balances(work, "3500", "3786")) == -left(work, party)
        assert is_sound(work)


# --- many at once


@pytest.mark.parametrize("turn", range(3))
def test_racing_payments_of_one_invoice_spend_no_cent_twice(
    database: Database, live_caller: Caller, turn: int
) -> None:
    with begin(database, live_caller) as work:
        party = contact(work)
        issue(work, party, 10000)
        found = owing(work, party)

    def race(number: int) -> str:
        try:
            with begin(database, live_caller) as work:
                if number % 3:
                    pay(work, party, found)
                    return "paid"
                actions.remove_credit(work, party_id=party.id, serial=found.serial)
                return "removed"
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as racers:
        answers = list(racers.map(race, range(24)))
    assert set(answers) <= {"paid", "removed", "no_credit", "no_credit_applied"}
    with begin(database, live_caller, read_only=True) as work:
        after = queries.invoice(work, party_id=party.id, serial=found.serial)
        assert left(work, party) + after.credit.minor == 10000
        assert is_sound(work)
