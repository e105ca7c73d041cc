-- Master data of billing: products, the letter paper of an organization, and its quota.

-- What is sold again and again; documents copy it, so it may go.
create table product (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    public_id text collate "C" not null,
    title text not null check (title <> ''),
    title2 text,
    net_price numeric(19, 6) check (net_price >= 0),
    vat_rate numeric(5, 2) check (vat_rate between 0 and 100),
    unit text,
    barcode text,
    notes text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, public_id)
);
create index product_newest on product (tenant_id, created_at desc, id desc);
select protect('product', 'select, insert, update, delete');

-- Pictures at the head of documents; kept for ever, since final documents name them.
create table logo (
    organization_id uuid not null references organization (id) on delete cascade,
    sha256 text collate "C" not null check (sha256 ~ '^[0-9a-f]{64}$'),
    format text collate "C" not null check (format in ('svg', 'png')),
    content bytea not null,
    created_at timestamptz not null,
    primary key (organization_id, sha256)
);
select expose('logo', 'select, insert');

-- How the documents of an organization look and read; without a row all is as it is by itself.
-- texts: type -> language -> introduction and notes; price_layouts: type -> net or gross.
create table stationery (
    organization_id uuid not null references organization (id) on delete cascade,
    theme text collate "C" not null check (theme in ('modern', 'classic')),
    accent text collate "C" not null check (accent ~ '^#[0-9a-f]{6}$'),
    tagline text not null,
    logo_sha256 text collate "C",
    texts jsonb not null,
    price_layouts jsonb not null,
    sender_name text not null,
    reply_to text not null,
    copy_to text not null,
    primary key (organization_id),
    foreign key (organization_id, logo_sha256) references logo (organization_id, sha256)
);
select expose('stationery', 'select, insert, update');

-- How many documents a month each tenant may make; null: as many as it likes.
alter table organization add column document_quota integer check (document_quota >= 0);
