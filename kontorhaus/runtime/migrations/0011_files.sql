-- What was uploaded: a row for each file of a tenant; the bytes lie in the blob store by their hash.

create table file (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    sha256 text collate "C" not null check (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint not null check (size > 0),
    media_type text collate "C" not null,
    original_name text not null check (original_name <> ''),
    retention_class text collate "C" not null
        check (retention_class in ('letter', 'voucher', 'book')),
    -- the last day on which the law wants it (§ 147 AO)
    retention_until date not null,
    actor jsonb not null,
    uploaded_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, sha256)
);
-- Nothing changes or deletes a file: only the end of its retention moves on.
select protect('file', 'select, insert');
grant update (retention_class, retention_until) on file to kontorhaus_app;

alter table intent add foreign key (tenant_id, document_id) references file (tenant_id, id);
