-- A tenant's own tax codes beside those of the tax cases; postings keep the code they were made with.

create table tax_code (
    tenant_id uuid not null references tenant (id),
    code text collate "C" not null check (code ~ '^[A-Za-z0-9-]{1,20}$'),
    label text not null,
    description text,
    rate numeric(5, 2) not null check (rate between 0 and 100),
    vat_account text collate "C",
    self_assess_account text collate "C",
    is_active boolean not null default true,
    created_at timestamptz not null,
    primary key (tenant_id, code),
    foreign key (tenant_id, vat_account) references account (tenant_id, number),
    foreign key (tenant_id, self_assess_account) references account (tenant_id, number)
);
-- codes compare without regard to case
create unique index tax_code_name on tax_code (tenant_id, upper(code));
select protect('tax_code', 'select, insert, update');
