-- A run made under four eyes keeps them, whatever the setting says when it is approved.

alter table payment_run add column needs_four_eyes boolean not null default false;
