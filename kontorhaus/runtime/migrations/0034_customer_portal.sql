-- What a customer sees of its invoices, and the credit that it may pay them with.

-- The number by which a customer knows a document: an integer, since public clients read one.
alter table document add column serial bigint generated always as identity;
create unique index document_serial on document (tenant_id, serial);

-- What a line is for, where it names a product: Hosting, Domain, Donation …
alter table product add column type text;

-- What moved a customer's credit, a liability: above zero what was added, below zero what was
-- spent or paid out. What undoes an entry is a row of its own with the opposite sign.
create table credit_entry (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    party_id uuid not null,
    -- the account of the chart that the credit stands on
    account text collate "C" not null,
    intent_id uuid not null,
    kind text collate "C" not null check (kind in (
        'overpayment', 'cancellation', 'voucher', 'top_up', 'goodwill', 'payment', 'refund'
    )),
    amount bigint not null check (amount <> 0),
    -- the claim that was paid with it
    open_item_id uuid,
    booking_date date not null,
    note text not null,
    undoes_id uuid,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, party_id) references party (tenant_id, id),
    foreign key (tenant_id, account) references account (tenant_id, number),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    foreign key (tenant_id, open_item_id) references open_item (tenant_id, id),
    foreign key (tenant_id, undoes_id) references credit_entry (tenant_id, id)
);
create index credit_entry_of_party on credit_entry (tenant_id, party_id, created_at desc, id desc);
create index credit_entry_of_intent on credit_entry (tenant_id, intent_id);
create index credit_entry_of_item on credit_entry (tenant_id, open_item_id)
    where open_item_id is not null;
create unique index credit_entry_undone_once on credit_entry (tenant_id, undoes_id)
    where undoes_id is not null;
select protect('credit_entry', 'select, insert');

-- What is left of a customer's credit on an account, kept by the transaction that moves it;
-- verification counts it again. Whoever spends holds these rows.
create table credit_balance (
    tenant_id uuid not null references tenant (id),
    party_id uuid not null,
    account text collate "C" not null,
    amount bigint not null check (amount >= 0),
    primary key (tenant_id, party_id, account),
    foreign key (tenant_id, party_id) references party (tenant_id, id)
);
select protect('credit_balance', 'select, insert, update');
