-- Who there is: organizations with their tenants, people, and what they prove themselves with.
-- Directory tables without row level security: they are read before a tenant is known.

-- One legal entity and its profile, shared by its TEST and LIVE tenants.
create table organization (
    id uuid primary key,
    name text not null check (name <> ''),
    name2 text,
    display_name text,
    country_code text collate "C" not null,
    line1 text not null,
    line2 text not null,
    line3 text not null,
    ceo text not null,
    legal_line1 text not null,
    legal_line2 text not null,
    email text not null,
    phone text not null,
    contact_line1 text not null,
    contact_line2 text not null,
    iban text collate "C" not null,
    bic text collate "C" not null,
    bank_name text not null,
    payment_line1 text not null,
    payment_line2 text not null,
    tax_numbers jsonb not null,
    currency text collate "C" not null,
    vat_name text not null,
    vat_rates numeric(5, 2)[] not null,
    vat_default numeric(5, 2) not null,
    small_trader boolean not null,
    small_trader_text text not null,
    time_zone text collate "C" not null,
    language text collate "C" not null check (language in ('de', 'en')),
    created_at timestamptz not null
);
select expose('organization', 'select, insert, update, delete');

-- The books of one organization in one environment; TEST and LIVE never mix.
create table tenant (
    id uuid primary key,
    organization_id uuid not null references organization (id),
    environment text collate "C" not null check (environment in ('TEST', 'LIVE')),
    created_at timestamptz not null,
    unique (organization_id, environment)
);
select expose('tenant', 'select, insert, update, delete');

-- A person; password_hash is argon2id, null until the person has set one.
create table app_user (
    id uuid primary key,
    email text collate "C" not null unique check (email = lower(email)),
    password_hash text collate "C",
    first_name text not null,
    last_name text not null,
    created_at timestamptz not null
);
select expose('app_user', 'select, insert, update, delete');

create table membership (
    organization_id uuid not null references organization (id) on delete cascade,
    user_id uuid not null references app_user (id) on delete cascade,
    role text collate "C" not null
        check (role in ('owner', 'admin', 'member', 'adviser', 'adviser_read', 'auditor')),
    created_at timestamptz not null,
    primary key (organization_id, user_id)
);
create index membership_of_user on membership (user_id);
select expose('membership', 'select, insert, update, delete');

-- A stored credential of a program. token_hash is HMAC-SHA256 of what was shown once.
-- public_id is the open half of a management key pair; party_id the customer of a portal token.
create table api_key (
    id uuid primary key,
    tenant_id uuid not null references tenant (id) on delete cascade,
    surface text collate "C" not null
        check (surface in ('books', 'billing', 'management', 'portal')),
    name text not null,
    prefix text collate "C" not null,
    public_id text collate "C" unique,
    token_hash bytea not null unique,
    scopes text[] not null,
    is_enabled boolean not null default true,
    party_id uuid,
    created_by uuid not null references app_user (id),
    created_at timestamptz not null,
    last_used_date date,
    unique (tenant_id, surface, name),
    check ((surface = 'portal') = (party_id is not null)),
    check ((surface = 'management') = (public_id is not null))
);
create index api_key_of_user on api_key (created_by);
select expose('api_key', 'select, insert, update, delete');

-- A login of a person, for the web pages or as a token of the books surface.
create table web_session (
    id uuid primary key,
    token_hash bytea not null unique,
    user_id uuid not null references app_user (id) on delete cascade,
    tenant_id uuid not null references tenant (id) on delete cascade,
    surface text collate "C" not null check (surface in ('web', 'books')),
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index web_session_of_user on web_session (user_id);
create index web_session_expiry on web_session (expires_at);
select expose('web_session', 'select, insert, update, delete');

-- A link by which a person sets a password, once.
create table setup_link (
    token_hash bytea primary key,
    -- null: the link by which the first owner founds the first organization
    user_id uuid references app_user (id) on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index setup_link_of_user on setup_link (user_id);
select expose('setup_link', 'select, insert, update, delete');

-- How many logins were tried for an address since window_start, whether it exists or not.
create table login_window (
    account_hash bytea primary key,
    window_start timestamptz not null,
    attempts integer not null
);
select expose('login_window', 'select, insert, update, delete');

-- Requests of a credential in the present minute; what a crash forgets does not matter.
create unlogged table rate_window (
    credential text collate "C" primary key,
    window_start bigint not null,
    used integer not null
);
select expose('rate_window', 'select, insert, update, delete');

create table tenant_settings (
    tenant_id uuid not null references tenant (id) on delete cascade,
    chart text collate "C" not null check (chart in ('SKR03', 'SKR04')),
    fiscal_year_start_month integer not null check (fiscal_year_start_month between 1 and 12),
    vat_method text collate "C" not null check (vat_method in ('soll', 'ist')),
    vat_method_from date,
    datev_adviser_number integer not null,
    datev_client_number integer not null,
    sepa_version text collate "C" not null check (sepa_version in ('03', '09')),
    payment_run_four_eyes boolean not null,
    number_formats jsonb not null,
    payment_days integer not null check (payment_days between 0 and 365),
    primary key (tenant_id)
);
select protect('tenant_settings', 'select, insert, update');
