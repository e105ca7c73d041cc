-- Signing in: tries one by one, known devices, what a session was opened with, second factors.

-- The instants of the tries, oldest first, so that no stretch of time holds more than are allowed.
delete from login_window;
alter table login_window
    drop column window_start,
    drop column attempts,
    add column tries timestamptz[] not null;

-- client is the network address, agent the User-Agent; a session unused for hours is over.
alter table web_session
    add column client text not null default '',
    add column agent text not null default '',
    add column last_used_at timestamptz;
update web_session set last_used_at = created_at;
alter table web_session alter column last_used_at set not null;

-- Where a person signed in before. token_hash is HMAC-SHA256 of a browser's cookie, or of network
-- address and name of a program; who is known has tries of its own.
create table known_device (
    user_id uuid not null references app_user (id) on delete cascade,
    token_hash bytea not null,
    first_used_at timestamptz not null,
    last_used_at timestamptz not null,
    primary key (user_id, token_hash)
);
create index known_device_of_token on known_device (token_hash);
select expose('known_device', 'select, insert, update, delete');

-- The key of one-time codes (RFC 6238), sealed with the server's secret; asked for once it is
-- confirmed. last_step is the newest time step whose code was used: each code works once.
create table second_factor (
    user_id uuid primary key references app_user (id) on delete cascade,
    sealed_key bytea not null,
    last_step bigint not null,
    confirmed_at timestamptz
);
select expose('second_factor', 'select, insert, update, delete');

-- For a lost device; code_hash is HMAC-SHA256 of what was shown once.
create table recovery_code (
    user_id uuid not null references second_factor (user_id) on delete cascade,
    code_hash bytea not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
);
select expose('recovery_code', 'select, insert, update, delete');
