-- One party; customer and vendor are roles of it, each with its personal account.

create table party (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    public_id text collate "C" not null,
    name text not null check (name <> ''),
    name2 text,
    client_number text collate "C",
    debtor_number text,
    creditor_number text,
    address1 text,
    address2 text,
    address3 text,
    country_code text collate "C" check (country_code ~ '^[A-Z]{2}$'),
    contact_person text,
    email text,
    phone text,
    vat_id text collate "C",
    tax_id text collate "C",
    iban text collate "C",
    bic text collate "C",
    default_account text collate "C",
    vat_regulation text collate "C"
        check (vat_regulation in ('standard', 'reverse-charge', 'intra-community-supply')),
    notes text,
    custom_fields jsonb not null default '{}',
    customer_account text collate "C",
    vendor_account text collate "C",
    -- listed: one of the contacts that a user keeps; false when it was removed there,
    -- or came into being with an invoice to somebody who is no contact
    is_listed boolean not null default true,
    is_active boolean not null default true,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, public_id),
    unique (tenant_id, customer_account),
    unique (tenant_id, vendor_account)
);
create unique index party_client_number on party (tenant_id, client_number) where is_listed;
create index party_newest on party (tenant_id, created_at desc, id desc) where is_listed;
create index party_name on party (tenant_id, lower(name));
select protect('party', 'select, insert, update');
