-- What follows from a document: its cancellation, and the documents that it was turned into.

alter table document
    add column parent_id uuid,
    add foreign key (tenant_id, parent_id) references document (tenant_id, id);
create index document_of_parent on document (tenant_id, parent_id, created_at)
    where parent_id is not null;

create or replace function keep_final_documents() returns trigger language plpgsql as $$
begin
    if old.finalized_at is null then
        return coalesce(new, old);
    end if;
    if tg_op = 'DELETE' or (
        row(new.number, new.type, new.document_date, new.content, new.totals, new.snapshot,
            new.finalized_at, new.finalized_date, new.revision, new.parent_id)
        is distinct from
        row(old.number, old.type, old.document_date, old.content, old.totals, old.snapshot,
            old.finalized_at, old.finalized_date, old.revision, old.parent_id)
    ) then
        raise exception 'a final document cannot be changed' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

-- The credit note that takes back an invoice as a whole names it.
alter table outgoing_invoice
    add column cancels_id uuid,
    add foreign key (tenant_id, cancels_id) references outgoing_invoice (tenant_id, id);
create unique index outgoing_invoice_cancelled on outgoing_invoice (tenant_id, cancels_id)
    where cancels_id is not null;

create table cancellation (
    tenant_id uuid not null references tenant (id),
    document_id uuid not null,
    number text collate "C" not null,
    cancelled_at timestamptz not null,
    cancelled_date date not null,
    reason text,
    -- the day on which the invoice was paid, as it was told when it was cancelled
    paid_date date,
    -- what its PDF and XML are made from
    snapshot jsonb not null,
    -- the credit note of the books; none where the booking had been reversed before
    invoice_id uuid,
    primary key (tenant_id, document_id),
    unique (tenant_id, number),
    foreign key (tenant_id, document_id) references document (tenant_id, id),
    foreign key (tenant_id, invoice_id) references outgoing_invoice (tenant_id, id)
);
create unique index cancellation_of_invoice on cancellation (tenant_id, invoice_id)
    where invoice_id is not null;
select protect('cancellation', 'select, insert');

alter table artefact drop constraint artefact_kind_check;
alter table artefact add constraint artefact_kind_check
    check (kind in ('pdf', 'xml', 'preview', 'cancellation-pdf', 'cancellation-xml'));

-- Which down payments a final invoice has taken off.
create table deduction (
    tenant_id uuid not null references tenant (id),
    final_id uuid not null,
    partial_id uuid not null,
    primary key (tenant_id, final_id, partial_id),
    foreign key (tenant_id, final_id) references document (tenant_id, id),
    foreign key (tenant_id, partial_id) references document (tenant_id, id)
);
create index deduction_of_partial on deduction (tenant_id, partial_id);
select protect('deduction', 'select, insert');

-- A final invoice may be paid before it is written: its claim is settled from the start.
alter table open_item drop constraint open_item_amount_check;
