-- Outgoing invoices and credit notes as claims; what is open stands in their open item.

create table outgoing_invoice (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    party_id uuid not null,
    party_name text not null,
    document_id uuid,
    invoice_number text not null,
    invoice_date date not null,
    due_date date,
    type text collate "C" not null check (type in ('invoice', 'credit_note')),
    total_net bigint not null,
    total_tax bigint not null,
    total_gross bigint not null,
    currency text collate "C" not null,
    account text collate "C",
    intent_id uuid,
    notes text,
    lines jsonb not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, party_id, invoice_number),
    foreign key (tenant_id, party_id) references party (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    check (total_net + total_tax = total_gross)
);
create index outgoing_invoice_days on outgoing_invoice (tenant_id, invoice_date desc, id desc);
create unique index outgoing_invoice_intent on outgoing_invoice (tenant_id, intent_id)
    where intent_id is not null;
create unique index outgoing_invoice_document on outgoing_invoice (tenant_id, document_id)
    where document_id is not null;
select protect('outgoing_invoice', 'select, insert, update');

-- An open item that a user declared paid before the bank says so: the posting to money in transit.
create table declared_payment (
    tenant_id uuid not null references tenant (id),
    invoice_id uuid not null,
    intent_id uuid not null,
    paid_on date not null,
    primary key (tenant_id, invoice_id, intent_id),
    foreign key (tenant_id, invoice_id) references outgoing_invoice (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id)
);
select protect('declared_payment', 'select, insert, delete');

-- Every outgoing invoice with what is left of it, and the day of the last payment once it is paid.
create view outgoing_invoice_state with (security_invoker = true) as
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
    -- an invoice whose booking was reversed has nothing left, yet nobody has paid it
    exists (
        select from intent r
        where r.tenant_id = i.tenant_id and r.reverses_intent_id = i.intent_id
        and r.reverses_intent_id is not null  -- so that their own index answers, not all intents
    ) as is_reversed
from outgoing_invoice i
left join open_item o
    on o.tenant_id = i.tenant_id and o.intent_id = i.intent_id and o.account = i.account;
grant select on outgoing_invoice_state to kontorhaus_app, kontorhaus_ro;
