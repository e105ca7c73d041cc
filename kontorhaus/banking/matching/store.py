"""The table of matches, and what the ledger says about a bank account (read only)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kontorhaus.banking.model import BookedMovement
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.runtime.work import Work


@dataclass(frozen=True, slots=True)
class Match:
    """A standing match of a transaction."""

    id: UUID
    transaction_id: BankTransactionId
    mode: str
    intent_id: IntentId | None
    group_id: UUID | None


_MATCH = "id, transaction_id, mode, intent_id, group_id"


def claim(
    work: Work, *, transaction_id: BankTransactionId, mode: str, group_id: UUID | None = None
) -> bool:
    """Take a transaction for a match; False if somebody has it.

    A caller who comes at the same time waits here until the other has committed or given up.
    """
    cursor = work.connection.execute(
        "insert into bank_match (tenant_id, id, transaction_id, mode, group_id, created_at)"
        " values (%(tenant)s, %(id)s, %(transaction)s, %(mode)s, %(group)s, %(now)s)"
        " on conflict (tenant_id, transaction_id) where undone_at is null do nothing",
        {
            "tenant": work.tenant_id,
            "id": work.new_id(),
            "transaction": transaction_id,
            "mode": mode,
            "group": group_id,
            "now": work.now,
        },
    )
    return cursor.rowcount == 1


def release(work: Work, *, transaction_ids: Sequence[BankTransactionId]) -> None:
    """Give back what this very transaction of the database has claimed."""
    work.connection.execute(
        "delete from bank_match where tenant_id = %(tenant)s and intent_id is null"
        " and mode <> 'excluded' and undone_at is null and transaction_id = any(%(ids)s)",
        {"tenant": work.tenant_id, "ids": list(transaction_ids)},
    )


def complete(
    work: Work,
    *,
    transaction_ids: Sequence[BankTransactionId],
    intent_id: IntentId,
    target_id: IntentId | None = None,
    accounts: Sequence[str] = (),
) -> None:
    """Note what claimed transactions were matched with."""
    work.connection.execute(
        "update bank_match set intent_id = %(intent)s, target_intent_id = %(target)s,"
        " accounts = %(accounts)s where tenant_id = %(tenant)s and undone_at is null"
        " and transaction_id = any(%(ids)s)",
        {
            "tenant": work.tenant_id,
            "ids": list(transaction_ids),
            "intent": intent_id,
            "target": target_id,
            "accounts": list(accounts),
        },
    )


def of_transaction(work: Work, *, transaction_id: BankTransactionId) -> Match | None:
    """The standing match of a transaction."""
    row = work.connection.execute(
        f"select {_MATCH} from bank_match where tenant_id = %(tenant)s"
        " and transaction_id = %(id)s and undone_at is null",
        {"tenant": work.tenant_id, "id": transaction_id},
    ).fetchone()
    return _match(row) if row else None


def of_group(work: Work, *, group_id: UUID) -> Match | None:
    """One of the standing matches of a group."""
    row = work.connection.execute(
        f"select {_MATCH} from bank_match where tenant_id = %(tenant)s"
        " and group_id = %(group)s and undone_at is null order by transaction_id limit 1",
        {"tenant": work.tenant_id, "group": group_id},
    ).fetchone()
    return _match(row) if row else None


def locked(
    work: Work, *, intent_id: IntentId | None = None, match_id: UUID | None = None
) -> list[Match]:
    """Standing matches of an intent, or one by its id, nobody else's until the end."""
    rows = work.connection.execute(
        f"select {_MATCH} from bank_match where tenant_id = %(tenant)s and undone_at is null"
        " and (id = %(id)s or intent_id = %(intent)s) order by transaction_id for update",
        {"tenant": work.tenant_id, "id": match_id, "intent": intent_id},
    )
    return [_match(row) for row in rows]


def has_group(work: Work, *, group_id: UUID) -> bool:
    """Whether there ever was such a group."""
    row = work.connection.execute(
        "select 1 from bank_match where tenant_id = %(tenant)s and group_id = %(group)s limit 1",
        {"tenant": work.tenant_id, "group": group_id},
    ).fetchone()
    return row is not None


def undo(work: Work, *, match_ids: Sequence[UUID], reversal_id: IntentId | None) -> None:
    """Matches stand no longer."""
    work.connection.execute(
        "update bank_match set undone_at = %(now)s, undone_by_intent_id = %(reversal)s"
        " where tenant_id = %(tenant)s and id = any(%(ids)s)",
        {
            "tenant": work.tenant_id,
            "ids": list(match_ids),
            "reversal": reversal_id,
            "now": work.now,
        },
    )


def payers(work: Work, *, since: date) -> dict[str, set[str]]:
    """IBANs with the personal accounts that were paid from them since a day."""
    rows = work.connection.execute(
        "select distinct t.counterparty_iban, unnest(m.accounts) from bank_match m"
        " join bank_transaction t on t.tenant_id = m.tenant_id and t.id = m.transaction_id"
        " where m.tenant_id = %(tenant)s and m.undone_at is null and m.mode = 'settlement'"
        " and t.counterparty_iban is not null and t.tx_date >= %(since)s",
        {"tenant": work.tenant_id, "since": since},
    )
    found: dict[str, set[str]] = {}
    for iban, account in rows:
        found.setdefault(iban, set()).add(account)
    return found


_MATCHED = (
    "(select coalesce(sum(t.amount), 0)::bigint from bank_match m join bank_transaction t"
    " on t.tenant_id = m.tenant_id and t.id = m.transaction_id"
    " where m.tenant_id = i.tenant_id and m.undone_at is null and m.{column} = i.id)"
)
# Each side of the account by its own index; bookings that are named, by their events.
_ON_ACCOUNT = " union all ".join(
    f"select e.intent_id, {sign}e.amount as amount from event e where e.tenant_id = %(tenant)s"
    f" and e.account_{side} = %(account)s and e.booking_date between %(first)s and %(last)s"
    for side, sign in (("debit", ""), ("credit", "-"))
)
_OF_INTENTS = (
    "select e.intent_id, case when e.account_debit = %(account)s then e.amount else -e.amount end"
    " as amount from event e where e.tenant_id = %(tenant)s and e.intent_id = any(%(intents)s)"
    " and %(account)s in (e.account_debit, e.account_credit)"
)
_MOVEMENTS = (
    "with moved as (select intent_id, sum(amount)::bigint as amount from ({moves}) e"
    " group by intent_id having sum(amount) <> 0) select i.id, i.booking_date, i.description,"
    " moved.amount, matched.amount from moved"
    " join intent i on i.tenant_id = %(tenant)s and i.id = moved.intent_id"
    " cross join lateral (select "
    + " + ".join(_MATCHED.format(column=name) for name in ("intent_id", "target_intent_id"))
    + " as amount) matched where true"
)
_STANDING = (
    " and i.reverses_intent_id is null and not exists (select from intent r"
    " where r.tenant_id = i.tenant_id and r.reverses_intent_id = i.id)"
)


_UNMATCHED = _STANDING + " and matched.amount <> moved.amount"
_OLDEST = " order by i.booking_date, i.id"
_NEWEST = " order by i.booking_date desc, i.id desc limit %(limit)s"


def unmatched(
    work: Work,
    *,
    account: str,
    first: date,
    last: date,
) -> list[tuple[BookedMovement, Money]]:
    """Standing bookings on a ledger account that are not wholly matched, oldest first.

    With each goes what is matched of it.
    """
    return _movements(work, _ON_ACCOUNT, _UNMATCHED, account=account, first=first, last=last)


def newest_unmatched(work: Work, *, account: str, limit: int) -> list[tuple[BookedMovement, Money]]:
    """The newest standing bookings that are not wholly matched, the newest first."""
    return _movements(
        work,
        _ON_ACCOUNT,
        _UNMATCHED,
        order=_NEWEST,
        account=account,
        first=date.min,
        last=date.max,
        limit=limit,
    )


def announced(work: Work, *, account: str) -> list[tuple[BookedMovement, Money]]:
    """Standing bookings of money in transit on an account that has not wholly come."""
    return _movements(
        work,
        _ON_ACCOUNT,
        _UNMATCHED + " and i.source <> 'bank'",
        account=account,
        first=date.min,
        last=date.max,
    )


def movements_of(
    work: Work, *, account: str, intent_ids: Sequence[IntentId], standing: bool
) -> dict[IntentId, tuple[BookedMovement, Money]]:
    """What intents move on a ledger account, and what is matched of it."""
    found = _movements(
        work,
        _OF_INTENTS,
        _STANDING if standing else "",
        account=account,
        intents=list(intent_ids),
    )
    return {movement.intent_id: (movement, matched) for movement, matched in found}


def _movements(
    work: Work, moves: str, condition: str, *, order: str = _OLDEST, **values: object
) -> list[tuple[BookedMovement, Money]]:
    rows = work.connection.execute(
        f"{_MOVEMENTS.format(moves=moves)}{condition}{order}",
        {"tenant": work.tenant_id, **values},
    )
    return [
        (BookedMovement(IntentId(row[0]), row[1], row[2], Money(row[3])), Money(row[4]))
        for row in rows
    ]


def _match(row: tuple[Any, ...]) -> Match:
    return Match(row[0], BankTransactionId(row[1]), row[2], row[3], row[4])
