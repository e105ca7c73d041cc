"""Bank accounts, imports and what is asked about them, on real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kontorhaus.banking import actions, queries
from kontorhaus.banking.camt import statement as camt
from kontorhaus.banking.model import (
    Balance,
    Entry,
    RowError,
    TransactionFilter,
)
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.kernel.ids import BankAccountId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import queries as books
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.work import Caller, Work, begin
from tests.actions.bank_examples import (
    DAY,
    IBAN,
    PAYER,
    SAMPLES,
    UNFIT,
    bank,
    bring,
    claim,
    entry,
    refused,
    settle,
    statement,
)


def test_a_bank_account_is_linked_once_with_an_asset_account(work: Work) -> None:
    created = bank(work, "DE13 4306 0967 1234 5678 90")
    assert created.iban == IBAN

    def again(iban: str, number: str) -> str:
        return refused(lambda: bank(work, iban, number))

    assert again(IBAN, "1810") == "duplicate_iban"
    assert again(PAYER, "1800") == "account_already_linked"
    assert again(PAYER, "4400") == "invalid_account_type"
    assert again(PAYER, "99999999") == "account_not_found"
    assert again("DE00", "1810") == "iban"
    assert queries.bank_account(work, bank_account_id=created.id).transaction_count == 0


def test_only_the_name_of_a_bank_account_changes(work: Work) -> None:
    created = bank(work)
    renamed = actions.rename_bank_account(work, bank_account_id=created.id, name="Neu")
    assert renamed == replace(created, name="Neu")
    assert (
        refused(lambda: actions.rename_bank_account(work, bank_account_id=created.id, name=None))
        == "no_changes"
    )
    assert (
        refused(
            lambda: actions.rename_bank_account(
                work, bank_account_id=BankAccountId(uuid7()), name="x"
            )
        )
        == "not_found"
    )


def test_the_same_statement_twice_adds_nothing_and_equal_payments_stay_two(work: Work) -> None:
    account = bank(work)
    twice = statement(entry(-350, "Kaffee"), entry(-350, "Kaffee"), entry(500, "x"))
    first = actions.import_statements(work, statements=[twice])
    again = actions.import_statements(work, statements=[twice], bank_account_id=account.id)
    assert (first.total_rows, first.imported, first.skipped_duplicates) == (3, 3, 0)
    assert (again.total_rows, again.imported, again.skipped_duplicates) == (3, 0, 3)
    assert queries.bank_account(work, bank_account_id=account.id).transaction_count == 3


def test_overlapping_statements_add_only_what_is_new(work: Work) -> None:
    bank(work)
    lines = [entry(100 + n, f"Zahlung {n}", bank_reference=f"R{n}") for n in range(10)]
    actions.import_statements(work, statements=[statement(*lines[:6])])
    result = actions.import_statements(work, statements=[statement(*lines[3:])])
    assert (result.imported, result.skipped_duplicates) == (4, 3)


def test_a_batch_delivered_whole_and_in_parts_is_one(work: Work) -> None:
    account = bank(work)
    whole = entry(3000, "Sammler", bank_reference="B1")
    parts = [
        replace(
            entry(cents, f"Teil {cents}"),
            batch_size=2,
            batch_amount=Money(3000),
            batch_reference="B1",
        )
        for cents in (1000, 2000)
    ]
    actions.import_statements(work, statements=[statement(*parts)])
    assert actions.import_statements(work, statements=[statement(whole)]).imported == 0
    assert queries.bank_account(work, bank_account_id=account.id).transaction_count == 2


def test_a_whole_batch_is_not_taken_in_again_by_its_parts(work: Work) -> None:
    bank(work)
    actions.import_statements(work, statements=[statement(entry(3000, bank_reference="B1"))])
    part = replace(entry(1000), batch_size=2, batch_amount=Money(3000), batch_reference="B1")
    result = actions.import_statements(
        work, statements=[statement(part, replace(part, amount=Money(2000)))]
    )
    assert (result.imported, result.skipped_duplicates) == (0, 2)


def test_a_statement_of_an_unknown_or_another_account_is_refused(work: Work) -> None:
    account = bank(work)
    foreign = statement(entry(1), iban=PAYER)
    assert refused(lambda: actions.import_statements(work, statements=[foreign])) == "not_found"
    assert (
        refused(
            lambda: actions.import_statements(
                work, statements=[foreign], bank_account_id=account.id
            )
        )
        == "iban_mismatch"
    )


def test_a_bad_row_does_not_stop_the_others(work: Work) -> None:
    account = bank(work)
    result = actions.import_entries(
        work,
        bank_account_id=account.id,
        entries=[(1, entry(100)), (3, Entry(Money(100, "USD"), DAY))],
        errors=[RowError(2, "INVALID_INPUT", "tx_date is missing")],
    )
    assert (result.total_rows, result.imported) == (3, 1)
    assert [(one.row, one.code) for one in result.errors] == [
        (2, "INVALID_INPUT"),
        (3, "CURRENCY_MISMATCH"),
    ]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: path.name)
def test_every_real_sample_is_imported_and_meets_its_closing_balance(
    work: Work, path: Path
) -> None:
    if path.name in UNFIT:
        with pytest.raises(Invalid):
            camt.parse(path.read_bytes())
        return
    statements = camt.parse(path.read_bytes())
    account = bank(work, statements[0].iban, currency=statements[0].currency)
    result = actions.import_statements(work, statements=statements)
    assert result.imported == sum(len(one.entries) for one in statements)
    assert not result.errors
    found = queries.reconciliation(work, bank_account_id=account.id)
    if statements[-1].closing:
        assert found.bank_balance == statements[-1].closing.amount


def test_balances_follow_the_statements(work: Work) -> None:
    bank(work)
    today = work.today
    first = replace(
        statement(entry(1000, day=today - timedelta(days=3)), opening=5000),
        closing=Balance(Money(6000), today - timedelta(days=3)),
    )
    actions.import_statements(work, statements=[first])
    bring_later = statement(entry(-500, day=today - timedelta(days=1)), kind="camt.052")
    actions.import_statements(work, statements=[bring_later])
    points = queries.balance_history(work, days=5)
    assert [one.balance.minor for one in points] == [5000, 6000, 6000, 5500, 5500]
    assert points[-1].on == today


def test_reconciliation_shows_both_sides_and_their_difference(work: Work) -> None:
    account = bank(work)
    before = books.balance(work, account="1800")
    intent_id, customer = claim(work, 10000)
    paid, waiting = bring(work, account, entry(10000), entry(777))
    settle(work, paid, intent_id, customer)
    ledger.post(
        work,
        postings=[Posting(DAY, "Bar", (Transfer("1800", "1600", Money(300), 1, 1),), "manual")],
    )
    found = queries.reconciliation(work, bank_account_id=account.id)
    assert [pair.transaction.id for pair in found.matched] == [paid]
    assert [pair.movement.amount.minor for pair in found.matched] == [10000]
    assert [one.id for one in found.unmatched_transactions] == [waiting]
    assert [one.amount.minor for one in found.unmatched_movements] == [300]
    assert not found.has_more_movements
    assert found.bank_balance == Money(10777)
    assert found.ledger_balance - before == Money(10300)
    assert found.difference == found.bank_balance - found.ledger_balance


def test_of_very_many_bookings_that_are_not_matched_the_newest_are_shown(work: Work) -> None:
    account = bank(work)
    count = 1001
    ledger.post(
        work,
        postings=[
            Posting(
                DAY + timedelta(days=n // 500), f"Bar {n}",
                (Transfer("1800", "1600", Money(100 + n), 1, 1),), "manual",
            )
            for n in range(count)
        ],
    )  # fmt: skip
    found = queries.reconciliation(work, bank_account_id=account.id)
    assert found.has_more_movements
    amounts = [one.amount.minor - 100 for one in found.unmatched_movements]
    assert amounts == list(range(1, count))


def test_transactions_are_listed_newest_first_by_filter(work: Work) -> None:
    account = bank(work)
    intent_id, customer = claim(work, 100)
    paid, *_ = bring(
        work,
        account,
        entry(100, "Alpha"),
        entry(200, "Be_ta", DAY + timedelta(1)),
        entry(300, "Gamma", DAY + timedelta(2), counterparty_name="Alpha AG"),
    )
    settle(work, paid, intent_id, customer)

    def amounts(**wanted: object) -> list[int]:
        found, total = queries.transactions(
            work, wanted=TransactionFilter(bank_account_id=account.id, **wanted)
        )  # type: ignore[arg-type]
        assert total >= len(found)
        return [one.amount.minor for one in found]

    assert amounts() == [300, 200, 100]
    assert amounts(search="alpha") == [300, 100]
    assert amounts(search="e_t") == [200]
    assert amounts(status="reconciled") == [100]
    assert amounts(status="unreconciled", limit=1) == [300]
    assert amounts(start_date=DAY + timedelta(1), end_date=DAY + timedelta(1)) == [200]


def test_another_tenant_sees_no_bank_line(
    database: Database, live_caller: Caller, work: Work
) -> None:
    account = bank(work)
    bring(work, account, entry(100))
    with begin(database, live_caller) as other:
        assert queries.bank_accounts(other) == []
        assert other.connection.execute("select count(*) from bank_transaction").fetchone() == (0,)


def test_a_refused_import_leaves_nothing(database: Database, live_caller: Caller) -> None:
    with begin(database, live_caller) as work:
        account = bank(work)
    with pytest.raises(NotFound), begin(database, live_caller) as work:
        actions.import_statements(
            work, statements=[statement(entry(1)), statement(entry(2), iban=PAYER)]
        )
    with begin(database, live_caller) as work:
        assert queries.bank_account(work, bank_account_id=account.id).transaction_count == 0
