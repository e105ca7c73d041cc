-- Chart of accounts, intents and their events, and the rows that move beside them.

create table account (
    tenant_id uuid not null references tenant (id),
    number text collate "C" not null check (number ~ '^[0-9]{1,9}$'),
    name text not null,
    name_en text not null,
    type text collate "C" not null
        check (type in ('asset', 'liability', 'equity', 'revenue', 'expense')),
    category text collate "C",
    report_group text collate "C",
    kind text collate "C" not null default 'general'
        check (kind in ('general', 'customer', 'vendor')),
    is_system boolean not null,
    is_active boolean not null default true,
    primary key (tenant_id, number)
);
select protect('account', 'select, insert, update');

create table period (
    tenant_id uuid not null references tenant (id),
    period text collate "C" not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2]|P13|P14)$'),
    state text collate "C" not null default 'open'
        check (state in ('open', 'soft_locked', 'locked')),
    locked_by text,
    locked_at timestamptz,
    primary key (tenant_id, period)
);
select protect('period', 'select, insert, update');

-- The end of the chain: the last journal number and its hash.
create table chain_head (
    tenant_id uuid primary key references tenant (id),
    journal_number bigint not null,
    hash bytea not null check (length(hash) = 32)
);
select protect('chain_head', 'select, insert, update');

-- An intent (Buchung): what somebody wanted to record. Never updated, never deleted.
create table intent (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    booking_date date not null,
    period text collate "C" not null,
    tax_date date not null,
    description text not null,
    source text collate "C" not null,
    total bigint not null check (total > 0),
    event_count integer not null check (event_count > 0),
    external_reference text collate "C",
    custom_metadata jsonb,
    document_id uuid,
    reverses_intent_id uuid,
    reason text,
    fx_currency text collate "C",
    fx_amount numeric(20, 6),
    fx_rate numeric(24, 10),
    fx_rate_date date,
    fx_source text collate "C",
    duplicate_key bytea not null,
    actor jsonb not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, period) references period (tenant_id, period),
    foreign key (tenant_id, reverses_intent_id) references intent (tenant_id, id)
);
-- an intent is reversed once
create unique index intent_reversed_once on intent (tenant_id, reverses_intent_id)
    where reverses_intent_id is not null;
create index intent_duplicates on intent (tenant_id, duplicate_key);
create index intent_references on intent (tenant_id, external_reference)
    where external_reference is not null;
create index intent_documents on intent (tenant_id, document_id) where document_id is not null;
select protect('intent', 'select, insert');

-- An event is a transfer: one debit account, one credit account, one positive amount in cents.
create table event (
    tenant_id uuid not null,
    journal_number bigint not null check (journal_number > 0),
    id uuid not null,
    intent_id uuid not null,
    booking_date date not null,
    period text collate "C" not null,
    account_debit text collate "C" not null,
    account_credit text collate "C" not null,
    amount bigint not null check (amount > 0),
    pair integer not null,
    line integer not null,
    kind text collate "C" not null check (kind in ('net', 'tax', 'self_assessed')),
    tax_code text collate "C",
    tax_side text collate "C" check (tax_side in ('debit', 'credit')),
    prev_hash bytea not null check (length(prev_hash) = 32),
    hash bytea not null check (length(hash) = 32),
    primary key (tenant_id, journal_number),
    unique (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    foreign key (tenant_id, account_debit) references account (tenant_id, number),
    foreign key (tenant_id, account_credit) references account (tenant_id, number),
    check (account_debit <> account_credit),
    check ((tax_code is null) = (tax_side is null))
);
create index event_of_intent on event (tenant_id, intent_id);
create index event_debits on event (tenant_id, account_debit, booking_date, journal_number);
create index event_credits on event (tenant_id, account_credit, booking_date, journal_number);
create index event_days on event (tenant_id, booking_date, journal_number);
select protect('event', 'select, insert');

-- Sums of the events per account and period, kept in the transaction that posts.
create table account_balance (
    tenant_id uuid not null,
    account text collate "C" not null,
    period text collate "C" not null,
    debit bigint not null,
    credit bigint not null,
    primary key (tenant_id, account, period),
    foreign key (tenant_id, account) references account (tenant_id, number)
) with (fillfactor = 80);
select protect('account_balance', 'select, insert, update');

-- Sums of the coded events per tax code and month of the tax date, for VAT return and EC list.
create table tax_balance (
    tenant_id uuid not null,
    tax_code text collate "C" not null,
    kind text collate "C" not null,
    month text collate "C" not null,
    debit bigint not null,
    credit bigint not null,
    primary key (tenant_id, tax_code, kind, month)
) with (fillfactor = 80);
select protect('tax_balance', 'select, insert, update');
