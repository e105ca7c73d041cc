"""The tables of identity; those read before a tenant is known take a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from psycopg.types.json import Jsonb

from kontorhaus.identity.model import (
    ApiKey,
    Profile,
    TaxNumber,
    TenantRow,
    TenantSettings,
    User,
)
from kontorhaus.identity.principal import Principal
from kontorhaus.kernel.ids import ApiKeyId, OrganizationId, PartyId, UserId
from kontorhaus.runtime.clock import day_in
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812
from kontorhaus.runtime.work import Actor, Work

# --- organizations and tenants


def insert_organization(
    connection: Connection,
    *,
    organization_id: UUID,
    profile: Profile,
    document_quota: int | None,
    now: datetime,
) -> None:
    connection.execute(
        "insert into organization (id, name, name2, display_name, country_code, line1, line2,"
        " line3, ceo, legal_line1, legal_line2, email, phone, contact_line1, contact_line2, iban,"
        " bic, bank_name, payment_line1, payment_line2, tax_numbers, currency, vat_name,"
        " vat_rates, vat_default, small_trader, small_trader_text, time_zone, language,"
        " document_quota, created_at) values (%(id)s, %(name)s, %(name2)s, %(display_name)s,"
        " %(country_code)s,"
        " %(line1)s, %(line2)s, %(line3)s, %(ceo)s, %(legal_line1)s, %(legal_line2)s, %(email)s,"
        " %(phone)s, %(contact_line1)s, %(contact_line2)s, %(iban)s, %(bic)s, %(bank_name)s,"
        " %(payment_line1)s, %(payment_line2)s, %(tax_numbers)s, %(currency)s, %(vat_name)s,"
        " %(vat_rates)s, %(vat_default)s, %(small_trader)s, %(small_trader_text)s,"
        " %(time_zone)s, %(language)s, %(quota)s, %(now)s)",
        {
            **_profile_values(profile),
            "id": organization_id,
            "quota": document_quota,
            "now": now,
        },
    )


def update_profile(work: Work, *, profile: Profile) -> None:
    work.connection.execute(
        "update organization set name = %(name)s, name2 = %(name2)s,"
        " display_name = %(display_name)s, country_code = %(country_code)s, line1 = %(line1)s,"
        " line2 = %(line2)s, line3 = %(line3)s, ceo = %(ceo)s, legal_line1 = %(legal_line1)s,"
        " legal_line2 = %(legal_line2)s, email = %(email)s, phone = %(phone)s,"
        " contact_line1 = %(contact_line1)s, contact_line2 = %(contact_line2)s, iban = %(iban)s,"
        " bic = %(bic)s, bank_name = %(bank_name)s, payment_line1 = %(payment_line1)s,"
        " payment_line2 = %(payment_line2)s, tax_numbers = %(tax_numbers)s,"
        " currency = %(currency)s, vat_name = %(vat_name)s, vat_rates = %(vat_rates)s,"
        " vat_default = %(vat_default)s, small_trader = %(small_trader)s,"
        " small_trader_text = %(small_trader_text)s, time_zone = %(time_zone)s,"
        " language = %(language)s"
        " where id = (select organization_id from tenant where id = %(tenant)s)",
        {**_profile_values(profile), "tenant": work.tenant_id},
    )


def profile(work: Work, *, for_update: bool = False) -> Profile:
    query = (
        "select o.name, o.name2, o.display_name, o.country_code, o.line1, o.line2, o.line3,"
        " o.ceo, o.legal_line1, o.legal_line2, o.email, o.phone, o.contact_line1,"
        " o.contact_line2, o.iban, o.bic, o.bank_name, o.payment_line1, o.payment_line2,"
        " o.tax_numbers, o.currency, o.vat_name, o.vat_rates, o.vat_default, o.small_trader,"
        " o.small_trader_text, o.time_zone, o.language"
        " from organization o join tenant t on t.organization_id = o.id"
        " where t.id = %(tenant)s"
    )
    lock = " for update of o" if for_update else ""
    row = work.connection.execute((query + lock).encode(), {"tenant": work.tenant_id}).fetchone()
    assert row is not None, "a tenant has an organization"
    values = list(row)
    values[19] = tuple(TaxNumber(**number) for number in values[19])
    values[22] = tuple(values[22])
    return Profile(*values)


def _profile_values(profile: Profile) -> dict[str, Any]:
    values = asdict(profile)
    values["tax_numbers"] = Jsonb(list(values["tax_numbers"]))
    values["vat_rates"] = list(values["vat_rates"])
    return values


def insert_tenant(
    connection: Connection,
    *,
    tenant_id: UUID,
    organization_id: UUID,
    environment: str,
    now: datetime,
) -> None:
    connection.execute(
        "insert into tenant (id, organization_id, environment, created_at)"
        " values (%(id)s, %(organization)s, %(environment)s, %(now)s)",
        {"id": tenant_id, "organization": organization_id, "environment": environment, "now": now},
    )


def tenants(connection: Connection) -> list[TenantRow]:
    rows = connection.execute(
        "select t.id, o.id, coalesce(o.display_name, o.name), t.environment, o.time_zone"
        " from tenant t join organization o on o.id = t.organization_id"
        " order by o.created_at, o.id, t.environment"
    ).fetchall()
    return [TenantRow(*row) for row in rows]


def environment(work: Work) -> tuple[OrganizationId, str]:
    """The organization of the tenant at hand, and which of its environments this is."""
    row = work.connection.execute(
        "select organization_id, environment from tenant where id = %(tenant)s",
        {"tenant": work.tenant_id},
    ).fetchone()
    assert row is not None, "a caller's tenant exists"
    return OrganizationId(row[0]), row[1]


def document_quota(work: Work) -> int | None:
    """How many documents a month each tenant of the organization may make."""
    row = work.connection.execute(
        "select o.document_quota from organization o join tenant t on t.organization_id = o.id"
        " where t.id = %(tenant)s",
        {"tenant": work.tenant_id},
    ).fetchone()
    assert row is not None, "a tenant has an organization"
    return cast("int | None", row[0])


def update_document_quota(work: Work, *, quota: int | None) -> None:
    work.connection.execute(
        "update organization set document_quota = %(quota)s"
        " where id = (select organization_id from tenant where id = %(tenant)s)",
        {"quota": quota, "tenant": work.tenant_id},
    )


def founded_at(work: Work) -> datetime:
    """When the tenant at hand was made."""
    row = work.connection.execute(
        "select created_at from tenant where id = %(tenant)s", {"tenant": work.tenant_id}
    ).fetchone()
    assert row is not None, "a caller's tenant exists"
    return cast(datetime, row[0])


# --- settings


def insert_settings(work: Work, *, settings: TenantSettings) -> None:
    work.connection.execute(
        "insert into tenant_settings (tenant_id, chart, fiscal_year_start_month, vat_method,"
        " vat_method_from, datev_adviser_number, datev_client_number, sepa_version,"
        " payment_run_four_eyes, number_formats, payment_days, vat_methods_before,"
        " portal_link_days) values (%(tenant)s, %(chart)s,"
        " %(fiscal_year_start_month)s, %(vat_method)s, %(vat_method_from)s,"
        " %(datev_adviser_number)s, %(datev_client_number)s, %(sepa_version)s,"
        " %(payment_run_four_eyes)s, %(number_formats)s, %(payment_days)s,"
        " %(vat_methods_before)s, %(portal_link_days)s)",
        _settings_values(work, settings),
    )


def update_settings(work: Work, *, settings: TenantSettings) -> None:
    work.connection.execute(
        "update tenant_settings set chart = %(chart)s,"
        " fiscal_year_start_month = %(fiscal_year_start_month)s, vat_method = %(vat_method)s,"
        " vat_method_from = %(vat_method_from)s, datev_adviser_number = %(datev_adviser_number)s,"
        " datev_client_number = %(datev_client_number)s, sepa_version = %(sepa_version)s,"
        " payment_run_four_eyes = %(payment_run_four_eyes)s,"
        " number_formats = %(number_formats)s, payment_days = %(payment_days)s,"
        " vat_methods_before = %(vat_methods_before)s, portal_link_days = %(portal_link_days)s"
        " where tenant_id = %(tenant)s",
        _settings_values(work, settings),
    )


def settings(work: Work, *, for_update: bool = False) -> TenantSettings:
    query = (
        "select chart, fiscal_year_start_month, vat_method, vat_method_from,"
        " datev_adviser_number, datev_client_number, sepa_version, payment_run_four_eyes,"
        " number_formats, payment_days, portal_link_days, vat_methods_before from tenant_settings"
        " where tenant_id = %(tenant)s"
    )
    lock = " for update" if for_update else ""
    row = work.connection.execute((query + lock).encode(), {"tenant": work.tenant_id}).fetchone()
    assert row is not None, "a tenant is made with its settings"
    return replace(TenantSettings(*row[:-1]), vat_methods_before=_methods(row[-1]))


def _methods(rows: Sequence[tuple[str, str | None]]) -> tuple[tuple[str, date | None], ...]:
    return tuple((method, date.fromisoformat(day) if day else None) for method, day in rows)


def _settings_values(work: Work, settings: TenantSettings) -> dict[str, Any]:
    return {**_plain(settings), "tenant": work.tenant_id}


def _plain(settings: TenantSettings) -> dict[str, Any]:
    values = asdict(settings)
    values["number_formats"] = Jsonb(values["number_formats"])
    values["vat_methods_before"] = Jsonb(
        [(method, day and day.isoformat()) for method, day in settings.vat_methods_before]
    )
    return values


# --- people


def insert_user(work: Work, *, user: User, password_hash: str | None) -> UserId:
    """The id of the person with this address, who may have been known before."""
    row = work.connection.execute(
        "insert into app_user (id, email, password_hash, first_name, last_name, created_at)"
        " values (%(id)s, %(email)s, %(hash)s, %(first)s, %(last)s, %(now)s)"
        # an update of nothing returns the row that somebody else made a moment ago
        " on conflict (email) do update set email = excluded.email returning id",
        {
            "id": user.id,
            "email": user.email,
            "hash": password_hash,
            "first": user.first_name,
            "last": user.last_name,
            "now": work.now,
        },
    ).fetchone()
    assert row is not None, "the person was there or was made"
    return UserId(row[0])


def insert_membership(
    work: Work, *, organization_id: OrganizationId, user_id: UserId, role: str
) -> bool:
    """False if the person is a member already."""
    return (
        work.connection.execute(
            "insert into membership (organization_id, user_id, role, created_at)"
            " values (%(organization)s, %(user)s, %(role)s, %(now)s) on conflict do nothing",
            {"organization": organization_id, "user": user_id, "role": role, "now": work.now},
        ).rowcount
        == 1
    )


def users(work: Work) -> list[User]:
    rows = work.connection.execute(
        "select u.id, u.email, u.first_name, u.last_name, m.role from app_user u"
        " join membership m on m.user_id = u.id join tenant t"
        " on t.organization_id = m.organization_id where t.id = %(tenant)s order by u.email",
        {"tenant": work.tenant_id},
    ).fetchall()
    return [User(*row) for row in rows]


# --- keys


def insert_key(work: Work, *, key: ApiKey, token_hash: bytes) -> bool:
    """False if the name is taken on this surface."""
    return (
        work.connection.execute(
            "insert into api_key (id, tenant_id, surface, name, prefix, public_id, token_hash,"
            " scopes, is_enabled, party_id, created_by, created_at) values (%(id)s, %(tenant)s,"
            " %(surface)s, %(name)s, %(prefix)s, %(public)s, %(hash)s, %(scopes)s, %(enabled)s,"
            " %(party)s, %(user)s, %(now)s)"
            " on conflict (tenant_id, surface, party_id, name) do nothing",
            {
                "id": key.id,
                "tenant": work.tenant_id,
                "surface": key.surface,
                "name": key.name,
                "prefix": key.prefix,
                "public": key.public_id,
                "hash": token_hash,
                "scopes": sorted(key.scopes),
                "enabled": key.is_enabled,
                "party": key.party_id,
                "user": key.created_by,
                "now": key.created_at,
            },
        ).rowcount
        == 1
    )


def end_key_at(work: Work, *, key_id: ApiKeyId, expires_at: datetime) -> None:
    work.connection.execute(
        "update api_key set expires_at = %(expires)s where tenant_id = %(tenant)s and id = %(id)s",
        {"expires": expires_at, "tenant": work.tenant_id, "id": key_id},
    )


def keys(work: Work) -> list[ApiKey]:
    rows = work.connection.execute(
        "select id, surface, name, prefix, public_id, scopes, is_enabled, party_id, created_by,"
        " created_at, last_used_date, expires_at from api_key where tenant_id = %(tenant)s"
        " order by id",
        {"tenant": work.tenant_id},
    ).fetchall()
    return [_key(list(row)) for row in rows]


def _key(values: list[Any]) -> ApiKey:
    values[5] = frozenset(values[5])
    return ApiKey(*values)


def key_principal(
    connection: Connection,
    *,
    surface: str,
    now: datetime,
    token_hash: bytes | None = None,
    key_id: UUID | None = None,
) -> tuple[Principal, str | None] | None:
    """Who a key stands for, with the scopes that were asked for it, and its public id.

    Named by token or id, it must be enabled and not have run out, and the person who made it still
    work in the organization. Notes the day of use once a day.
    """
    named = "k.id = %(id)s" if token_hash is None else "k.token_hash = %(hash)s"
    query = (
        "select o.id, t.id, t.environment, coalesce(o.display_name, o.name), o.time_zone,"
        " k.scopes, role_in(o.id, k.created_by), k.id, k.created_by, k.name, k.prefix, k.surface,"
        " k.party_id, k.public_id, k.last_used_date from api_key k"
        " join tenant t on t.id = k.tenant_id join organization o on o.id = t.organization_id"
        " where k.surface = %(surface)s and k.is_enabled"
        " and (k.expires_at is null or k.expires_at > %(now)s) and "
    )
    row = connection.execute(
        (query + named).encode(),
        {"hash": token_hash, "id": key_id, "surface": surface, "now": now},
    ).fetchone()
    if row is None or row[6] is None:
        return None
    today = day_in(now, "UTC")
    if row[14] is None or row[14] < today:
        connection.execute(
            "update api_key set last_used_date = %(today)s where id = %(id)s",
            {"today": today, "id": row[7]},
        )
    actor = Actor("api_key", row[7], row[8], row[9], row[10], row[11], "api")
    party_id = None if row[12] is None else PartyId(row[12])
    return (
        Principal(
            row[0], row[1], row[2], row[3], row[4], frozenset(row[5]), row[6], actor, party_id
        ),
        row[13],
    )
