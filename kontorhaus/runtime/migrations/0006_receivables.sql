-- Outgoing invoices and credit notes as claims; what is open stands in their open item.

create table outgoing_invoice (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    party_id uuid not null,
    party_name text not null,
    document_id uuid,
    invoice_number text not null,
    invoice_date date not null,
    due_date date,
    type text collate "C" not null check (type in ('invoice', 'credit_note')),
    total_net bigint not null,
    total_tax bigint not null,
    total_gross bigint not null,
    currency text collate "C" not null,
    account text collate "C",
    intent_id uuid,
    notes text,
    lines jsonb not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, party_id, invoice_number),
    foreign key (tenant_id, party_id) references party (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    check (total_net + total_tax = total_gross)
);
create index outgoing_invoice_days on outgoing_invoice (tenant_id, invoice_date desc, id desc);
create unique index outgoing_invoice_intent on outgoing_invoice (tenant_id, intent_id)
    where intent_id is not null;
create unique index outgoing_invoice_document on outgoing_invoice (tenant_id, document_id)
    where document_id is not null;
select protect('outgoing_invoice', 'select, insert, update');

-- An open item that a user declared paid before the bank says so: the posting to money in transit.
create table declared_payment (
    tenant_id uuid not null references tenant (id),
    invoice_id uuid not null,
    intent_id uuid not null,
    paid_on date not null,
    primary key (tenant_id, invoice_id, intent_id),
    foreign key (tenant_id, invoice_id) references outgoing_invoice (tenant_id, id),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id)
);
select protect('declared_payment', 'select, insert, delete');
