-- The bookings of some days beside their events, for exports of whole months.

create index intent_days on intent (tenant_id, booking_date, id);
