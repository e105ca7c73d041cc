-- Accounts read by day without touching their events, and imports of many bookings as one job.

-- the amount rides along, so that the balance before a page is summed from the index alone
create index event_debit_sums on event (tenant_id, account_debit, booking_date, journal_number)
    include (amount);
create index event_credit_sums on event (tenant_id, account_credit, booking_date, journal_number)
    include (amount);
drop index event_debits, event_credits;
alter index event_debit_sums rename to event_debits;
alter index event_credit_sums rename to event_credits;

-- An import: a stored file of bookings that the worker posts, and how far it came.
create table booking_import (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    mode text collate "C" not null check (mode in ('atomic', 'per_row')),
    status text collate "C" not null default 'queued'
        check (status in ('queued', 'running', 'done', 'failed')),
    sha256 text collate "C" not null,
    total integer,
    processed integer not null default 0,
    posted integer not null default 0,
    failed integer not null default 0,
    code text collate "C",
    message text,
    actor jsonb not null,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    primary key (tenant_id, id)
);
select protect('booking_import', 'select, insert, update');

-- What became of one row of the file (from 1): an intent, or the reason why there is none.
create table booking_import_row (
    tenant_id uuid not null,
    import_id uuid not null,
    row_number integer not null check (row_number > 0),
    intent_id uuid,
    code text collate "C",
    message text,
    details jsonb,
    primary key (tenant_id, import_id, row_number),
    foreign key (tenant_id, import_id) references booking_import (tenant_id, id),
    check ((intent_id is null) = (code is not null))
);
create index booking_import_errors on booking_import_row (tenant_id, import_id, row_number)
    where code is not null;
select protect('booking_import_row', 'select, insert');
