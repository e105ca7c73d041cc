"""The table of parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from kontorhaus.contacts import rules
from kontorhaus.contacts.model import Party, PartyDetails, Role
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import PartyId
from kontorhaus.runtime.work import Work

_DETAILS = tuple(item.name for item in fields(PartyDetails))
_ACCOUNTS = ("customer_account", "vendor_account")
_ACTIVE = ("customer_is_active", "vendor_is_active")
_STATE = ("is_listed", *_ACTIVE, "created_at", "updated_at")
_COLUMNS = ", ".join(("id", "public_id", *_DETAILS, *_ACCOUNTS, *_STATE))


def insert(work: Work, *, party: Party) -> None:
    """A new row; Conflict("client_number") if another contact has that number."""
    values = ", ".join(f"%({name})s" for name in _COLUMNS.split(", "))
    _write(
        work,
        f"insert into party (tenant_id, name_key, {_COLUMNS})"
        f" values (%(tenant)s, %(name_key)s, {values})",
        party,
    )


def update(work: Work, *, party: Party) -> None:
    """The row as it is now; Conflict("client_number") if another contact has that number."""
    changed = ("name_key", *_DETAILS, *_ACCOUNTS, *_ACTIVE, "is_listed", "updated_at")
    values = ", ".join(f"{name} = %({name})s" for name in changed)
    _write(
        work,
        f"update party set {values} where tenant_id = %(tenant)s and id = %(id)s",
        party,
    )


def ibans(work: Work) -> list[tuple[str, tuple[str | None, str | None]]]:
    """IBANs of parties with their customer and vendor account."""
    rows = work.connection.execute(
        "select iban, customer_account, vendor_account from party"
        " where tenant_id = %(tenant)s and iban is not null order by iban, id",
        {"tenant": work.tenant_id},
    )
    return [(row[0], (row[1], row[2])) for row in rows]


def by_public_id(work: Work, *, public_id: str, lock: bool = False) -> Party | None:
    """A contact as a user names it; parties that are not listed are not found."""
    return _one(
        work, "public_id = %(public_id)s and is_listed" + _locked(lock), {"public_id": public_id}
    )


def by_public_ids(work: Work, *, public_ids: Sequence[str]) -> list[Party]:
    """The contacts with these ids that there are, in no order."""
    rows = work.connection.execute(
        f"select {_COLUMNS} from party where tenant_id = %(tenant)s and is_listed"
        " and public_id = any(%(ids)s)",
        {"tenant": work.tenant_id, "ids": list(public_ids)},
    )
    return [_party(row) for row in rows]


def by_id(work: Work, *, party_id: PartyId, lock: bool = False) -> Party | None:
    """A party, listed or not."""
    return _one(work, "id = %(id)s" + _locked(lock), {"id": party_id})


def by_client_number(work: Work, *, client_number: str) -> Party | None:
    """The contact that has this number."""
    return _one(work, "client_number = %(number)s and is_listed", {"number": client_number})


def unlisted_like(work: Work, *, details: PartyDetails) -> Party | None:
    """A party that an earlier invoice brought into the books with this very name and address."""
    same = ("name", "name2", "address1", "address2", "address3", "country_code", "vat_id", "tax_id")
    condition = " and ".join(f"{name} is not distinct from %({name})s" for name in same)
    return _one(
        work,
        "name_key = %(name_key)s and not is_listed and customer_account is not null"
        f" and {condition} order by id limit 1",
        {
            "name_key": rules.name_key(details.name),
            **{name: getattr(details, name) for name in same},
        },
    )


def listed(work: Work, *, limit: int, skip: int) -> tuple[list[Party], int]:
    """A page of the contacts, newest first, and how many there are."""
    rows = work.connection.execute(
        f"select {_COLUMNS} from party where tenant_id = %(tenant)s and is_listed"
        " order by created_at desc, id desc limit %(limit)s offset %(skip)s",
        {"tenant": work.tenant_id, "limit": limit, "skip": skip},
    ).fetchall()
    counted = work.connection.execute(
        "select count(id) from party where tenant_id = %(tenant)s and is_listed",
        {"tenant": work.tenant_id},
    ).fetchone()
    return [_party(row) for row in rows], counted[0] if counted else 0


def hold(work: Work) -> None:
    """Keep other callers from giving names and numbers to parties until the transaction ends."""
    work.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('party:' || %(tenant)s::text, 0))",
        {"tenant": work.tenant_id},
    )


def alike(work: Work, *, details: PartyDetails) -> list[Party]:
    """The parties that share the name, the VAT id or the tax number, oldest first."""
    rows = work.connection.execute(
        f"select {_COLUMNS} from party where tenant_id = %(tenant)s and (name_key = %(name)s"
        " or regexp_replace(upper(vat_id), '[^0-9A-Z]', '', 'g') = %(vat)s"
        " or regexp_replace(upper(tax_id), '[^0-9A-Z]', '', 'g') = %(tax)s)"
        " order by created_at, id",
        {
            "tenant": work.tenant_id,
            "name": rules.name_key(details.name),
            "vat": rules.number_key(details.vat_id),
            "tax": rules.number_key(details.tax_id),
        },
    ).fetchall()
    return [_party(row) for row in rows]


def in_role(
    work: Work, *, role: Role, search: str | None, is_active: bool | None, limit: int, offset: int
) -> tuple[list[Party], int]:
    """A page of the parties that have a role, newest first, and how many match."""
    condition = (
        f" from party where tenant_id = %(tenant)s and {role}_account is not null"
        " and (%(search)s::text is null or strpos(lower(name), lower(%(search)s)) > 0"
        " or strpos(lower(coalesce(vat_id, '')), lower(%(search)s)) > 0)"
        f" and (%(active)s::boolean is null or {role}_is_active = %(active)s)"
    )
    values = {
        "tenant": work.tenant_id,
        "search": search,
        "active": is_active,
        "limit": limit,
        "offset": offset,
    }
    rows = work.connection.execute(
        f"select {_COLUMNS}{condition}"
        " order by created_at desc, id desc limit %(limit)s offset %(offset)s",
        values,
    ).fetchall()
    counted = work.connection.execute(f"select count(id){condition}", values).fetchone()
    return [_party(row) for row in rows], counted[0] if counted else 0


def _locked(lock: bool) -> str:
    return " for update" if lock else ""


def _one(work: Work, condition: str, values: dict[str, Any]) -> Party | None:
    row = work.connection.execute(
        f"select {_COLUMNS} from party where tenant_id = %(tenant)s and {condition}",
        {"tenant": work.tenant_id, **values},
    ).fetchone()
    return _party(row) if row else None


def _write(work: Work, statement: str, party: Party) -> None:
    details = {name: getattr(party.details, name) for name in _DETAILS}
    details["custom_fields"] = Jsonb(dict(party.details.custom_fields))
    try:
        work.connection.execute(
            statement,
            {
                "tenant": work.tenant_id,
                "id": party.id,
                "public_id": party.public_id,
                "name_key": rules.name_key(party.details.name),
                **details,
                "customer_account": party.customer_account,
                "vendor_account": party.vendor_account,
                "is_listed": party.is_listed,
                "customer_is_active": party.customer_is_active,
                "vendor_is_active": party.vendor_is_active,
                "created_at": party.created_at,
                "updated_at": party.updated_at,
            },
        )
    except UniqueViolation as error:
        if error.diag.constraint_name != "party_client_number":
            raise
        raise Conflict(
            "client_number",
            f"Another contact has the number {party.details.client_number!r}.",
            field="clientNumber",
        ) from error


def _party(row: tuple[Any, ...]) -> Party:
    found = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return Party(
        id=PartyId(UUID(str(found["id"]))),
        public_id=found["public_id"],
        details=PartyDetails(**{name: found[name] for name in _DETAILS}),
        customer_account=found["customer_account"],
        vendor_account=found["vendor_account"],
        is_listed=found["is_listed"],
        customer_is_active=found["customer_is_active"],
        vendor_is_active=found["vendor_is_active"],
        created_at=found["created_at"],
        updated_at=found["updated_at"],
    )
