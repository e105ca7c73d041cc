"""Takes in deliveries of bank entries: finds the accounts, stores what is new, counts the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kontorhaus.banking import store
from kontorhaus.banking.model import (
    BankAccount,
    ImportResult,
    KeyedEntry,
    RowError,
    Statement,
)
from kontorhaus.kernel import iban as ibans
from kontorhaus.kernel.errors import Invalid, NotFound
from kontorhaus.kernel.ids import BankAccountId
from kontorhaus.runtime.work import Work


def begin(work: Work, *, source: str) -> ImportResult:
    """A new delivery of which nothing is taken in yet."""
    result = ImportResult(work.new_id(), 0, 0, 0, ())
    store.insert_batch(work, batch_id=result.batch_id, source=source)
    return result


def take(
    work: Work,
    *,
    result: ImportResult,
    account: BankAccount,
    rows: Sequence[tuple[int, KeyedEntry]],
) -> ImportResult:
    """The result with the rows of one account (locked), whose new ones are stored."""
    errors = [
        RowError(
            row,
            "CURRENCY_MISMATCH",
            f"The account is kept in {account.currency}, not {one.entry.amount.currency}.",
        )
        for row, one in rows
        if one.entry.amount.currency != account.currency
    ]
    fit = [one for _, one in rows if one.entry.amount.currency == account.currency]
    keys = {key for one in fit for key in (one.key, one.whole_key)}
    known = store.known_keys(work, account_id=account.id, keys=sorted(keys))
    new = {one.key: one for one in fit if known.isdisjoint((one.key, one.whole_key))}
    imported = store.insert_transactions(
        work, batch_id=result.batch_id, account_id=account.id, entries=list(new.values())
    )
    return replace(
        result,
        total_rows=result.total_rows + len(rows),
        imported=result.imported + imported,
        skipped_duplicates=result.skipped_duplicates + len(fit) - imported,
        errors=(*result.errors, *errors),
    )


def finish(work: Work, *, result: ImportResult, source: str) -> None:
    """Note what became of a delivery."""
    work.record(
        "banking.imported",
        subject="bank_batch",
        subject_id=result.batch_id,
        details={
            "source": source,
            "rows": result.total_rows,
            "imported": result.imported,
            "duplicates": result.skipped_duplicates,
            "errors": len(result.errors),
        },
    )


def account(work: Work, *, account_id: BankAccountId, lock: bool = False) -> BankAccount:
    """One bank account; NotFound("not_found")."""
    found = store.account(work, account_id=account_id, lock=lock)
    if found is None:
        raise NotFound("not_found", "There is no such bank account.")
    return found


def accounts_of(
    work: Work, *, statements: Sequence[Statement], account_id: BankAccountId | None
) -> list[BankAccount]:
    """The account that each statement belongs to: the given one, else the one with its IBAN."""
    if account_id is None:
        by_iban = {one.iban: one for one in store.accounts(work)}
        return [_with_iban(by_iban, statement.iban) for statement in statements]
    given = account(work, account_id=account_id)
    for statement in statements:
        if ibans.is_valid(statement.iban) and statement.iban != given.iban:
            raise Invalid(
                "iban_mismatch",
                f"The statement is of {statement.iban}, not of {given.iban}.",
                field="file",
            )
    return [given] * len(statements)


def _with_iban(accounts: Mapping[str, BankAccount], iban: str) -> BankAccount:
    if iban not in accounts:
        raise NotFound("not_found", f"There is no bank account with the IBAN {iban}.")
    return accounts[iban]
