"""Bank accounts, statements and invoices that the tests of banking share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from kontorhaus.banking import actions, queries
from kontorhaus.banking.actions import NewBankAccount
from kontorhaus.banking.model import (
    Balance,
    BankAccount,
    Entry,
    Reconciled,
    Statement,
    TransactionFilter,
)
from kontorhaus.kernel.errors import Refusal
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems import queries as items_of
from kontorhaus.openitems.model import NewItem
from kontorhaus.runtime.work import Work

SAMPLES = Path(__file__).parent.parent / "samples" / "bank" / "camt"
IBAN = "DE13430609671234567890"
# Their figures are made up and do not add up, or there is no statement in them.
UNFIT = {"camt053.v2.all-balance-types.xml", "camt053.v2.five.decimals.xml", "camt053.v2.wrong.xml"}
DAY = date(2026, 3, 2)
PAYER = "DE02120300000000202051"


def bank(work: Work, iban: str = IBAN, number: str = "1800", currency: str = "EUR") -> BankAccount:
    return actions.create_bank_account(
        work, wanted=NewBankAccount("Girokonto", iban, number, currency=currency)
    )


def entry(cents: int, text: str = "", day: date = DAY, **more: str) -> Entry:
    return Entry(Money(cents), day, purpose=text, **more)  # type: ignore[arg-type]


def statement(
    *entries: Entry, opening: int = 0, day: date = DAY, iban: str = IBAN, kind: str = "camt.053"
) -> Statement:
    closing = opening + sum(one.amount.minor for one in entries)
    return Statement(
        kind,
        "S1",
        "1",
        iban,
        "EUR",
        "",
        Balance(Money(opening), day),
        Balance(Money(closing), day),
        entries,
        0,
    )


def bring(work: Work, account: BankAccount, *entries: Entry) -> list[BankTransactionId]:
    """Imports entries and returns their ids in that order."""
    result = actions.import_statements(work, statements=[statement(*entries)])
    assert result.imported == len(entries)
    found, _ = queries.transactions(work, wanted=TransactionFilter(bank_account_id=account.id))
    mine = sorted((one for one in found if one.batch_id == result.batch_id), key=lambda one: one.id)
    return [one.id for one in mine]


def claim(
    work: Work,
    cents: int,
    number: str = "RE-2026-000001",
    name: str = "Anna Berg",
    account: str | None = None,
    kind: str = "customer",
) -> tuple[IntentId, str]:
    """An invoice (or, below zero, a credit note) of `cents` on a personal account."""
    account = account or ledger.open_personal_account(work, kind=kind, name=name)
    other = "4400" if kind == "customer" else "6815"
    sides = (account, other) if (cents > 0) == (kind == "customer") else (other, account)
    posted = ledger.post(
        work,
        postings=[
            Posting(
                DAY - timedelta(days=10),
                f"Rechnung {number}",
                (Transfer(*sides, Money(abs(cents)), 1, 1),),
                "invoicing",
            )
        ],
    )[0]
    openitems.open_item(
        work,
        item=NewItem(
            "receivable" if kind == "customer" else "liability",
            account,
            None,
            posted.intent_id,
            Money(cents),
            DAY - timedelta(days=10),
            DAY,
            number,
        ),
    )
    return posted.intent_id, account


def remaining(work: Work, intent_id: IntentId) -> int:
    return items_of.of_intent(work, intent_id=intent_id).remaining.minor


def refused(function: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        function()
    return refusal.value.code


def settle(
    work: Work,
    transaction_id: BankTransactionId,
    intent_id: IntentId,
    account: str,
    kind: str = "open_receivable",
) -> Reconciled:
    return actions.reconcile(
        work,
        transaction_id=transaction_id,
        intent_id=intent_id,
        candidate_kind=kind,
        open_item_account=account,
    )
