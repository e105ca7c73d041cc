"""The tables of claims and debts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from kontorhaus.kernel.ids import IntentId, OpenItemId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.openitems.model import Allocation, NewItem, OpenItem
from kontorhaus.runtime.work import Work

_ITEM = (
    "id, kind, account, party_id, intent_id, amount, remaining, item_date, due_date, reference,"
    " waits"
)
_INSERT = (
    "insert into open_item (tenant_id, id, kind, account, party_id, intent_id, amount,"
    " remaining, item_date, due_date, reference, waits, created_at) values (%(tenant)s,"
    " %(id)s, %(kind)s, %(account)s, %(party)s, %(intent)s, %(amount)s, %(amount)s, %(day)s,"
    " %(due)s, %(reference)s, %(waits)s, %(now)s)"
    " on conflict (tenant_id, intent_id, account) do nothing"
)


def hold_intent(work: Work, *, intent_id: IntentId) -> None:
    """Let no other caller reverse a booking or open an item on it until the transaction ends."""
    work.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended(%(tenant)s::text || %(intent)s::text, 0))",
        {"tenant": work.tenant_id, "intent": intent_id},
    )


def set_due_date(work: Work, *, intent_id: IntentId, account: str, due_date: date | None) -> None:
    """Give the item that an intent opened on an account another due date."""
    work.connection.execute(
        "update open_item set due_date = %(due)s where tenant_id = %(tenant)s"
        " and intent_id = %(intent)s and account = %(account)s",
        {"tenant": work.tenant_id, "intent": intent_id, "account": account, "due": due_date},
    )


def insert(work: Work, *, item_id: OpenItemId, item: NewItem) -> bool:
    """A new item, all of it open; False if the intent opened one on this account before."""
    cursor = work.connection.execute(_INSERT, _values(work, item_id, item))
    return cursor.rowcount == 1


def insert_all(work: Work, *, items: Sequence[tuple[OpenItemId, NewItem]]) -> int:
    """New items of new intents, all of them open; how many there were."""
    with work.connection.cursor() as cursor:
        cursor.executemany(_INSERT, [_values(work, item_id, item) for item_id, item in items])
        return cursor.rowcount


def _values(work: Work, item_id: OpenItemId, item: NewItem) -> dict[str, Any]:
    return {
        "tenant": work.tenant_id,
        "id": item_id,
        "kind": item.kind,
        "account": item.account,
        "party": item.party_id,
        "intent": item.intent_id,
        "amount": item.amount.minor,
        "day": item.item_date,
        "due": item.due_date,
        "reference": item.reference,
        "waits": item.waits,
        "now": work.now,
    }


def of_intents(work: Work, *, intent_ids: Sequence[IntentId], lock: bool = False) -> list[OpenItem]:
    """The items that intents opened, in a fixed order; locked until the end if asked."""
    rows = work.connection.execute(
        f"select {_ITEM} from open_item where tenant_id = %(tenant)s"
        f" and intent_id = any(%(intents)s) order by id{' for update' if lock else ''}",
        {"tenant": work.tenant_id, "intents": list(intent_ids)},
    )
    return [_item(row) for row in rows]


def of_ids(work: Work, *, item_ids: Sequence[OpenItemId], lock: bool = False) -> list[OpenItem]:
    """Items by id, in a fixed order; locked until the end if asked."""
    rows = work.connection.execute(
        f"select {_ITEM} from open_item where tenant_id = %(tenant)s"
        f" and id = any(%(ids)s) order by id{' for update' if lock else ''}",
        {"tenant": work.tenant_id, "ids": list(item_ids)},
    )
    return [_item(row) for row in rows]


def open_of_kind(work: Work, *, kind: str) -> list[OpenItem]:
    """Everything of a kind that is not settled, oldest due date first."""
    rows = work.connection.execute(
        f"select {_ITEM} from open_item where tenant_id = %(tenant)s and kind = %(kind)s"
        " and remaining <> 0 order by due_date nulls first, id",
        {"tenant": work.tenant_id, "kind": kind},
    )
    return [_item(row) for row in rows]


def settled_of_kind(work: Work, *, kind: str, since: date) -> list[OpenItem]:
    """Everything of a kind that arose since a day and is settled."""
    rows = work.connection.execute(
        f"select {_ITEM} from open_item where tenant_id = %(tenant)s and kind = %(kind)s"
        " and remaining = 0 and item_date >= %(since)s order by item_date, id",
        {"tenant": work.tenant_id, "kind": kind, "since": since},
    )
    return [_item(row) for row in rows]


def allocate(
    work: Work,
    *,
    allocation_id: UUID,
    item_id: OpenItemId,
    intent_id: IntentId,
    amount: Money,
    settled_on: date,
    undoes_id: UUID | None = None,
) -> None:
    """Note an allocation and take it off what remains; both in one statement."""
    work.connection.execute(
        "with noted as (insert into allocation (tenant_id, id, open_item_id, intent_id, amount,"
        " settled_on, undoes_id, created_at) values (%(tenant)s, %(id)s, %(item)s, %(intent)s,"
        " %(amount)s, %(day)s, %(undoes)s, %(now)s))"
        " update open_item set remaining = remaining - %(amount)s"
        " where tenant_id = %(tenant)s and id = %(item)s",
        {
            "tenant": work.tenant_id,
            "id": allocation_id,
            "item": item_id,
            "intent": intent_id,
            "amount": amount.minor,
            "day": settled_on,
            "undoes": undoes_id,
            "now": work.now,
        },
    )


def standing_allocations(
    work: Work, *, intent_id: IntentId
) -> list[tuple[UUID, OpenItemId, Money]]:
    """Allocations of a settlement intent that were not undone; their items are locked."""
    work.connection.execute(
        "select 1 from open_item where tenant_id = %(tenant)s and id in (select open_item_id"
        " from allocation where tenant_id = %(tenant)s and intent_id = %(intent)s)"
        " order by id for update",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    rows = work.connection.execute(
        "select a.id, a.open_item_id, a.amount from allocation a"
        " where a.tenant_id = %(tenant)s and a.intent_id = %(intent)s and a.undoes_id is null"
        " and not exists (select from allocation u where u.tenant_id = a.tenant_id"
        " and u.undoes_id = a.id) order by a.id",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [(row[0], OpenItemId(row[1]), Money(row[2])) for row in rows]


def allocations(work: Work, *, intent_id: IntentId) -> list[Allocation]:
    """Standing allocations that an intent made, or that were made on the items it opened."""
    rows = work.connection.execute(
        "select a.open_item_id, o.intent_id, a.intent_id, o.account, a.amount, a.settled_on"
        " from allocation a join open_item o on o.tenant_id = a.tenant_id"
        " and o.id = a.open_item_id where a.tenant_id = %(tenant)s and a.id in (select id"
        "  from allocation where tenant_id = %(tenant)s and intent_id = %(intent)s union"
        "  select l.id from open_item i join allocation l on l.tenant_id = i.tenant_id"
        "  and l.open_item_id = i.id where i.tenant_id = %(tenant)s"
        "  and i.intent_id = %(intent)s) and a.undoes_id is null"
        " and not exists (select from allocation u where u.tenant_id = a.tenant_id"
        " and u.undoes_id = a.id) order by a.id",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [
        Allocation(
            OpenItemId(row[0]), IntentId(row[1]), IntentId(row[2]), row[3], Money(row[4]), row[5]
        )
        for row in rows
    ]


def wrong_remainders(work: Work) -> list[tuple[Any, ...]]:
    """Items whose remainder is not their amount less their allocations: id, kept, counted."""
    return work.connection.execute(
        "select o.id, o.remaining, o.amount - coalesce(sum(a.amount), 0)::bigint from open_item o"
        " left join allocation a on a.tenant_id = o.tenant_id and a.open_item_id = o.id"
        " where o.tenant_id = %(tenant)s group by o.id, o.remaining, o.amount"
        " having o.remaining <> o.amount - coalesce(sum(a.amount), 0) order by o.id",
        {"tenant": work.tenant_id},
    ).fetchall()


def wrong_amounts(work: Work) -> list[tuple[Any, ...]]:
    """Items that are not what their intent moved on their account: id, kept, moved."""
    return work.connection.execute(
        "select o.id, o.amount, m.moved from open_item o cross join lateral (select"
        " coalesce(sum(case when (e.account_debit = o.account) = (o.kind = 'receivable')"
        " then e.amount else -e.amount end), 0)::bigint as moved from event e"
        " where e.tenant_id = o.tenant_id and e.intent_id = o.intent_id"
        " and o.account in (e.account_debit, e.account_credit)) m"
        " where o.tenant_id = %(tenant)s and o.amount <> m.moved order by o.id",
        {"tenant": work.tenant_id},
    ).fetchall()


def _item(row: tuple[Any, ...]) -> OpenItem:
    return OpenItem(
        id=OpenItemId(row[0]),
        kind=row[1],
        account=row[2],
        party_id=PartyId(row[3]) if row[3] else None,
        intent_id=IntentId(row[4]),
        amount=Money(row[5]),
        remaining=Money(row[6]),
        item_date=row[7],
        due_date=row[8],
        reference=row[9],
        waits=row[10],
    )
