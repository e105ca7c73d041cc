-- Payment runs: what shall be paid to whom, who agreed, and the file the bank was given.

create table payment_run (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    bank_account_id uuid not null,
    execution_date date not null,
    label text,
    status text collate "C" not null default 'draft'
        check (status in ('draft', 'approved', 'exported', 'completed', 'cancelled')),
    total bigint not null check (total >= 0),
    item_count integer not null,
    created_at timestamptz not null,
    created_by uuid,
    approved_at timestamptz,
    approved_by uuid,
    -- SHA-256 over what was approved; the export must still be it
    content_hash bytea,
    message_id text collate "C",
    sepa_sha256 text collate "C",
    exported_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, bank_account_id) references bank_account (tenant_id, id),
    check ((status in ('draft', 'cancelled')) or content_hash is not null),
    check ((status in ('exported', 'completed')) = (sepa_sha256 is not null))
);
create index payment_run_days on payment_run (tenant_id, created_at desc, id desc);
create unique index payment_run_message on payment_run (tenant_id, message_id)
    where message_id is not null;
select protect('payment_run', 'select, insert, update');

create table payment_run_item (
    tenant_id uuid not null,
    id uuid not null,
    run_id uuid not null,
    position integer not null,
    invoice_id uuid not null,
    party_id uuid not null,
    invoice_number text not null,
    vendor_name text not null,
    vendor_iban text collate "C" not null,
    vendor_bic text collate "C",
    vendor_city text,
    vendor_country text collate "C",
    amount bigint not null check (amount > 0),
    reference text not null,
    -- whether the run still holds the invoice (draft, approved, exported)
    is_active boolean not null default true,
    primary key (tenant_id, id),
    foreign key (tenant_id, run_id) references payment_run (tenant_id, id),
    foreign key (tenant_id, invoice_id) references incoming_invoice (tenant_id, id)
);
create index payment_run_item_of_run on payment_run_item (tenant_id, run_id, position);
-- an invoice is in one active run at most
create unique index payment_run_item_active on payment_run_item (tenant_id, invoice_id)
    where is_active;
select protect('payment_run_item', 'select, insert, update');
