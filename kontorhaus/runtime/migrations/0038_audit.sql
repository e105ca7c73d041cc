-- The audit trail by time, by what was done and by the request that did it.

create index audit_by_time on audit (tenant_id, at, id);
create index audit_by_action on audit (tenant_id, action, at, id);
create index audit_by_request on audit (tenant_id, request_id) where request_id is not null;
