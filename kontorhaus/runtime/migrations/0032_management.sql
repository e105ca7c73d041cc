-- The management API: organizations that manage others, key pairs with metadata, signed tokens.

-- managed_by: who founded it and works in it with its own people's roles. A deleted organization
-- keeps its rows and lets nobody in.
alter table organization
    add column managed_by uuid references organization (id),
    add column created_by uuid references app_user (id) on delete set null,
    -- as they were given; what documents show stands in the lines
    add column zip text not null default '',
    add column town text not null default '',
    add column state text not null default '',
    add column contact_person_id uuid references app_user (id) on delete set null,
    add column billing_gln text collate "C",
    add column withhold_billing boolean,
    add column bill_to uuid references organization (id),
    add column metadata jsonb not null default '{}',
    add column deleted_at timestamptz;
create index organization_of_manager on organization (managed_by) where managed_by is not null;

-- Where the bills of an organization go.
create table billing_address (
    id uuid primary key,
    organization_id uuid not null references organization (id),
    vat_id text collate "C",
    recipient text not null check (recipient <> ''),
    recipient_additions text,
    billing_contact_id uuid references app_user (id) on delete set null,
    address_line1 text not null,
    address_line2 text,
    zip text not null,
    town text not null,
    state text,
    country_code text collate "C" not null,
    metadata jsonb not null,
    created_at timestamptz not null
);
create index billing_address_of_organization on billing_address (organization_id);
select expose('billing_address', 'select, insert, update, delete');
alter table organization
    add column billing_address_id uuid references billing_address (id) on delete set null;

-- A person's role in an organization: its own there, else the one in the organization that manages
-- it. None where either was deleted. Every credential asks this one question.
create function role_in(wanted uuid, person uuid) returns text language sql stable as $$
    select m.role from kontorhaus.organization o
    join kontorhaus.membership m on m.user_id = person and m.organization_id in (o.id, o.managed_by)
    join kontorhaus.organization employer on employer.id = m.organization_id
    where o.id = wanted and o.deleted_at is null and employer.deleted_at is null
    order by m.organization_id = o.id desc limit 1
$$;

-- managed_by: the organization that made a key of one that it manages.
alter table api_key
    add column metadata jsonb not null default '{}',
    add column managed_by uuid references organization (id);

alter table web_session
    drop constraint web_session_surface_check,
    add constraint web_session_surface_check check (surface in ('web', 'books', 'management'));

-- Keys that sign tokens (ES256); the private half is sealed with the server's secret. The newest
-- signs, earlier ones verify until their tokens have run out.
create table signing_key (
    kid text collate "C" primary key,
    public_key jsonb not null,
    sealed_key bytea not null,
    created_at timestamptz not null
);
create index signing_key_age on signing_key (created_at);
select expose('signing_key', 'select, insert, delete');
