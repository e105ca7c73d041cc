-- Sums of the events per account and fiscal year, so that a report reads one row an account.

-- The days on which fiscal years begin. Each event lies in the year of the last such day before
-- it; a year is begun by its first posting and never removed.
create table fiscal_year (
    tenant_id uuid not null references tenant (id),
    first_day date not null check (extract(day from first_day) = 1),
    primary key (tenant_id, first_day)
);
select protect('fiscal_year', 'select, insert');

-- `opening` is the net of all events before the year. Every account with a balance or a movement
-- has a row: a year begins with the balances of the one before.
create table account_year (
    tenant_id uuid not null,
    first_day date not null,
    account text collate "C" not null,
    kind text collate "C" not null,
    opening bigint not null,
    debit bigint not null,
    credit bigint not null,
    primary key (tenant_id, first_day, kind, account),
    foreign key (tenant_id, first_day) references fiscal_year (tenant_id, first_day),
    foreign key (tenant_id, account) references account (tenant_id, number)
) with (fillfactor = 80);
select protect('account_year', 'select, insert, update');

create index account_balance_of_period on account_balance (tenant_id, period, account);

-- Entries that are taxed on another day than their own are few.
create index intent_taxed_later on intent (tenant_id, tax_date) where tax_date <> booking_date;

-- Books that were kept before this step.
do $$
declare
    of_tenant uuid;
begin
    for of_tenant in select id from tenant order by id loop
        perform set_config('kontorhaus.tenant_id', of_tenant::text, true);
        insert into fiscal_year (tenant_id, first_day)
        select distinct of_tenant, (date_trunc('month', e.booking_date) - make_interval(months =>
            (extract(month from e.booking_date)::int - s.fiscal_year_start_month + 12) % 12))::date
        from event e join tenant_settings s on s.tenant_id = of_tenant
        where e.tenant_id = of_tenant;
        insert into account_year (tenant_id, first_day, account, kind, opening, debit, credit)
        select of_tenant, y.first_day, m.account, a.kind,
            coalesce(sum(m.debit - m.credit) filter (where m.day < y.first_day), 0),
            coalesce(sum(m.debit) filter (where m.day >= y.first_day), 0),
            coalesce(sum(m.credit) filter (where m.day >= y.first_day), 0)
        from (
            select account_debit as account, booking_date as day, amount as debit, 0 as credit
            from event where tenant_id = of_tenant
            union all
            select account_credit, booking_date, 0, amount from event where tenant_id = of_tenant
        ) m
        join account a on a.tenant_id = of_tenant and a.number = m.account
        join (
            select first_day, lead(first_day) over (order by first_day) as next_day
            from fiscal_year where tenant_id = of_tenant
        ) y on y.next_day is null or m.day < y.next_day
        group by y.first_day, m.account, a.kind;
    end loop;
    perform set_config('kontorhaus.tenant_id', '', true);
end
$$;
