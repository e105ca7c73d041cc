-- Reports and lists that read a few days find in the index all that they sum and show.
create index event_day_sums on event (tenant_id, booking_date, journal_number)
    include (account_debit, account_credit, amount);
drop index event_days;
alter index event_day_sums rename to event_days;

-- An index answers alone only for pages that are marked as visible to all: mark them soon.
alter table event set
    (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_insert_threshold = 10000);
