"""What down payments leave in the books: tax on receipt, deduction, the same cents everywhere."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.invoicing import actions
from kontorhaus.invoicing.cancellation import actions as cancellation
from kontorhaus.invoicing.chain import actions as chain
from kontorhaus.invoicing.chain.model import Conversion
from kontorhaus.invoicing.model import Document, Line, MarkChange, NewDocument
from kontorhaus.invoicing.verification import queries as verification
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import charts
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.reports import queries as reports
from kontorhaus.reports.datev import queries as datev
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import Caller, Work, begin
from tests.actions.invoicing_examples import change, contact, new

WORK = (
    Line("Ausbau", Decimal(1), Decimal(1200), None, Decimal(19)),
    Line("Fachbuch", Decimal(10), Decimal("18.60"), None, Decimal(7)),
)
ORDERED, ASKED, PAID, DONE = (date(2026, month, 2) for month in (3, 4, 5, 6))


def order(work: Work, **more: object) -> Document:
    made = new(contact(work).public_id, type="order-confirmation", finalized=True)
    content = replace(made.content, lines=WORK, document_date=ORDERED, **more)
    return actions.create(work, new=replace(made, content=content))


def partial(work: Work, whole: Document, percent: int) -> Document:
    wish = Conversion("invoice", ASKED, "partial", percent=Decimal(percent), finalized=True)
    return chain.convert(work, public_id=whole.public_id, conversion=wish)


def pay(work: Work, document: Document) -> Document:
    paid = change("paid", paid=MarkChange(is_set=True, day=PAID))
    return actions.amend(work, public_id=document.public_id, change=paid)


def final(work: Work, whole: Document) -> Document:
    wish = Conversion("invoice", DONE, "final", finalized=True)
    return chain.convert(work, public_id=whole.public_id, conversion=wish)


def cancel(work: Work, document: Document) -> Document:
    return cancellation.cancel(work, public_id=document.public_id, reason=None)


def kennzahlen(work: Work, period: str) -> tuple[dict[str, int], int]:
    found = reports.vat_return_of(work, period=period)
    assert found.unassigned == ()
    return {figure.number: figure.booked.minor for figure in found.figures}, found.booked.minor


def balances(work: Work, *accounts: str) -> list[int]:
    return [ledger.balance(work, account=account).minor for account in accounts]


def is_sound(work: Work) -> bool:
    return ledger.verify(work) == [] and openitems.verify(work) == []


@pytest.mark.parametrize("method", ["soll", "ist"])
def test_the_tax_of_a_down_payment_arises_when_it_is_received(work, method):
    identity.change_settings(work, changes={"vat_method": method})
    whole = order(work)
    first = partial(work, whole, 30)
    assert kennzahlen(work, "2026-04") == ({}, 0)
    assert balances(work, "3272", "3260", "3806", "4400") == [-36000, -5580, 0, 0]
    pay(work, first)
    assert kennzahlen(work, "2026-05") == ({"81": 36000, "86": 5580}, 6840 + 391)
    assert balances(work, "3806", "3801", "3816", "3811") == [-6840, -391, 0, 0]
    assert is_sound(work)


@pytest.mark.parametrize("method", ["soll", "ist"])
def test_a_final_invoice_turns_down_payments_into_revenue(work, method):
    identity.change_settings(work, changes={"vat_method": method})
    whole = order(work)
    pay(work, partial(work, whole, 30))
    last = final(work, whole)
    rest = ({"81": 120000 - 36000, "86": 18600 - 5580}, 22800 - 6840 + 1302 - 391)
    assert balances(work, "3272", "3260", "4400", "4300") == [0, 0, -120000, -18600]
    (item,) = openitems.open_items(work, kind="receivable")
    assert item.amount == last.totals.payable == Money(162702 - 48811)
    assert kennzahlen(work, "2026-06") == (({}, 0) if method == "ist" else rest)
    pay_later = change("paid", paid=MarkChange(is_set=True, day=date(2026, 7, 2)))
    actions.amend(work, public_id=last.public_id, change=pay_later)
    assert kennzahlen(work, "2026-07") == (rest if method == "ist" else ({}, 0))
    assert balances(work, last.claim.account, "3806", "3801") == [0, -22800, -1302]
    assert is_sound(work)


def test_both_charts_have_the_accounts_of_down_payments():
    for name, key in charts.KEY_ACCOUNTS.items():
        chart = charts.chart(name)
        for code, number in key.advances.items():
            assert (chart[number].default_tax, chart[number].hgb_position) == (code, "C.3")
            assert chart[number].is_active
        assert chart[key.untaxed_advances].is_active


def test_an_untaxed_down_payment_is_told_with_the_service(work):
    whole = order(work, vat_regulation="reverse-charge")
    pay(work, partial(work, whole, 50))
    assert kennzahlen(work, "2026-05") == ({}, 0)
    assert balances(work, "3250") == [-69300]
    final(work, whole)
    assert kennzahlen(work, "2026-06") == ({"60": 138600}, 0)
    assert balances(work, "3250", "4337") == [0, -138600]
    assert is_sound(work)


@pytest.mark.parametrize("is_paid", [False, True])
def test_a_cancelled_down_payment_gives_its_tax_back_with_the_credit(work, is_paid):
    first = partial(work, order(work), 30)
    if is_paid:
        first = pay(work, first)
    cancel(work, first)
    assert balances(work, "3272", "3260") == [0, 0]
    # § 17 (2) no. 2 UStG: corrected when the customer may spend the money for anything else
    assert balances(work, "3806", "3801", "3816", "3811") == [0, 0, 0, 0]
    assert balances(work, "3500") == [-48811 if is_paid else 0]
    assert openitems.open_items(work, kind="receivable") == []
    assert is_sound(work)


@pytest.mark.parametrize("method", ["soll", "ist"])
def test_a_cancelled_final_invoice_leaves_the_down_payment_as_it_was(work, method):
    identity.change_settings(work, changes={"vat_method": method})
    whole = order(work)
    pay(work, partial(work, whole, 30))
    before = balances(work, "3272", "3260", "3806", "3801", "4400", "4300")
    cancel(work, final(work, whole))
    assert balances(work, "3272", "3260", "3806", "3801", "4400", "4300") == before
    assert openitems.open_items(work, kind="receivable") == []
    assert is_sound(work)


def test_a_credit_note_reduces_claim_and_tax_on_its_own_day(work):
    bill = actions.create(work, new=new(contact(work).public_id, finalized=True))
    wish = Conversion("invoice", PAID, "credit-note", quantities={2: Decimal(1)}, finalized=True)
    note = chain.convert(work, public_id=bill.public_id, conversion=wish)
    assert kennzahlen(work, "2026-05") == ({"86": -2000}, -140)
    (item,) = openitems.open_items(work, kind="receivable")
    assert item.remaining == Money(14016 - 2140)
    assert note.claim is not None
    assert is_sound(work)


def test_a_credit_note_on_a_paid_invoice_is_paid_back(work):
    bill = pay(work, actions.create(work, new=new(contact(work).public_id, finalized=True)))
    wish = Conversion("invoice", PAID, "credit-note", quantities={2: Decimal(1)}, finalized=True)
    note = chain.convert(work, public_id=bill.public_id, conversion=wish)
    assert note.paid is None
    (credit,) = openitems.open_items(work, kind="receivable")
    assert credit.remaining == Money(-2140)
    pay(work, note)
    assert balances(work, "1460", bill.claim.account) == [14016 - 2140, 0]
    assert is_sound(work)


def test_of_many_final_invoices_at_once_one_deducts(
    database: Database, live_caller: Caller
) -> None:
    with begin(database, live_caller) as work:
        whole = order(work)
        pay(work, partial(work, whole, 30))
    made = new(type="invoice", finalized=True, parent_id=whole.public_id)
    content = replace(made.content, form="final", client=whole.content.client, lines=WORK)

    def write(_: int) -> str:
        try:
            with begin(database, live_caller) as work:
                done = actions.create(work, new=replace(made, content=content))
        except Conflict as refusal:
            return refusal.code
        return "deducts" if done.totals.deductions else "deducts nothing"

    with ThreadPoolExecutor(6) as racers:
        answers = list(racers.map(write, range(6)))
    assert answers.count("deducts") == 1
    assert set(answers) <= {"deducts", "deducts nothing", "changed_meanwhile"}
    with begin(database, live_caller, read_only=True) as work:
        assert balances(work, "3272", "3260") == [0, 0]
        assert is_sound(work)


def test_verification_sees_a_deduction_that_there_is_not(work, tmp_path):
    whole = order(work)
    first = pay(work, partial(work, whole, 30))
    last = final(work, whole)
    blobs = Blobs(tmp_path / "blobs")
    assert verification.verify(work, blobs=blobs) == []
    work.connection.execute(
        "insert into deduction (tenant_id, final_id, partial_id) values (%s, %s, %s)",
        [work.tenant_id, first.id, first.id],
    )
    found = verification.verify(work, blobs=blobs)
    assert [(one.check, one.subject) for one in found] == [("claim", last.id)]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_was_ordered_books_and_returns_hold_the_same_cents(work, seed):
    dice = random.Random(seed)
    identity.change_settings(work, changes={"vat_method": dice.choice(["soll", "ist"])})
    for _ in range(3):
        whole = actions.create(work, new=some_order(work, dice))
        for percent in dice.sample([10, 12, 15, 33], 2):
            pay(work, partial(work, whole, percent))
        last = final(work, whole)
        paid = change("paid", paid=MarkChange(is_set=True, day=DONE))
        actions.amend(work, public_id=last.public_id, change=paid)
    assert balances(work, "3272", "3260", "3250", "3816", "3811") == [0, 0, 0, 0, 0]
    returns = [kennzahlen(work, f"2026-{month:02}") for month in range(3, 7)]
    bases = [sum(found.get(number, 0) for found, _ in returns) for number in ("81", "86", "48")]
    assert [-base for base in bases] == balances(work, "4400", "4300", "4100")
    assert -sum(owed for _, owed in returns) == sum(balances(work, "3806", "3801"))
    found = datev.lint(work, start=date(2026, 1, 1), end=date(2026, 12, 31))
    assert found.difference == Money(0)
    assert is_sound(work)


def some_order(work: Work, dice: random.Random) -> NewDocument:
    def some_line() -> Line:
        rate = Decimal(dice.choice([19, 7, 0]))
        price = Decimal(dice.randint(1, 99_999)) / 100
        quantity = Decimal(dice.randint(1, 9))
        return Line("x", quantity, price, None, rate, tax_case=None if rate else "exempt")

    made = new(contact(work).public_id, type="order-confirmation", finalized=True)
    content = replace(
        made.content,
        lines=tuple(some_line() for _ in range(dice.randint(1, 4))),
        document_date=ORDERED,
        discount_rate=Decimal(dice.choice(["0", "3", "7.5"])),
        price_layout=dice.choice(["net", "gross"]),
    )
    return replace(made, content=content, said=frozenset({"price_layout"}))
