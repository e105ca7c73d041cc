"""Founding organizations, adding people, handing out and checking keys, changing settings."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import available_timezones

from kontorhaus.identity import passwords, rules, store
from kontorhaus.identity.model import (
    ENVIRONMENTS,
    ApiKey,
    Founded,
    IssuedKey,
    Profile,
    TenantSettings,
    User,
)
from kontorhaus.identity.principal import Principal
from kontorhaus.kernel.errors import Conflict, Invalid
from kontorhaus.kernel.ids import ApiKeyId, OrganizationId, PartyId, TenantId, UserId
from kontorhaus.runtime import changes
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret, random_token
from kontorhaus.runtime.work import SYSTEM, Actor, Caller, Work, within

_KEY_PURPOSE = "api_key"
_PREFIX_LENGTH = 12

Value = TypeVar("Value", Profile, TenantSettings)


def create_organization(
    connection: Connection,
    *,
    profile: Profile,
    settings: TenantSettings | None = None,
    document_quota: int | None = None,
    environments: Sequence[str] = ENVIRONMENTS,
    actor: Actor = SYSTEM,
    now: datetime,
) -> Founded:
    """Found an organization with a tenant for each environment; their books are not opened yet.

    The transaction is the caller's, and stands in the last of the tenants afterwards.
    `document_quota` is documents a month, None without limit.
    """
    _check(profile)
    starting = settings or TenantSettings()
    rules.check_settings(starting)
    organization_id = OrganizationId(uuid7())
    tenants = {environment: TenantId(uuid7()) for environment in environments}
    store.insert_organization(
        connection,
        organization_id=organization_id,
        profile=profile,
        document_quota=document_quota,
        now=now,
    )
    for environment, tenant_id in tenants.items():
        store.insert_tenant(
            connection,
            tenant_id=tenant_id,
            organization_id=organization_id,
            environment=environment,
            now=now,
        )
        work = within(connection, Caller(tenant_id, actor, profile.time_zone), now)
        store.insert_settings(work, settings=starting)
        work.record(
            "identity.organization_created",
            subject="organization",
            subject_id=organization_id,
            details={"name": profile.name},
        )
    return Founded(organization_id, tenants)


def create_user(
    work: Work,
    *,
    email: str,
    role: str,
    first_name: str = "",
    last_name: str = "",
    password: str | None = None,
) -> UserId:
    """Make a person a member of the caller's organization; known addresses keep their password.

    Conflict("already_member") for somebody who is one.
    """
    rules.check_role(role)
    if password is not None:
        rules.check_password(password)
    address = rules.email(email)
    new = User(UserId(work.new_id()), address, first_name, last_name, role)
    password_hash = None if password is None else passwords.hashed(password)
    user_id = store.insert_user(work, user=new, password_hash=password_hash)
    organization_id, _ = store.environment(work)
    if not store.insert_membership(
        work, organization_id=organization_id, user_id=user_id, role=role
    ):
        raise Conflict("already_member", f"{address} is a member already.", email=address)
    work.record(
        "identity.user_added",
        subject="user",
        subject_id=user_id,
        details={"email": address, "role": role},
    )
    return user_id


def create_api_key(
    work: Work,
    *,
    secret: Secret,
    surface: str,
    name: str,
    scopes: Iterable[str] = (rules.ADMIN,),
    created_by: UserId,
    party_id: PartyId | None = None,
) -> IssuedKey:
    """A new key of the caller's tenant with its token, which is not shown again.

    A management key has two halves (`public_id` and token); a portal token belongs to one
    customer (`party_id`). Conflict("key_name_taken") if the surface has a key of that name.
    """
    wanted = frozenset(scopes)
    rules.check_scopes(wanted)
    _, environment = store.environment(work)
    token = rules.token_prefix(surface, environment) + random_token()
    key = ApiKey(
        id=ApiKeyId(work.new_id()),
        surface=surface,
        name=name,
        prefix=token[:_PREFIX_LENGTH],
        public_id=f"khi_{random_token()[:24]}" if surface == "management" else None,
        scopes=wanted,
        is_enabled=True,
        party_id=party_id,
        created_by=created_by,
        created_at=work.now,
        last_used_date=None,
    )
    if not store.insert_key(work, key=key, token_hash=secret.digest(token, purpose=_KEY_PURPOSE)):
        raise Conflict("key_name_taken", f"There is a key named {name} already.", name=name)
    work.record(
        "identity.key_created",
        subject="api_key",
        subject_id=key.id,
        details={
            "name": name,
            "surface": surface,
            "prefix": key.prefix,
            "scopes": ", ".join(sorted(wanted)),
        },
    )
    return IssuedKey(key, token)


def ending(work: Work, *, issued: IssuedKey, expires_at: datetime | None) -> IssuedKey:
    """A new key that ends at an instant; with None it goes on as it is."""
    if expires_at is None:
        return issued
    store.end_key_at(work, key_id=issued.key.id, expires_at=expires_at)
    return replace(issued, key=replace(issued.key, expires_at=expires_at))


def authenticate(
    database: Database, *, secret: Secret, surface: str, token: str
) -> Principal | None:
    """Who the token of a key stands for on a surface; None for every other text."""
    found = _find(database, secret, surface, token)
    return found[0] if found else None


def authenticate_pair(
    database: Database, *, secret: Secret, public_id: str, token: str
) -> Principal | None:
    """Who a management key stands for; both halves must fit."""
    found = _find(database, secret, "management", token)
    if found and hmac.compare_digest((found[1] or "").encode(), public_id.encode()):
        return found[0]
    return None


def principal_of_key(database: Database, *, surface: str, key_id: ApiKeyId) -> Principal | None:
    """Who a key stands for now that proved itself before; None once it lets nobody in."""
    with database.connection() as connection:
        found = store.key_principal(
            connection, surface=surface, now=database.clock.now(), key_id=key_id
        )
    return _granted(found[0]) if found else None


def change_profile(work: Work, *, changes: Mapping[str, Any]) -> Profile:
    """Change the named fields of the organization's profile; documents keep what they froze."""
    before = store.profile(work, for_update=True)
    after = _changed(before, changes)
    _check(after)
    store.update_profile(work, profile=after)
    organization_id, _ = store.environment(work)
    _record_change(work, "identity.profile_changed", organization_id, before, after)
    return after


def change_settings(work: Work, *, changes: Mapping[str, Any]) -> TenantSettings:
    """Change the named settings of the caller's tenant.

    Whether chart and fiscal year may still change is the ledger's to say: ask it first.
    """
    before = store.settings(work, for_update=True)
    after = rules.with_earlier_method(before, _changed(before, changes))
    rules.check_settings(after)
    store.update_settings(work, settings=after)
    _record_change(work, "identity.settings_changed", work.tenant_id, before, after)
    return after


def change_document_quota(work: Work, *, quota: int | None) -> None:
    """How many documents a month each tenant of the organization may make; for the operator."""
    before = store.document_quota(work)
    store.update_document_quota(work, quota=quota)
    organization_id, _ = store.environment(work)
    work.record(
        "identity.quota_changed",
        subject="organization",
        subject_id=organization_id,
        details={"documents": [before, quota]},
    )


def _find(
    database: Database, secret: Secret, surface: str, token: str
) -> tuple[Principal, str | None] | None:
    digest = secret.digest(token, purpose=_KEY_PURPOSE)
    with database.connection() as connection:
        found = store.key_principal(
            connection, surface=surface, now=database.clock.now(), token_hash=digest
        )
    return (_granted(found[0]), found[1]) if found else None


def _granted(principal: Principal) -> Principal:
    return replace(principal, scopes=rules.granted(principal.role, principal.scopes))


def _check(profile: Profile) -> None:
    rules.check_profile(profile)
    if profile.time_zone not in available_timezones():
        raise Invalid("profile", f"There is no time zone {profile.time_zone}.", field="time_zone")


def _changed(before: Value, changes: Mapping[str, Any]) -> Value:
    return replace(before, **changes)


def _record_change(
    work: Work,
    action: str,
    subject_id: UUID,
    before: Value,
    after: Value,
) -> None:
    details = changes.between(before, after)
    work.record(action, subject="organization", subject_id=subject_id, details=details)
