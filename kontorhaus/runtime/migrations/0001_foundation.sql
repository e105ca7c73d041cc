-- How every table is guarded, and the three tables that every transaction may write.

-- A business table: visible and writable only for the tenant of the transaction.
create function protect(target regclass, rights text) returns void language plpgsql as $$
declare
    mine constant text := 'tenant_id = nullif(current_setting(''kontorhaus.tenant_id'', true), '''')::uuid';
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy tenant on %s using (%s) with check (%s)', target, mine, mine);
    execute format('grant %s on %s to kontorhaus_app', rights, target);
    execute format('grant select on %s to kontorhaus_ro', target);
end
$$;

-- A directory table of identity: what must be unique over all tenants, read before a tenant is known.
create function expose(target regclass, rights text) returns void language plpgsql as $$
begin
    execute format('grant %s on %s to kontorhaus_app', rights, target);
end
$$;

revoke execute on function protect(regclass, text), expose(regclass, text) from public;

-- Who did what, when, on whose behalf. Append only.
create table audit (
    tenant_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    action text collate "C" not null,
    subject text collate "C" not null,
    subject_id text collate "C" not null,
    actor jsonb not null,
    request_id uuid,
    details jsonb not null default '{}',
    primary key (tenant_id, id)
);
create index audit_of_subject on audit (tenant_id, subject, subject_id, id);
select protect('audit', 'select, insert');

-- Gapless numbers: one row a series, updated as late as possible in the transaction that uses it.
create table counter (
    tenant_id uuid not null,
    series text collate "C" not null,
    value bigint not null check (value >= 0),
    primary key (tenant_id, series)
);
select protect('counter', 'select, insert, update');

-- The first answer to a write that carried an Idempotency-Key, stored with its effect.
create table idempotency_key (
    tenant_id uuid not null,
    credential text collate "C" not null,
    key text collate "C" not null,
    operation text collate "C" not null,
    body_hash bytea not null,
    status integer,
    headers jsonb,
    body text,
    created_at timestamptz not null,
    primary key (tenant_id, credential, key)
);
create index idempotency_key_age on idempotency_key (tenant_id, created_at);
select protect('idempotency_key', 'select, insert, update, delete');

grant usage, select on all sequences in schema kontorhaus to kontorhaus_app;
grant select, insert, update, delete on
    procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
    to kontorhaus_app;
