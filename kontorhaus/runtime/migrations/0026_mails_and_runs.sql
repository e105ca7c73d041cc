-- Mails of documents with what became of them, and runs that make many documents as one job.

alter table mail
    -- whom the mail names where it goes to somebody else: a copy
    add column addressee text,
    -- in whose name it is sent; null: the program's own
    add column sender_name text,
    add column message_id text,
    add column attachments jsonb not null default '[]',
    add column state text collate "C" not null default 'queued'
        check (state in ('queued', 'sending', 'sent', 'failed', 'bounced')),
    add column attempts integer not null default 0,
    -- what the mail server said last
    add column answer text,
    add column tried_at timestamptz;
alter table mail no force row level security;
update mail set state = 'sent' where sent_at is not null;
alter table mail force row level security;
grant update (state, attempts, answer, tried_at) on mail to kontorhaus_app;
create index mail_waiting on mail (tenant_id, id) where state = 'queued';

-- Which mail took which document along. The document may be a draft that is deleted later.
create table document_mail (
    tenant_id uuid not null,
    mail_id uuid not null,
    document_id uuid not null,
    is_copy boolean not null,
    primary key (tenant_id, mail_id),
    foreign key (tenant_id, mail_id) references mail (tenant_id, id)
);
create index document_mail_of_document on document_mail (tenant_id, document_id, mail_id);
select protect('document_mail', 'select, insert');

create table document_run (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    status text collate "C" not null default 'queued'
        check (status in ('queued', 'running', 'done', 'failed')),
    sha256 text collate "C" not null check (sha256 ~ '^[0-9a-f]{64}$'),
    total integer,
    processed integer not null default 0,
    made integer not null default 0,
    failed integer not null default 0,
    code text collate "C",
    message text,
    actor jsonb not null,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    primary key (tenant_id, id),
    check ((finished_at is null) = (status in ('queued', 'running')))
);
select protect('document_run', 'select, insert');
grant update (status, total, processed, made, failed, code, message, started_at, finished_at)
    on document_run to kontorhaus_app;

create table document_run_row (
    tenant_id uuid not null,
    run_id uuid not null,
    row_number integer not null check (row_number > 0),
    document_id uuid,
    public_id text collate "C",
    number text collate "C",
    -- whether its files are made, or it has none to be made
    is_filed boolean not null,
    code text collate "C",
    message text,
    details jsonb,
    primary key (tenant_id, run_id, row_number),
    foreign key (tenant_id, run_id) references document_run (tenant_id, id),
    check ((document_id is null) = (code is not null))
);
create index document_run_row_unfiled on document_run_row (tenant_id, run_id, row_number)
    where not is_filed;
select protect('document_run_row', 'select, insert');
grant update (is_filed) on document_run_row to kontorhaus_app;
