"""Callers that come at the same time, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest

from kontorhaus.banking import actions, queries
from kontorhaus.banking.model import (
    Allocation,
    MatchPair,
    Reconciled,
)
from kontorhaus.identity.model import Founded
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.ids import BankTransactionId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as books
from kontorhaus.openitems import queries as items_of
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin
from tests.actions.bank_examples import (
    bank,
    bring,
    claim,
    entry,
    remaining,
    settle,
    statement,
)

RACERS = 16


@pytest.mark.parametrize("rival", ["reconcile", "batch", "group", "two_lines"])
def test_of_sixteen_racers_one_settles(
    database: Database, new_organization: Callable[..., Founded], rival: str
) -> None:
    caller = Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin", uuid7())
    with begin(database, caller) as work:
        account = bank(work)
        intent_id, customer = claim(work, 10000)
        lines = bring(work, account, *(entry(10000, f"{n}") for n in range(RACERS)))
    start = Barrier(RACERS)

    def race(number: int) -> bool:
        paid = lines[number] if rival == "two_lines" else lines[0]
        start.wait()
        try:
            with begin(database, caller) as work:
                return run(work, paid, number)
        except (Conflict, Invalid):
            return False

    def run(work: Work, paid: BankTransactionId, number: int) -> bool:
        if rival == "batch" and number % 2:
            pair = MatchPair(paid, intent_id, "open_receivable", customer)
            return isinstance(actions.reconcile_all(work, pairs=[pair])[0], Reconciled)
        if rival == "group" and number % 2:
            actions.match_group(
                work,
                transaction_ids=[paid],
                allocations=[Allocation(intent_id, "open_receivable", customer, Money(10000))],
            )
            return True
        settle(work, paid, intent_id, customer)
        return True

    with ThreadPoolExecutor(RACERS) as pool:
        won = sum(pool.map(race, range(RACERS)))
    with begin(database, caller) as work:
        assert won == 1
        assert remaining(work, intent_id) == 0
        assert books.balance(work, account="1800") == Money(10000)
        assert queries.unreconciled_count(work) == RACERS - 1
        assert items_of.verify(work) == []
        assert books.verify(work) == []


def test_of_sixteen_racers_one_unmatches(
    database: Database, new_organization: Callable[..., Founded]
) -> None:
    caller = Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin", uuid7())
    with begin(database, caller) as work:
        account = bank(work)
        intent_id, customer = claim(work, 10000)
        (paid,) = bring(work, account, entry(10000))
        settle(work, paid, intent_id, customer)

    def race(_: int) -> UUID | None:
        try:
            with begin(database, caller) as work:
                return actions.unmatch(work, transaction_id=paid).reversal_intent_id
        except Conflict:
            return None

    with ThreadPoolExecutor(RACERS) as pool:
        assert sum(1 for one in pool.map(race, range(RACERS)) if one) == 1
    with begin(database, caller) as work:
        assert remaining(work, intent_id) == 10000
        assert books.balance(work, account="1800") == Money(0)


def test_the_same_file_imported_by_racers_is_there_once(
    database: Database, new_organization: Callable[..., Founded]
) -> None:
    caller = Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin", uuid7())
    with begin(database, caller) as work:
        account = bank(work)
    file = statement(*(entry(100, f"Zeile {n % 50}") for n in range(100)))

    def race(_: int) -> int:
        with begin(database, caller) as work:
            return actions.import_statements(work, statements=[file]).imported

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(race, range(4))) == [0, 0, 0, 100]
    with begin(database, caller) as work:
        assert queries.bank_account(work, bank_account_id=account.id).transaction_count == 100
