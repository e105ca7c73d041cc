"""The table of releases, and what the journal says of tax that waits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kontorhaus.kernel.ids import IntentId, OpenItemId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger.waiting.model import NOTHING, Part, Release, Waiting
from kontorhaus.runtime.work import Work
from kontorhaus.tax import rules as tax

# On the side of the coded account the tax waits.
_WAITING = """
select i.id, e.tax_code,
    max(case when e.kind = 'tax' then
        case e.tax_side when 'credit' then e.account_credit else e.account_debit end end),
    coalesce(sum(s.amount) filter (where e.kind = 'net'), 0)::bigint,
    coalesce(sum(s.amount) filter (where e.kind = 'tax'), 0)::bigint
from unnest(%(items)s::uuid[], %(intents)s::uuid[], %(accounts)s::text[])
    as i (id, intent_id, account)
join event e on e.tenant_id = %(tenant)s and e.intent_id = i.intent_id
    and i.account in (e.account_debit, e.account_credit)
cross join lateral (
    select case e.tax_side when 'credit' then e.amount else -e.amount end as amount
) s
where e.tax_code like %(waiting)s
group by i.id, e.tax_code order by i.id, e.tax_code
"""

# What is released counts as base of its month, beside the events that are taxed at once.
_INSERT = """
with added as (
    select r.intent_id, r.item_id, r.tax_code, to_char(i.tax_date, 'YYYY-MM') as month, r.net, r.tax
    from unnest(%(intents)s::uuid[], %(items)s::uuid[], %(codes)s::text[], %(nets)s::bigint[],
        %(taxes)s::bigint[]) as r (intent_id, item_id, tax_code, net, tax)
    join intent i on i.tenant_id = %(tenant)s and i.id = r.intent_id
), noted as (
    insert into tax_release (tenant_id, intent_id, item_id, tax_code, month, net, tax)
    select %(tenant)s, intent_id, item_id, tax_code, month, net, tax from added
)
insert into tax_balance (tenant_id, tax_code, kind, month, debit, credit)
select %(tenant)s, tax_code, 'net', month, sum(greatest(-net, 0)), sum(greatest(net, 0))
from added group by tax_code, month order by tax_code, month
on conflict (tenant_id, tax_code, kind, month) do update
    set debit = tax_balance.debit + excluded.debit,
        credit = tax_balance.credit + excluded.credit
"""


def waiting(work: Work, *, items: Sequence[tuple[OpenItemId, IntentId, str]]) -> list[Waiting]:
    """What waits for items, each told by its id, the booking that opened it and its account."""
    rows = work.connection.execute(
        _WAITING,
        {
            "tenant": work.tenant_id,
            "items": [item_id for item_id, _, _ in items],
            "intents": [intent_id for _, intent_id, _ in items],
            "accounts": [account for _, _, account in items],
            "waiting": tax.waiting("%"),
        },
    ).fetchall()
    known = _released(work, [item_id for item_id, _, _ in items])
    return [
        Waiting(
            item_id=OpenItemId(row[0]),
            tax_code=tax.released(row[1]),
            account=row[2] or "",
            whole=Part(Money(row[3]), Money(row[4])),
            released=known.get((row[0], tax.released(row[1])), NOTHING),
        )
        for row in rows
    ]


def _released(work: Work, item_ids: Sequence[OpenItemId]) -> dict[tuple[UUID, str], Part]:
    rows = work.connection.execute(
        "select item_id, tax_code, sum(net)::bigint, sum(tax)::bigint from tax_release"
        " where tenant_id = %(tenant)s and item_id = any(%(items)s) group by item_id, tax_code",
        {"tenant": work.tenant_id, "items": list(item_ids)},
    )
    return {(row[0], row[1]): Part(Money(row[2]), Money(row[3])) for row in rows}


def of_intent(work: Work, *, intent_id: IntentId) -> list[Release]:
    """What a settlement released; the account it moved from is not told."""
    rows = work.connection.execute(
        "select item_id, tax_code, net, tax from tax_release where tenant_id = %(tenant)s"
        " and intent_id = %(intent)s order by item_id, tax_code",
        {"tenant": work.tenant_id, "intent": intent_id},
    )
    return [
        Release(OpenItemId(row[0]), row[1], "", Part(Money(row[2]), Money(row[3]))) for row in rows
    ]


def insert(work: Work, *, releases: Sequence[tuple[IntentId, Release]]) -> None:
    """Note releases and count their bases in the months of their bookings."""
    work.connection.execute(
        _INSERT,
        {
            "tenant": work.tenant_id,
            "intents": [intent_id for intent_id, _ in releases],
            "items": [one.item_id for _, one in releases],
            "codes": [one.tax_code for _, one in releases],
            "nets": [one.part.net.minor for _, one in releases],
            "taxes": [one.part.tax.minor for _, one in releases],
        },
    )


def has_turnover(work: Work, *, since: str, codes: Sequence[str]) -> bool:
    """Whether turnover of these codes, waiting or not, is taxed in a month or later."""
    row = work.connection.execute(
        "select exists (select from tax_balance where tenant_id = %(tenant)s"
        " and month >= %(since)s and kind = 'net' and debit <> credit"
        " and tax_code = any(%(codes)s))",
        {
            "tenant": work.tenant_id,
            "since": since,
            "codes": [*codes, *(tax.waiting(code) for code in codes)],
        },
    ).fetchone()
    return bool(row and row[0])
