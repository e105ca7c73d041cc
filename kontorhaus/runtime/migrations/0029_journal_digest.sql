-- For every 1,024 events of a journal a digest of their texts, which says where a search need not
-- look. It is written some time after them, so that posting does not wait for it.
create table journal_digest (
    tenant_id uuid not null references tenant (id),
    block integer not null check (block >= 0),
    bits bytea not null check (length(bits) = 1920),
    primary key (tenant_id, block)
);
alter table journal_digest alter column bits set storage plain;
select protect('journal_digest', 'select, insert');
