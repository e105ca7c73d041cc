"""What the directory says of organizations, to whom it may say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kontorhaus.identity.model import TaxNumber
from kontorhaus.identity.organizations import rules
from kontorhaus.identity.organizations.model import Details, Organization, Paper
from kontorhaus.kernel.ids import OrganizationId, TenantId
from kontorhaus.runtime.work import Work

# The person's own organizations (of a key the one it belongs to) and those managed by them.
_SEEN = (
    "with mine as (select organization_id as id from membership where user_id = %(user)s"
    " and (not %(is_key)s or organization_id = (select organization_id from tenant"
    " where id = %(tenant)s))"
    # a managed organization's own key, made by somebody of the organization that manages it
    " union select organization_id from tenant where id = %(tenant)s and %(is_key)s),"
    " seen as (select id from mine union select managed.id from organization managed"
    " join mine on mine.id = managed.managed_by)"
    " select o.id, o.name, o.display_name, o.country_code, o.line1, o.line2, o.line3,"
    " o.tax_numbers, o.zip, o.town, o.state, o.contact_person_id, o.billing_address_id,"
    " o.billing_gln, o.withhold_billing, o.bill_to, o.metadata, o.time_zone, o.managed_by,"
    " o.created_by, role_in(o.id, %(user)s), (select jsonb_object_agg(t.environment, t.id)"
    " from tenant t where t.organization_id = o.id)"
    " from seen join organization o on o.id = seen.id"
    " where role_in(o.id, %(user)s) is not null"
)


def organizations(work: Work, *, organization_id: UUID | None = None) -> list[Organization]:
    """The organizations that the caller works in or manages, or the one of them that is named."""
    one = " and o.id = %(id)s" if organization_id else ""
    rows = work.connection.execute(
        (_SEEN + one + " order by o.id").encode(),
        {
            "user": work.actor.user_id,
            "is_key": work.actor.kind != "user",
            "tenant": work.tenant_id,
            "id": organization_id,
        },
    ).fetchall()
    return [_organization(row) for row in rows]


def lock_organization(work: Work, *, organization_id: UUID) -> None:
    work.connection.execute(
        "select id from organization where id = %(id)s for update", {"id": organization_id}
    )


def update_details(work: Work, *, organization_id: UUID, details: Details) -> None:
    """What the profile does not hold of an organization's details."""
    work.connection.execute(
        "update organization set zip = %(zip)s, town = %(town)s, state = %(state)s,"
        " contact_person_id = %(contact)s, billing_address_id = %(address)s,"
        " billing_gln = %(gln)s, withhold_billing = %(withhold)s, bill_to = %(bill_to)s,"
        " metadata = %(metadata)s where id = %(id)s",
        {
            "zip": details.zip,
            "town": details.town,
            "state": details.state,
            "contact": details.contact_person_id,
            "address": details.billing_address_id,
            "gln": details.billing_gln,
            "withhold": details.withhold_billing,
            "bill_to": details.bill_to,
            "metadata": Jsonb(dict(details.metadata)),
            "id": organization_id,
        },
    )


def update_origin(
    work: Work,
    *,
    organization_id: UUID,
    managed_by: UUID | None,
    created_by: UUID | None,
) -> None:
    work.connection.execute(
        "update organization set managed_by = %(manager)s, created_by = %(user)s where id = %(id)s",
        {"manager": managed_by, "user": created_by, "id": organization_id},
    )


def mark_deleted(work: Work, *, organization_id: UUID, now: datetime) -> None:
    """From the next look-up on nobody is let in; sessions end."""
    named = {"id": organization_id, "now": now}
    work.connection.execute("update organization set deleted_at = %(now)s where id = %(id)s", named)
    work.connection.execute(
        "delete from web_session where tenant_id in"
        " (select id from tenant where organization_id = %(id)s)",
        named,
    )


def manages_others(work: Work, *, organization_id: UUID) -> bool:
    row = work.connection.execute(
        "select 1 from organization where managed_by = %(id)s and deleted_at is null limit 1",
        {"id": organization_id},
    ).fetchone()
    return row is not None


def is_person_of(work: Work, *, user_id: UUID, organization_ids: list[OrganizationId]) -> bool:
    """Whether a person is a member of one of these organizations."""
    row = work.connection.execute(
        "select 1 from membership where user_id = %(user)s"
        " and organization_id = any(%(organizations)s) limit 1",
        {"user": user_id, "organizations": organization_ids},
    ).fetchone()
    return row is not None


def is_address_of(work: Work, *, address_id: UUID, organization_ids: list[OrganizationId]) -> bool:
    """Whether a billing address belongs to one of these organizations."""
    row = work.connection.execute(
        "select 1 from billing_address where id = %(address)s"
        " and organization_id = any(%(organizations)s) limit 1",
        {"address": address_id, "organizations": organization_ids},
    ).fetchone()
    return row is not None


def _organization(row: Sequence[Any]) -> Organization:
    numbers = tuple(TaxNumber(**number) for number in row[7])
    paper = Paper(row[1], row[2], row[3], (row[4], row[5], row[6]), numbers)
    kept = Details(
        row[1],
        zip=row[8],
        town=row[9],
        state=row[10],
        contact_person_id=row[11],
        billing_address_id=row[12],
        billing_gln=row[13],
        withhold_billing=row[14],
        bill_to=row[15],
        metadata=row[16],
    )
    return Organization(
        id=OrganizationId(row[0]),
        details=rules.told(paper, kept),
        tenants={name: TenantId(UUID(found)) for name, found in row[21].items()},
        time_zone=row[17],
        role=row[20],
        managed_by=row[18],
        created_by=row[19],
    )
