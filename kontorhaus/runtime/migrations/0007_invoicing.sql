-- Documents of five types, and the files that were made of them when they became final.

create table document (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    public_id text collate "C" not null,
    type text collate "C" not null check (
        type in ('invoice', 'estimate', 'delivery-note', 'purchase-order', 'order-confirmation')
    ),
    number text collate "C",
    document_date date not null,
    contact_id text collate "C",
    content jsonb not null,
    totals jsonb not null,
    currency text collate "C" not null,
    revision integer not null default 1,
    -- what PDF and XML are made from, frozen when the document becomes final
    snapshot jsonb,
    finalized_at timestamptz,
    finalized_date date,
    sent_date date,
    sent_notes text,
    paid_date date,
    paid_notes text,
    custom_date date,
    custom_name text,
    custom_notes text,
    invoice_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, public_id),
    unique (tenant_id, type, number),
    foreign key (tenant_id, invoice_id) references outgoing_invoice (tenant_id, id),
    check ((snapshot is null) = (finalized_at is null)),
    check (finalized_at is null or number is not null)
);
create index document_newest on document (tenant_id, created_at desc, id desc);
create index document_days on document (tenant_id, document_date desc, id desc);
create unique index document_of_invoice on document (tenant_id, invoice_id)
    where invoice_id is not null;
create index document_of_contact on document (tenant_id, contact_id) where contact_id is not null;
select protect('document', 'select, insert, update, delete');

-- Once final, a document keeps what it says (§ 146 (4) AO); its marks may still move.
create function keep_final_documents() returns trigger language plpgsql as $$
begin
    if old.finalized_at is null then
        return coalesce(new, old);
    end if;
    if tg_op = 'DELETE' or (
        row(new.number, new.type, new.document_date, new.content, new.totals, new.snapshot,
            new.finalized_at, new.finalized_date, new.revision)
        is distinct from
        row(old.number, old.type, old.document_date, old.content, old.totals, old.snapshot,
            old.finalized_at, old.finalized_date, old.revision)
    ) then
        raise exception 'a final document cannot be changed' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger keep_final_documents before update or delete on document
    for each row execute function keep_final_documents();

create table artefact (
    tenant_id uuid not null,
    document_id uuid not null,
    kind text collate "C" not null check (kind in ('pdf', 'xml', 'preview')),
    sha256 text collate "C" not null check (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint not null check (size > 0),
    created_at timestamptz not null,
    primary key (tenant_id, document_id, kind),
    foreign key (tenant_id, document_id) references document (tenant_id, id)
);
select protect('artefact', 'select, insert');
