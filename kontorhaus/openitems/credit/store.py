"""The tables of customers' credit: its movements, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kontorhaus.kernel.ids import IntentId, OpenItemId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.credit.model import Entry, Movement
from kontorhaus.runtime.work import Work

_COLUMNS = (
    "e.id, e.party_id, e.account, e.intent_id, e.kind, e.amount, e.booking_date, e.note,"
    " e.open_item_id, e.undoes_id"
)
_STANDS = (
    " and e.undoes_id is null and not exists (select from credit_entry u"
    " where u.tenant_id = e.tenant_id and u.undoes_id = e.id)"
)


def open_balance(work: Work, *, party_id: PartyId, account: str) -> None:
    """Let a customer have a balance on an account."""
    work.connection.execute(
        "insert into credit_balance (tenant_id, party_id, account, amount)"
        " values (%(tenant)s, %(party)s, %(account)s, 0) on conflict do nothing",
        {"tenant": work.tenant_id, "party": party_id, "account": account},
    )


def balances(work: Work, *, party_id: PartyId, lock: bool = False) -> dict[str, Money]:
    """What a customer has, by account; nobody else's until the end if asked."""
    rows = work.connection.execute(
        "select account, amount from credit_balance where tenant_id = %(tenant)s"
        f" and party_id = %(party)s order by account{' for update' if lock else ''}",
        {"tenant": work.tenant_id, "party": party_id},
    ).fetchall()
    return {account: Money(amount) for account, amount in rows}


def balances_of(work: Work, *, party_ids: Sequence[PartyId]) -> dict[PartyId, Money]:
    """What each customer has in all; who has nothing is left out."""
    rows = work.connection.execute(
        "select party_id, sum(amount)::bigint from credit_balance where tenant_id = %(tenant)s"
        " and party_id = any(%(parties)s) and amount > 0 group by party_id",
        {"tenant": work.tenant_id, "parties": list(party_ids)},
    ).fetchall()
    return {PartyId(party_id): Money(amount) for party_id, amount in rows}


def insert(work: Work, *, movement: Movement) -> None:
    """Note a movement and follow it with the balance, which is held already."""
    entry = movement.entry
    work.connection.execute(
        "with noted as (insert into credit_entry (tenant_id, id, party_id, account, intent_id,"
        " kind, amount, open_item_id, booking_date, note, undoes_id, created_at) values"
        " (%(tenant)s, %(id)s, %(party)s, %(account)s, %(intent)s, %(kind)s, %(amount)s, %(item)s,"
        " %(day)s, %(note)s, %(undoes)s, %(now)s))"
        " update credit_balance set amount = amount + %(amount)s where tenant_id = %(tenant)s"
        " and party_id = %(party)s and account = %(account)s",
        {
            "tenant": work.tenant_id,
            "id": movement.id,
            "party": entry.party_id,
            "account": entry.account,
            "intent": entry.intent_id,
            "kind": entry.kind,
            "amount": entry.amount.minor,
            "item": entry.open_item_id,
            "day": entry.day,
            "note": entry.note,
            "undoes": movement.undoes_id,
            "now": work.now,
        },
    )


def standing_of_intent(work: Work, *, intent_id: IntentId) -> list[Movement]:
    """What a booking moved, unless it was taken back."""
    rows = work.connection.execute(
        f"select {_COLUMNS} from credit_entry e where e.tenant_id = %(tenant)s"
        f" and e.intent_id = %(intent)s{_STANDS} order by e.party_id, e.account, e.id",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [_movement(row) for row in rows]


def standing_on_item(work: Work, *, item_id: OpenItemId) -> list[Movement]:
    """The credit that pays a claim, oldest first."""
    rows = work.connection.execute(
        f"select {_COLUMNS} from credit_entry e where e.tenant_id = %(tenant)s"
        f" and e.open_item_id = %(item)s{_STANDS} order by e.created_at, e.id",
        {"tenant": work.tenant_id, "item": item_id},
    )
    return [_movement(row) for row in rows]


def was_given_back(work: Work, *, intent_id: IntentId) -> bool:
    """Whether a booking settled a claim whose cancellation gave the customer credit for it."""
    row = work.connection.execute(
        "select exists (select from allocation a join open_item i on i.tenant_id = a.tenant_id"
        " and i.id = a.open_item_id join intent r on r.tenant_id = i.tenant_id"
        " and r.reverses_intent_id = i.intent_id and r.reverses_intent_id is not null"
        " join open_item k on k.tenant_id = r.tenant_id and k.intent_id = r.id"
        " and k.account = i.account join credit_entry e on e.tenant_id = k.tenant_id"
        " and e.open_item_id = k.id where a.tenant_id = %(tenant)s and a.intent_id = %(intent)s"
        f" and a.undoes_id is null{_STANDS})",
        {"tenant": work.tenant_id, "intent": intent_id},
    ).fetchone()
    return bool(row and row[0])


def of_party(
    work: Work, *, party_id: PartyId, limit: int, offset: int
) -> tuple[list[Movement], int]:
    """A page of a customer's movements, newest first, and how many there are."""
    values = {"tenant": work.tenant_id, "party": party_id, "limit": limit, "offset": offset}
    rows = work.connection.execute(
        f"select {_COLUMNS} from credit_entry e where e.tenant_id = %(tenant)s"
        " and e.party_id = %(party)s order by e.created_at desc, e.id desc"
        " limit %(limit)s offset %(offset)s",
        values,
    ).fetchall()
    counted = work.connection.execute(
        "select count(id) from credit_entry where tenant_id = %(tenant)s and party_id = %(party)s",
        values,
    ).fetchone()
    return [_movement(row) for row in rows], counted[0] if counted else 0


def _movement(row: tuple[Any, ...]) -> Movement:
    entry = Entry(
        party_id=PartyId(row[1]),
        account=row[2],
        intent_id=IntentId(row[3]),
        kind=row[4],
        amount=Money(row[5]),
        day=row[6],
        note=row[7],
        open_item_id=OpenItemId(row[8]) if row[8] else None,
    )
    return Movement(UUID(str(row[0])), entry, row[9])
