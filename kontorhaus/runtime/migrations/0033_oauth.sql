-- Third-party apps (OAuth 2): who they are, what people granted them, and the tokens for it.
-- Directory tables: they are read before a tenant is known. Whatever opens something is stored as
-- its HMAC-SHA256 only.

-- An app, registered by a person for one tenant, on whose own behalf it acts by client credentials.
-- secret_hash is null for an app that cannot keep a secret (public, native). known_network is the
-- digest of the network from which the right secret came last.
create table oauth_app (
    id uuid primary key,
    tenant_id uuid not null references tenant (id) on delete cascade,
    client_id text collate "C" not null unique,
    kind text collate "C" not null check (kind in ('confidential', 'public', 'native')),
    name text not null check (name <> ''),
    redirect_uris text[] not null,
    scopes text[] not null check (cardinality(scopes) > 0),
    secret_hash bytea,
    known_network bytea,
    created_by uuid not null references app_user (id),
    created_at timestamptz not null,
    check ((kind = 'confidential') = (secret_hash is not null))
);
create index oauth_app_of_tenant on oauth_app (tenant_id, id);
create index oauth_app_of_user on oauth_app (created_by);
select expose('oauth_app', 'select, insert, update, delete');

-- One permission: this app may act for this person in this tenant. Its code is exchanged once, and
-- all tokens that descend from it are one family, which ends with it. An app's permission for
-- itself (client credentials) has no code.
create table oauth_grant (
    id uuid primary key,
    app_id uuid not null references oauth_app (id) on delete cascade,
    user_id uuid not null references app_user (id) on delete cascade,
    tenant_id uuid not null references tenant (id) on delete cascade,
    scopes text[] not null check (cardinality(scopes) > 0),
    created_at timestamptz not null,
    last_used_at timestamptz,
    ended_at timestamptz,
    code_hash bytea unique,
    code_challenge text collate "C",
    redirect_uri text collate "C",
    code_used_at timestamptz,
    check (num_nulls(code_hash, code_challenge, redirect_uri) in (0, 3))
);
create unique index oauth_grant_of_itself on oauth_grant (app_id) where code_hash is null;
create index oauth_grant_of_app on oauth_grant (app_id);
create index oauth_grant_of_tenant on oauth_grant (tenant_id, app_id, user_id);
create index oauth_grant_of_user on oauth_grant (user_id);
select expose('oauth_grant', 'select, insert, update, delete');

-- ended_at: an access token was revoked; a refresh token was exchanged for the next one.
create table oauth_token (
    id uuid primary key,
    grant_id uuid not null references oauth_grant (id) on delete cascade,
    kind text collate "C" not null check (kind in ('access', 'refresh')),
    token_hash bytea not null unique,
    scopes text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index oauth_token_of_grant on oauth_token (grant_id);
create index oauth_token_expiry on oauth_token (expires_at);
select expose('oauth_token', 'select, insert, update, delete');
