-- Taxation by receipts (§ 20 UStG): tax that waits for payment, and what payments release.

-- The methods that held before the present one, oldest first: [["soll", null], ["ist", "2026-01-01"]]
alter table tenant_settings add column vat_methods_before jsonb not null default '[]';

-- Whether the tax of the booking that opened the item waits for the payment of the item.
alter table open_item add column waits boolean not null default false;

-- Base and tax that a settlement released for an item; above zero for what is owed. The reversal of
-- the settlement has rows of its own with the opposite sign. The tax is an event of the booking,
-- too; the base is kept here alone. `month` is that of the booking's tax date.
create table tax_release (
    tenant_id uuid not null references tenant (id),
    intent_id uuid not null,
    item_id uuid not null,
    tax_code text collate "C" not null,
    month text collate "C" not null,
    net bigint not null,
    tax bigint not null,
    primary key (tenant_id, intent_id, item_id, tax_code),
    foreign key (tenant_id, intent_id) references intent (tenant_id, id),
    foreign key (tenant_id, item_id) references open_item (tenant_id, id),
    check (net <> 0 or tax <> 0)
);
create index tax_release_of_item on tax_release (tenant_id, item_id);
create index tax_release_of_month on tax_release (tenant_id, month);
select protect('tax_release', 'select, insert');
