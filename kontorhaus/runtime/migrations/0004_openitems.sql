-- Claims and debts, and what settled them.

create table open_item (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    kind text collate "C" not null check (kind in ('receivable', 'liability')),
    account text collate "C" not null,
    party_id uuid,
    intent_id uuid not null,
    amount bigint not null check (amount <> 0),
    -- amount less its allocations, kept by the transaction that settles; verification recounts it
    remaining bigint not null,
    item_date date not null,
    due_date date,
    reference text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, intent_id, account),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    foreign key (tenant_id, account) references account (tenant_id, number)
);
create index open_item_open on open_item (tenant_id, kind, due_date) where remaining <> 0;
create index open_item_settled on open_item (tenant_id, kind, item_date) where remaining = 0;
create index open_item_of_account on open_item (tenant_id, account);
select protect('open_item', 'select, insert, update');

-- What a settlement took off an item; its undoing is a row of its own with the opposite sign.
create table allocation (
    tenant_id uuid not null,
    id uuid not null,
    open_item_id uuid not null,
    intent_id uuid not null,
    amount bigint not null check (amount <> 0),
    settled_on date not null,
    undoes_id uuid,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, open_item_id) references open_item (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    foreign key (tenant_id, undoes_id) references allocation (tenant_id, id)
);
create index allocation_of_item on allocation (tenant_id, open_item_id);
create index allocation_of_intent on allocation (tenant_id, intent_id);
create unique index allocation_undone_once on allocation (tenant_id, undoes_id)
    where undoes_id is not null;
select protect('allocation', 'select, insert');
