-- Incoming invoices as debts; roles of a party; what an invoice issued elsewhere hangs on.

-- The status of an invoice follows its booking and its open item (nothing of it is stored).
create function invoice_status(
    is_booked boolean, is_credit_note boolean, remaining bigint, gross bigint,
    due_date date, today date
) returns text language sql immutable parallel safe as $$
    select case
        when not is_booked then 'draft'
        when is_credit_note or remaining = 0 then 'paid'
        when due_date < today then 'overdue'
        when remaining <> gross then 'partially_paid'
        else 'open'
    end
$$;

-- What is left of a foreign amount, as the part of its value in euros that is left.
create function foreign_rest(gross bigint, remaining bigint, amount bigint)
returns bigint language sql immutable parallel safe as $$
    select case
        when amount = 0 then 0
        else round(gross::numeric * remaining / amount)::bigint
    end
$$;

create table incoming_invoice (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    party_id uuid not null,
    party_name text not null,
    -- the stored file of the invoice
    document_id uuid,
    invoice_number text not null,
    invoice_date date not null,
    due_date date,
    -- below zero where the vendor issued a credit note
    total_net bigint not null,
    total_tax bigint not null,
    total_gross bigint not null,
    currency text collate "C" not null,
    -- the account on which its booking put the debt
    account text collate "C",
    intent_id uuid,
    notes text,
    lines jsonb not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, party_id, invoice_number),
    foreign key (tenant_id, party_id) references party (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    check (total_net + total_tax = total_gross),
    check ((intent_id is null) = (account is null))
);
create index incoming_invoice_days on incoming_invoice (tenant_id, invoice_date desc, id desc);
create unique index incoming_invoice_intent on incoming_invoice (tenant_id, intent_id, account)
    where intent_id is not null;
select protect('incoming_invoice', 'select, insert, update');

-- Every incoming invoice with what is left of it: `remaining` in its currency, `open_amount` in
-- euros; and the day of the last payment once nothing is left.
create view incoming_invoice_state with (security_invoker = true) as
select
    i.tenant_id, i.id, i.document_id, i.party_id, i.party_name, i.invoice_number, i.invoice_date,
    i.due_date, i.total_net, i.total_tax, i.total_gross, i.currency, i.account, i.intent_id,
    i.notes, i.lines, i.created_at,
    case
        when i.intent_id is null then i.total_gross
        when i.currency = 'EUR' then coalesce(o.remaining, 0)
        else foreign_rest(i.total_gross, coalesce(o.remaining, 0), coalesce(o.amount, 0))
    end as remaining,
    coalesce(o.remaining, 0) as open_amount,
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
from incoming_invoice i
left join open_item o
    on o.tenant_id = i.tenant_id and o.intent_id = i.intent_id and o.account = i.account;
grant select on incoming_invoice_state to kontorhaus_app, kontorhaus_ro;

-- Each role of a party has its own state and the account that is proposed for its invoices.
alter table party rename column is_active to customer_is_active;
alter table party rename column default_account to revenue_account;
alter table party
    add column vendor_is_active boolean not null default true,
    add column expense_account text collate "C",
    -- post code and town as they were given, where they were given apart from the address lines
    add column zip text,
    add column city text,
    -- the name as names are compared: without case, blanks and look-alike forms
    add column name_key text collate "C";
alter table party no force row level security;
update party set name_key = lower(normalize(name, NFKC));
alter table party force row level security;
alter table party alter column name_key set not null;
drop index party_name;
create index party_name on party (tenant_id, name_key);
create index party_vat_id on party
    (tenant_id, (regexp_replace(upper(vat_id), '[^0-9A-Z]', '', 'g'))) where vat_id is not null;
create index party_tax_id on party
    (tenant_id, (regexp_replace(upper(tax_id), '[^0-9A-Z]', '', 'g'))) where tax_id is not null;

-- An outgoing invoice issued elsewhere may have a stored file.
alter table outgoing_invoice add column file_id uuid;
drop index outgoing_invoice_intent;
create unique index outgoing_invoice_intent on outgoing_invoice (tenant_id, intent_id, account)
    where intent_id is not null;

create or replace view outgoing_invoice_state with (security_invoker = true) as
select
    i.tenant_id, i.id, i.document_id, i.party_id, i.party_name, i.invoice_number, i.invoice_date,
    i.due_date, i.type, i.total_net, i.total_tax, i.total_gross, i.currency, i.account,
    i.intent_id, i.notes, i.lines, i.created_at,
    case
        when i.intent_id is null then i.total_gross
        when i.currency = 'EUR' then abs(coalesce(o.remaining, 0))
        else foreign_rest(i.total_gross, abs(coalesce(o.remaining, 0)), abs(coalesce(o.amount, 0)))
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
        and r.reverses_intent_id is not null  -- so that their own index answers, not all intents
    ) as is_reversed,
    i.file_id,
    abs(coalesce(o.remaining, 0)) as open_amount
from outgoing_invoice i
left join open_item o
    on o.tenant_id = i.tenant_id and o.intent_id = i.intent_id and o.account = i.account;
grant select on outgoing_invoice_state to kontorhaus_app, kontorhaus_ro;
