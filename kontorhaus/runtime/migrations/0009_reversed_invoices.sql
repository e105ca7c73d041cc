-- An invoice whose booking was reversed has nothing left, yet nobody has paid it.

create or replace view outgoing_invoice_state with (security_invoker = true) as
select
    i.tenant_id, i.id, i.document_id, i.party_id, i.party_name, i.invoice_number, i.invoice_date,
    i.due_date, i.type, i.total_net, i.total_tax, i.total_gross, i.currency, i.account,
    i.intent_id, i.notes, i.lines, i.created_at,
    case
        when i.intent_id is null then i.total_gross
        else abs(coalesce(o.remaining, 0))
    end as remaining,
    case
        when o.remaining = 0 then (
            select max(a.settled_on) from allocation a
            where a.tenant_id = o.tenant_id and a.open_item_id = o.id and a.undoes_id is null
            and not exists (
                select from allocation u where u.tenant_id = a.tenant_id and u.undoes_id = a.id
            )
        )
    end as paid_on,
    exists (
        select from intent r
        where r.tenant_id = i.tenant_id and r.reverses_intent_id = i.intent_id
    ) as is_reversed
from outgoing_invoice i
left join open_item o
    on o.tenant_id = i.tenant_id and o.intent_id = i.intent_id and o.account = i.account;
