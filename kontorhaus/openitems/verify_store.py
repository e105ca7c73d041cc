"""What verification reads of tax that waits: by item, by settlement and by account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kontorhaus.runtime.work import Work
from kontorhaus.tax import rules as tax

# Per item and code what its booking put off and what settlements released; a reversal of the
# booking has put it back by itself, unless it opened an item of its own: that of a cancellation.
_ITEMS = """
with put_off as (
    select o.id, e.tax_code, o.amount, o.remaining,
        exists (select from intent r where r.tenant_id = o.tenant_id
            and r.reverses_intent_id = o.intent_id and not exists (select from open_item k
                where k.tenant_id = r.tenant_id and k.intent_id = r.id
                and k.account = o.account)) as is_reversed,
        coalesce(sum(case e.tax_side when 'credit' then e.amount else -e.amount end)
            filter (where e.kind = 'net'), 0)::bigint as net,
        coalesce(sum(case e.tax_side when 'credit' then e.amount else -e.amount end)
            filter (where e.kind = 'tax'), 0)::bigint as tax,
        max(case when e.kind = 'tax' then
            case e.tax_side when 'credit' then e.account_credit else e.account_debit end end
        ) as account
    from open_item o join event e on e.tenant_id = o.tenant_id and e.intent_id = o.intent_id
        and o.account in (e.account_debit, e.account_credit)
    where o.tenant_id = %(tenant)s and o.waits and e.tax_code like %(waiting)s
    group by o.tenant_id, o.id, e.tax_code, o.amount, o.remaining, o.intent_id
), released as (
    select item_id, tax_code || %(mark)s as tax_code, sum(net)::bigint as net,
        sum(tax)::bigint as tax
    from tax_release where tenant_id = %(tenant)s group by item_id, tax_code
), items as (
    select coalesce(p.id, r.item_id) as id, coalesce(p.tax_code, r.tax_code) as tax_code,
        p.amount, p.remaining, p.account, coalesce(p.is_reversed, false) as is_reversed,
        coalesce(p.net, 0) as net, coalesce(p.tax, 0) as tax,
        coalesce(r.net, 0) as released_net, coalesce(r.tax, 0) as released_tax
    from put_off p full join released r on r.item_id = p.id and r.tax_code = p.tax_code
)
"""


def has_waiting(work: Work) -> bool:
    """Whether tax ever waited, or was released."""
    row = work.connection.execute(
        "select exists (select from tax_balance where tenant_id = %(tenant)s"
        " and tax_code like %(waiting)s)"
        " or exists (select from tax_release where tenant_id = %(tenant)s)",
        _values(work),
    ).fetchone()
    return bool(row and row[0])


def wrong_releases(work: Work) -> list[tuple[Any, ...]]:
    """Items with more or less released than is settled: id, code, put off, released (net, tax).

    Of an item that nobody paid, or whose booking was reversed, nothing is released; of a settled
    one everything; of any other no more than was put off.
    """
    return work.connection.execute(
        _ITEMS + "select id, tax_code, net, tax, released_net, released_tax from items"
        " where amount is null or not case"
        " when is_reversed or remaining = amount then released_net = 0 and released_tax = 0"
        " when remaining = 0 then released_net = net and released_tax = tax"
        " else released_net between least(net, 0) and greatest(net, 0)"
        " and released_tax between least(tax, 0) and greatest(tax, 0) end order by id, tax_code",
        _values(work),
    ).fetchall()


def wrong_moves(work: Work, *, accounts: Sequence[str]) -> list[tuple[Any, ...]]:
    """Settlements that moved another tax off the waiting accounts than they released.

    Each with its code, the tax it released and the tax it moved.
    """
    return work.connection.execute(
        "with moved as (select intent_id, tax_code, sum(case when account_debit = any(%(accounts)s)"
        " then amount else -amount end)::bigint as tax from event where tenant_id = %(tenant)s"
        " and kind = 'tax' and tax_code not like %(waiting)s and (account_debit = any(%(accounts)s)"
        " or account_credit = any(%(accounts)s)) group by intent_id, tax_code),"
        " released as (select intent_id, tax_code, sum(tax)::bigint as tax from tax_release"
        " where tenant_id = %(tenant)s group by intent_id, tax_code)"
        " select coalesce(m.intent_id, r.intent_id), coalesce(m.tax_code, r.tax_code),"
        " coalesce(r.tax, 0), coalesce(m.tax, 0) from moved m full join released r"
        " on r.intent_id = m.intent_id and r.tax_code = m.tax_code"
        " where coalesce(r.tax, 0) <> coalesce(m.tax, 0) order by 1, 2",
        {**_values(work), "accounts": list(accounts)},
    ).fetchall()


def wrong_waiting(work: Work, *, accounts: Sequence[str]) -> list[tuple[Any, ...]]:
    """Accounts on which another tax waits than that of what is open: account, there, open.

    What was entered there by hand, without a code, does not count; what was booked on a customer
    and hangs on no invoice yet is open.
    """
    return work.connection.execute(
        _ITEMS + ", there as (select account, sum(amount)::bigint as tax from ("
        " select account_credit as account, amount from event where tenant_id = %(tenant)s"
        " and kind = 'tax' and tax_code is not null and account_credit = any(%(accounts)s)"
        " union all select account_debit, -amount from event where tenant_id = %(tenant)s"
        " and kind = 'tax' and tax_code is not null and account_debit = any(%(accounts)s)"
        ") moves group by account), unclaimed as ("
        " select case e.tax_side when 'credit' then e.account_credit else e.account_debit end"
        " as account, case e.tax_side when 'credit' then e.amount else -e.amount end as tax"
        " from event e where e.tenant_id = %(tenant)s and e.kind = 'tax'"
        " and e.tax_code like %(waiting)s and not exists (select from open_item o"
        " where o.tenant_id = e.tenant_id and o.intent_id = e.intent_id"
        " and o.account in (e.account_debit, e.account_credit))),"
        " open as (select account, sum(tax)::bigint as tax from (select account,"
        " tax - released_tax as tax from items where remaining <> 0 or is_reversed"
        " union all select account, tax from unclaimed) parts where tax <> 0 group by account)"
        " select coalesce(t.account, o.account), coalesce(t.tax, 0), coalesce(o.tax, 0)"
        " from there t full join open o on o.account = t.account"
        " where coalesce(t.tax, 0) <> coalesce(o.tax, 0) order by 1",
        {**_values(work), "accounts": list(accounts)},
    ).fetchall()


def _values(work: Work) -> dict[str, Any]:
    return {"tenant": work.tenant_id, "waiting": tax.waiting("%"), "mark": tax.waiting("")}
