"""The tables of bank accounts, their statements and their transactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from kontorhaus.banking.model import (
    Balance,
    BankAccount,
    BankAccountOverview,
    BankTransaction,
    KeyedEntry,
    Statement,
    TransactionFilter,
)
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import BankAccountId, BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.runtime import patterns
from kontorhaus.runtime.work import Work

_ACCOUNT = "a.id, a.name, a.iban, a.bic, a.account_number, a.currency"
_TRANSACTION = (
    "t.id, t.bank_account_id, t.batch_id, t.tx_date, t.value_date, t.amount, t.currency,"
    " t.counterparty_name, t.counterparty_iban, t.reference, t.bank_reference, t.tx_type,"
    " t.end_to_end_id, m.mode, m.intent_id, m.group_id"
)
# One look into the index of standing matches for each line, whatever the planner knows so far.
_STANDING_MATCH = (
    "left join lateral (select id, mode, intent_id, group_id from bank_match"
    " where tenant_id = t.tenant_id and transaction_id = t.id and undone_at is null limit 1) m"
    " on true"
)
_TRANSACTIONS = f"from bank_transaction t {_STANDING_MATCH} where t.tenant_id = %(tenant)s"
_STATUSES = {
    "unreconciled": "m.id is null",
    "excluded": "m.mode = 'excluded'",
    "reconciled": "m.mode <> 'excluded'",
}
_TAKEN = {
    "bank_account_iban": Conflict(
        "duplicate_iban", "There is a bank account with this IBAN already."
    ),
    "bank_account_link": Conflict(
        "account_already_linked", "Another bank account is linked with this ledger account."
    ),
}


def insert_account(work: Work, *, account: BankAccount) -> None:
    """A new bank account; Conflict: duplicate_iban, account_already_linked."""
    try:
        with work.connection.transaction():
            work.connection.execute(
                "insert into bank_account (tenant_id, id, name, iban, bic, account_number,"
                " currency, created_at) values (%(tenant)s, %(id)s, %(name)s, %(iban)s, %(bic)s,"
                " %(number)s, %(currency)s, %(now)s)",
                {
                    "tenant": work.tenant_id,
                    "id": account.id,
                    "name": account.name,
                    "iban": account.iban,
                    "bic": account.bic,
                    "number": account.account_number,
                    "currency": account.currency,
                    "now": work.now,
                },
            )
    except UniqueViolation as error:
        raise _TAKEN[error.diag.constraint_name or "bank_account_iban"] from error


def rename_account(work: Work, *, account_id: BankAccountId, name: str) -> None:
    """Another name for a bank account."""
    work.connection.execute(
        "update bank_account set name = %(name)s where tenant_id = %(tenant)s and id = %(id)s",
        {"tenant": work.tenant_id, "id": account_id, "name": name},
    )


def accounts(work: Work) -> list[BankAccount]:
    """All bank accounts by name."""
    rows = work.connection.execute(
        f"select {_ACCOUNT} from bank_account a where a.tenant_id = %(tenant)s"
        " order by a.name, a.id",
        {"tenant": work.tenant_id},
    )
    return [_account(row) for row in rows]


def account(work: Work, *, account_id: BankAccountId, lock: bool = False) -> BankAccount | None:
    """One bank account; `lock` keeps others from importing into it until the end."""
    row = work.connection.execute(
        f"select {_ACCOUNT} from bank_account a where a.tenant_id = %(tenant)s"
        f" and a.id = %(id)s{' for no key update' if lock else ''}",
        {"tenant": work.tenant_id, "id": account_id},
    ).fetchone()
    return _account(row) if row else None


def overviews(work: Work, *, account_id: BankAccountId | None = None) -> list[BankAccountOverview]:
    """Bank accounts with their counts, by name."""
    rows = work.connection.execute(
        f"select {_ACCOUNT}, coalesce(t.lines, 0), coalesce(t.lines, 0) - coalesce(m.lines, 0),"
        " t.last_date from bank_account a left join (select bank_account_id, count(*) as lines,"
        "  max(tx_date) as last_date from bank_transaction where tenant_id = %(tenant)s"
        "  and (%(id)s::uuid is null or bank_account_id = %(id)s) group by bank_account_id) t"
        " on t.bank_account_id = a.id left join (select t.bank_account_id, count(*) as lines"
        "  from bank_match m join bank_transaction t on t.tenant_id = m.tenant_id"
        "  and t.id = m.transaction_id where m.tenant_id = %(tenant)s and m.undone_at is null"
        "  and (%(id)s::uuid is null or t.bank_account_id = %(id)s)"
        "  group by t.bank_account_id) m on m.bank_account_id = a.id"
        " where a.tenant_id = %(tenant)s and (%(id)s::uuid is null or a.id = %(id)s)"
        " order by a.name, a.id",
        {"tenant": work.tenant_id, "id": account_id},
    )
    return [BankAccountOverview(_account(row), row[6], row[7], row[8]) for row in rows]


def insert_batch(work: Work, *, batch_id: UUID, source: str) -> None:
    """A new delivery."""
    work.connection.execute(
        "insert into bank_batch (tenant_id, id, source, actor, created_at) values (%(tenant)s,"
        " %(id)s, %(source)s, %(actor)s, %(now)s)",
        {
            "tenant": work.tenant_id,
            "id": batch_id,
            "source": source,
            "actor": Jsonb(work.actor.as_json()),
            "now": work.now,
        },
    )


def insert_statement(
    work: Work, *, batch_id: UUID, account_id: BankAccountId, statement: Statement
) -> None:
    """What a statement says about itself."""
    opening, closing = statement.opening, statement.closing
    work.connection.execute(
        "insert into bank_statement (tenant_id, id, batch_id, bank_account_id, kind,"
        " identification, sequence_number, opening_balance, opening_date, closing_balance,"
        " closing_date, entry_count, pending_count) values (%(tenant)s, %(id)s, %(batch)s,"
        " %(account)s, %(kind)s, %(identification)s, %(number)s, %(opening)s, %(opening_date)s,"
        " %(closing)s, %(closing_date)s, %(entries)s, %(pending)s)",
        {
            "tenant": work.tenant_id,
            "id": work.new_id(),
            "batch": batch_id,
            "account": account_id,
            "kind": statement.kind,
            "identification": statement.identification,
            "number": statement.sequence_number,
            "opening": opening and opening.amount.minor,
            "opening_date": opening and opening.on,
            "closing": closing and closing.amount.minor,
            "closing_date": closing and closing.on,
            "entries": len(statement.entries),
            "pending": statement.pending_count,
        },
    )


def known_keys(work: Work, *, account_id: BankAccountId, keys: Sequence[str]) -> set[str]:
    """Which of these keys, of movements or of their whole bookings, the account has."""
    rows = work.connection.execute(
        "select key, whole_key from bank_transaction where tenant_id = %(tenant)s"
        " and bank_account_id = %(account)s and (key = any(%(keys)s) or whole_key = any(%(keys)s))",
        {"tenant": work.tenant_id, "account": account_id, "keys": list(keys)},
    )
    return {key for row in rows for key in row}


def insert_transactions(
    work: Work, *, batch_id: UUID, account_id: BankAccountId, entries: Sequence[KeyedEntry]
) -> int:
    """New transactions in one statement; returns how many were not there yet."""
    if not entries:
        return 0
    columns: list[tuple[str, str, list[object]]] = [
        (name, kind, [value(one) for one in entries]) for name, kind, value in _COLUMNS
    ]
    cursor = work.connection.execute(
        "insert into bank_transaction (tenant_id, bank_account_id, batch_id, created_at, id, "
        f"{', '.join(name for name, _, _ in columns)})"
        " select %(tenant)s, %(account)s, %(batch)s, %(now)s, * from unnest(%(ids)s::uuid[], "
        f"{', '.join(f'%({name})s::{kind}[]' for name, kind, _ in columns)})"
        " on conflict (tenant_id, bank_account_id, key) do nothing",
        {
            "tenant": work.tenant_id,
            "account": account_id,
            "batch": batch_id,
            "now": work.now,
            "ids": [work.new_id() for _ in entries],
            **{name: v for name, _, v in columns},
        },
    )
    return cursor.rowcount


_COLUMNS: list[tuple[str, str, Any]] = [
    ("key", "text", lambda one: one.key),
    ("whole_key", "text", lambda one: one.whole_key),
    ("tx_date", "date", lambda one: one.entry.booking_date),
    ("value_date", "date", lambda one: one.entry.value_date),
    ("amount", "bigint", lambda one: one.entry.amount.minor),
    ("currency", "text", lambda one: one.entry.amount.currency),
    ("counterparty_name", "text", lambda one: one.entry.counterparty_name or None),
    ("counterparty_iban", "text", lambda one: one.entry.counterparty_iban or None),
    ("counterparty_bic", "text", lambda one: one.entry.counterparty_bic or None),
    ("ultimate_name", "text", lambda one: one.entry.ultimate_name or None),
    ("reference", "text", lambda one: one.entry.purpose or None),
    ("bank_reference", "text", lambda one: one.entry.bank_reference or None),
    ("end_to_end_id", "text", lambda one: one.entry.end_to_end_id or None),
    ("mandate_id", "text", lambda one: one.entry.mandate_id or None),
    ("creditor_id", "text", lambda one: one.entry.creditor_id or None),
    ("tx_type", "text", lambda one: one.entry.transaction_code or None),
    ("booking_text", "text", lambda one: one.entry.booking_text or None),
    ("is_reversal", "boolean", lambda one: one.entry.is_reversal),
    ("return_reason", "text", lambda one: one.entry.return_reason or None),
]


def transactions(work: Work, *, wanted: TransactionFilter) -> tuple[list[BankTransaction], int]:
    """Transactions newest first, and how many match in all."""
    conditions = ["t.tenant_id = %(tenant)s"]
    if wanted.bank_account_id:
        conditions.append("t.bank_account_id = %(account)s")
    if wanted.start_date:
        conditions.append("t.tx_date >= %(start)s")
    if wanted.end_date:
        conditions.append("t.tx_date <= %(end)s")
    if wanted.search:
        conditions.append("(t.counterparty_name ilike %(search)s or t.reference ilike %(search)s)")
    if wanted.status:
        conditions.append(_STATUSES[wanted.status])
    where = f"where {' and '.join(conditions)}"
    every = f"from bank_transaction t {_STANDING_MATCH}"
    counted = every if wanted.status else "from bank_transaction t"
    values = {
        "tenant": work.tenant_id,
        "account": wanted.bank_account_id,
        "start": wanted.start_date,
        "end": wanted.end_date,
        "search": patterns.containing(wanted.search or ""),
        "limit": wanted.limit,
        "offset": wanted.offset,
    }
    rows = work.connection.execute(
        f"select {_TRANSACTION} {every} {where} order by t.tx_date desc, t.id desc"
        " limit %(limit)s offset %(offset)s",
        values,
    )
    found = [_transaction(row) for row in rows]
    count = work.connection.execute(f"select count(*) {counted} {where}", values).fetchone()
    return found, count[0] if count else 0


def by_ids(
    work: Work, *, transaction_ids: Sequence[BankTransactionId]
) -> dict[BankTransactionId, BankTransaction]:
    """Transactions by id; those that are not there are left out."""
    rows = work.connection.execute(
        f"select {_TRANSACTION} {_TRANSACTIONS} and t.id = any(%(ids)s)",
        {"tenant": work.tenant_id, "ids": list(transaction_ids)},
    )
    return {found.id: found for found in map(_transaction, rows)}


def of_intent(work: Work, *, intent_id: IntentId) -> list[BankTransaction]:
    """Transactions that are matched with an intent."""
    rows = work.connection.execute(
        f"select {_TRANSACTION} {_TRANSACTIONS}"
        " and t.id in (select transaction_id from bank_match where tenant_id = %(tenant)s"
        "  and undone_at is null and (intent_id = %(intent)s or target_intent_id = %(intent)s))"
        " order by t.tx_date, t.id",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [_transaction(row) for row in rows]


def of_account(
    work: Work, *, account_id: BankAccountId, status: str, limit: int
) -> list[BankTransaction]:
    """Transactions of an account in a status, newest first."""
    rows = work.connection.execute(
        f"select {_TRANSACTION} {_TRANSACTIONS} and t.bank_account_id = %(account)s"
        f" and {_STATUSES[status]} order by t.tx_date desc, t.id desc limit %(limit)s",
        {"tenant": work.tenant_id, "account": account_id, "limit": limit},
    )
    return [_transaction(row) for row in rows]


def unreconciled_count(work: Work) -> int:
    """How many transactions wait for a match: each standing match is one that does not."""
    row = work.connection.execute(
        "select (select count(*) from bank_transaction where tenant_id = %(tenant)s)"
        " - (select count(*) from bank_match where tenant_id = %(tenant)s and undone_at is null)",
        {"tenant": work.tenant_id},
    ).fetchone()
    return row[0] if row else 0


def daily_sums(work: Work, *, account_id: BankAccountId) -> list[tuple[date, int]]:
    """What moved on each day, oldest first."""
    return work.connection.execute(
        "select tx_date, sum(amount)::bigint from bank_transaction where tenant_id = %(tenant)s"
        " and bank_account_id = %(account)s group by tx_date order by tx_date",
        {"tenant": work.tenant_id, "account": account_id},
    ).fetchall()


def closings(work: Work, *, account: BankAccount) -> list[Balance]:
    """The closing balances that statements state, one a day, oldest first."""
    rows = work.connection.execute(
        "select distinct on (closing_date) closing_date, closing_balance from bank_statement"
        " where tenant_id = %(tenant)s and bank_account_id = %(account)s"
        " and closing_balance is not null and closing_date is not null and kind = 'camt.053'"
        " order by closing_date, id desc",
        {"tenant": work.tenant_id, "account": account.id},
    )
    return [Balance(Money(row[1], account.currency), row[0]) for row in rows]


def _account(row: tuple[Any, ...]) -> BankAccount:
    return BankAccount(BankAccountId(row[0]), *row[1:6])


def _transaction(row: tuple[Any, ...]) -> BankTransaction:
    mode = row[13]
    return BankTransaction(
        id=BankTransactionId(row[0]),
        bank_account_id=BankAccountId(row[1]),
        batch_id=row[2],
        tx_date=row[3],
        value_date=row[4],
        amount=Money(row[5], row[6]),
        counterparty_name=row[7],
        counterparty_iban=row[8],
        reference=row[9],
        bank_reference=row[10],
        tx_type=row[11],
        end_to_end_id=row[12],
        status="unreconciled"
        if mode is None
        else "excluded"
        if mode == "excluded"
        else "reconciled",
        intent_id=row[14],
        match_group_id=row[15],
    )
