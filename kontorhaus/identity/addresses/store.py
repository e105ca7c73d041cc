"""The table of billing addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kontorhaus.identity.addresses.model import AddressDetails, BillingAddress
from kontorhaus.kernel.ids import OrganizationId
from kontorhaus.runtime.work import Work

_SELECT = (
    "select a.id, a.recipient, a.address_line1, a.zip, a.town, a.country_code, a.organization_id,"
    " a.vat_id, a.recipient_additions, a.billing_contact_id, a.address_line2, a.state, a.metadata,"
    " (select array_agg(t.environment order by t.environment desc) from tenant t"
    " where t.organization_id = a.organization_id) from billing_address a"
    " where a.organization_id = any(%(organizations)s)"
)


def addresses(work: Work, *, organization_ids: list[OrganizationId]) -> list[BillingAddress]:
    rows = work.connection.execute(
        f"{_SELECT} order by a.created_at, a.id".encode(), {"organizations": organization_ids}
    ).fetchall()
    return [_address(row) for row in rows]


def address(
    work: Work, *, organization_ids: list[OrganizationId], address_id: UUID
) -> BillingAddress | None:
    row = work.connection.execute(
        f"{_SELECT} and a.id = %(id)s".encode(),
        {"organizations": organization_ids, "id": address_id},
    ).fetchone()
    return _address(row) if row else None


def insert_address(work: Work, *, address_id: UUID, details: AddressDetails) -> None:
    work.connection.execute(
        "insert into billing_address (id, recipient, address_line1, zip, town, country_code,"
        " organization_id, vat_id, recipient_additions, billing_contact_id, address_line2, state,"
        " metadata, created_at) values (%(id)s, %(recipient)s, %(line1)s, %(zip)s, %(town)s,"
        " %(country)s, %(organization)s, %(vat_id)s, %(additions)s, %(contact)s, %(line2)s,"
        " %(state)s, %(metadata)s, %(now)s)",
        {**_values(details), "id": address_id, "now": work.now},
    )


def update_address(work: Work, *, address_id: UUID, details: AddressDetails) -> None:
    work.connection.execute(
        "update billing_address set recipient = %(recipient)s, address_line1 = %(line1)s,"
        " zip = %(zip)s, town = %(town)s, country_code = %(country)s,"
        " organization_id = %(organization)s, vat_id = %(vat_id)s,"
        " recipient_additions = %(additions)s, billing_contact_id = %(contact)s,"
        " address_line2 = %(line2)s, state = %(state)s, metadata = %(metadata)s where id = %(id)s",
        {**_values(details), "id": address_id},
    )


def delete_address(work: Work, *, address_id: UUID) -> None:
    """Organizations that named it name none any more."""
    work.connection.execute("delete from billing_address where id = %(id)s", {"id": address_id})


def _values(details: AddressDetails) -> dict[str, Any]:
    return {
        "recipient": details.recipient,
        "line1": details.address_line1,
        "zip": details.zip,
        "town": details.town,
        "country": details.country_code,
        "organization": details.organization_id,
        "vat_id": details.vat_id,
        "additions": details.recipient_additions,
        "contact": details.billing_contact_id,
        "line2": details.address_line2,
        "state": details.state,
        "metadata": Jsonb(dict(details.metadata)),
    }


def _address(row: Sequence[Any]) -> BillingAddress:
    return BillingAddress(row[0], AddressDetails(*row[1:13]), tuple(row[13]))
