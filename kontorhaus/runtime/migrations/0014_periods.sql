-- Locking periods by four eyes: requests, what became of them, and the closings with their chain.

-- Somebody asks for a period to be locked for good. user_ids: who was a member at that time.
create table lock_request (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    period text collate "C" not null,
    requested_by_user uuid not null,
    requested_by text not null,
    user_ids uuid[] not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, period) references period (tenant_id, period)
);
create index lock_request_of_period on lock_request (tenant_id, period, id);
select protect('lock_request', 'select, insert');

-- The one outcome of a request; a request without one is pending until it expires.
create table lock_decision (
    tenant_id uuid not null references tenant (id),
    request_id uuid not null,
    outcome text collate "C" not null check (outcome in ('approved', 'cancelled')),
    decided_by_user uuid,
    decided_by text not null,
    decided_at timestamptz not null,
    primary key (tenant_id, request_id),
    foreign key (tenant_id, request_id) references lock_request (tenant_id, id)
);
select protect('lock_decision', 'select, insert');

-- What a locked period held, sealed by a hash that includes the closing before it in time.
-- total is in cents; head_number and head_hash are the end of the journal's chain at that moment.
create table closing (
    tenant_id uuid not null references tenant (id),
    closing_number bigint not null check (closing_number > 0),
    version integer not null,
    period text collate "C" not null,
    request_id uuid not null,
    booking_count bigint not null,
    event_count bigint not null,
    total bigint not null,
    first_number bigint,
    last_number bigint,
    events_hash bytea not null check (length(events_hash) = 32),
    head_number bigint not null,
    head_hash bytea not null check (length(head_hash) = 32),
    requested_by_user uuid not null,
    requested_by text not null,
    approved_by_user uuid not null,
    approved_by text not null,
    self_approved boolean not null,
    locked_at timestamptz not null,
    prev_hash bytea not null check (length(prev_hash) = 32),
    hash bytea not null check (length(hash) = 32),
    primary key (tenant_id, closing_number),
    unique (tenant_id, period),
    foreign key (tenant_id, period) references period (tenant_id, period),
    foreign key (tenant_id, request_id) references lock_request (tenant_id, id),
    check (self_approved = (requested_by_user = approved_by_user)),
    check ((event_count = 0) = (first_number is null)),
    check ((event_count = 0) = (last_number is null))
);
select protect('closing', 'select, insert');
