-- Bank accounts, what their statements say, and what settles what.

create table bank_account (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    name text not null check (name <> ''),
    iban text collate "C" not null,
    bic text collate "C",
    account_number text collate "C" not null,
    currency text collate "C" not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    constraint bank_account_iban unique (tenant_id, iban),
    constraint bank_account_link unique (tenant_id, account_number),
    foreign key (tenant_id, account_number) references account (tenant_id, number)
);
select protect('bank_account', 'select, insert, update');

-- One delivery: a file, or a call of the API.
create table bank_batch (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    source text collate "C" not null,
    actor jsonb not null,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);
select protect('bank_batch', 'select, insert');

-- A statement as the bank states it. The same one delivered twice stands here twice.
create table bank_statement (
    tenant_id uuid not null,
    id uuid not null,
    batch_id uuid not null,
    bank_account_id uuid not null,
    kind text collate "C" not null,
    identification text not null,
    sequence_number text not null,
    opening_balance bigint,
    opening_date date,
    closing_balance bigint,
    closing_date date,
    entry_count integer not null,
    pending_count integer not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, batch_id) references bank_batch (tenant_id, id),
    foreign key (tenant_id, bank_account_id) references bank_account (tenant_id, id)
);
create index bank_statement_closing
    on bank_statement (tenant_id, bank_account_id, closing_date, id)
    where closing_balance is not null;
select protect('bank_statement', 'select, insert');

-- A line of a bank account; money in is positive. Never changed: what hangs on it stands beside it.
create table bank_transaction (
    tenant_id uuid not null,
    id uuid not null,
    bank_account_id uuid not null,
    batch_id uuid not null,
    -- the same movement delivered again has the same key; whole_key is that of the booking
    -- which this movement was a part of
    key text collate "C" not null,
    whole_key text collate "C" not null,
    tx_date date not null,
    value_date date,
    amount bigint not null,
    currency text collate "C" not null,
    counterparty_name text,
    counterparty_iban text collate "C",
    counterparty_bic text collate "C",
    ultimate_name text,
    reference text,
    bank_reference text,
    end_to_end_id text,
    mandate_id text,
    creditor_id text,
    tx_type text collate "C",
    booking_text text,
    is_reversal boolean not null,
    return_reason text,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, bank_account_id, key),
    foreign key (tenant_id, bank_account_id) references bank_account (tenant_id, id),
    foreign key (tenant_id, batch_id) references bank_batch (tenant_id, id)
);
create index bank_transaction_days
    on bank_transaction (tenant_id, bank_account_id, tx_date, id);
create index bank_transaction_newest on bank_transaction (tenant_id, tx_date desc, id desc);
create index bank_transaction_whole on bank_transaction (tenant_id, bank_account_id, whole_key);
create index bank_transaction_payer on bank_transaction (tenant_id, counterparty_iban)
    where counterparty_iban is not null;
select protect('bank_transaction', 'select, insert');

-- What a transaction was matched with: a booking that was there, a settlement posted for it, or
-- nothing (excluded). `intent_id` is the booking that moves the bank account; `target_intent_id`
-- the one it was matched with, where that only announced the money (in transit). `accounts` are the personal accounts that it settled, which is how the
-- house learns who pays from which IBAN. A row is inserted before its settlement is posted, so
-- that of several callers one goes on; an undone row stays as history.
create table bank_match (
    tenant_id uuid not null,
    id uuid not null,
    transaction_id uuid not null,
    mode text collate "C" not null check (mode in ('bank_booking', 'settlement', 'excluded')),
    intent_id uuid,
    target_intent_id uuid,
    group_id uuid,
    accounts text[] not null default '{}',
    created_at timestamptz not null,
    undone_at timestamptz,
    undone_by_intent_id uuid,
    primary key (tenant_id, id),
    foreign key (tenant_id, transaction_id) references bank_transaction (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    foreign key (tenant_id, target_intent_id) references intent (tenant_id, id),
    foreign key (tenant_id, undone_by_intent_id) references intent (tenant_id, id)
);
create unique index bank_match_once on bank_match (tenant_id, transaction_id)
    where undone_at is null;
create index bank_match_of_transaction on bank_match (tenant_id, transaction_id);
create index bank_match_of_intent on bank_match (tenant_id, intent_id) where intent_id is not null;
create index bank_match_of_target on bank_match (tenant_id, target_intent_id)
    where target_intent_id is not null;
create index bank_match_of_group on bank_match (tenant_id, group_id) where group_id is not null;
select protect('bank_match', 'select, insert, update, delete');
