-- How customers come in to see their invoices: tokens that end, addresses that links were mailed
-- to, and the sessions of both. Directory tables: they are read before a tenant is known.

alter table api_key add column expires_at timestamptz;
-- two customers may each have a token of the same name
alter table api_key drop constraint api_key_tenant_id_surface_name_key;
alter table api_key add constraint api_key_name
    unique nulls not distinct (tenant_id, surface, party_id, name);
create index api_key_of_party on api_key (tenant_id, party_id) where party_id is not null;

-- An e-mail address that may enter for one customer. Whoever reads its mail may ask for links.
create table customer_access (
    id uuid primary key,
    tenant_id uuid not null references tenant (id) on delete cascade,
    party_id uuid not null,
    address text collate "C" not null check (address = lower(address)),
    created_at timestamptz not null,
    -- when the latest of its links ends
    expires_at timestamptz not null,
    last_used_at timestamptz,
    unique (tenant_id, party_id, address)
);
create index customer_access_of_address on customer_access (address);
select expose('customer_access', 'select, insert, update, delete');

-- A link as it was mailed; token_hash is HMAC-SHA256 of what stands in it.
create table customer_link (
    token_hash bytea primary key,
    access_id uuid not null references customer_access (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index customer_link_of_access on customer_link (access_id);
create index customer_link_expiry on customer_link (expires_at);
select expose('customer_link', 'select, insert, delete');

-- A customer at the pages, by a link or by a token; label is the customer's name for the audit.
create table customer_session (
    id uuid primary key,
    token_hash bytea not null unique,
    tenant_id uuid not null references tenant (id) on delete cascade,
    party_id uuid not null,
    access_id uuid references customer_access (id) on delete cascade,
    key_id uuid references api_key (id) on delete cascade,
    label text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    check ((access_id is null) <> (key_id is null))
);
create index customer_session_of_access on customer_session (access_id);
create index customer_session_of_key on customer_session (key_id);
create index customer_session_expiry on customer_session (expires_at);
select expose('customer_session', 'select, insert, delete');

-- How many days a customer's link holds.
alter table tenant_settings add column portal_link_days integer not null default 30
    check (portal_link_days between 1 and 365);

-- A secret that a mail takes along: sealed until it is sent, gone afterwards.
alter table mail add column sealed bytea;
grant update (sealed) on mail to kontorhaus_app;
