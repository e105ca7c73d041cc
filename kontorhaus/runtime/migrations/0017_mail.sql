-- Mails that wait to be sent or were sent; those with secret links are never kept here.

create table mail (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    -- null: whoever runs the server
    recipient text,
    subject text not null,
    body text not null,
    reply_to text,
    created_at timestamptz not null,
    sent_at timestamptz,
    primary key (tenant_id, id)
);
select protect('mail', 'select, insert');
grant update (sent_at) on mail to kontorhaus_app;
