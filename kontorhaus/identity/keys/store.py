"""The rows of keys, and the key pairs among them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb

from kontorhaus.identity.keys.model import Filter, Held, KeyPair
from kontorhaus.kernel.ids import ApiKeyId, TenantId
from kontorhaus.runtime.work import Work

_MINE = " where tenant_id = %(tenant)s and id = %(id)s"
_ORDERS = {"name": "k.name", "status": "k.is_enabled", "created_at": "k.created_at"}
_SELECT = (
    "select k.id, t.environment, k.public_id, k.name, k.is_enabled, k.metadata, k.managed_by,"
    " k.created_by, k.created_at from api_key k join tenant t on t.id = k.tenant_id"
)
_LISTED = (
    "k.tenant_id = any(%(tenants)s) and k.surface = 'management'"
    " and (%(enabled)s::boolean is null or k.is_enabled = %(enabled)s)"
)


def hold(work: Work, *, key_id: ApiKeyId) -> Held | None:
    row = work.connection.execute(
        f"select surface, name, prefix, is_enabled from api_key{_MINE} for update".encode(),
        _values(work, key_id),
    ).fetchone()
    return Held(*row) if row else None


def switch(work: Work, *, key_id: ApiKeyId, is_enabled: bool) -> None:
    work.connection.execute(
        f"update api_key set is_enabled = %(enabled)s{_MINE}".encode(),
        {"enabled": is_enabled, **_values(work, key_id)},
    )


def describe(
    work: Work, *, key_id: ApiKeyId, metadata: Mapping[str, str], managed_by: UUID | None
) -> None:
    work.connection.execute(
        f"update api_key set metadata = %(metadata)s, managed_by = %(manager)s{_MINE}".encode(),
        {"metadata": Jsonb(dict(metadata)), "manager": managed_by, **_values(work, key_id)},
    )


def delete(work: Work, *, key_id: ApiKeyId) -> None:
    work.connection.execute(f"delete from api_key{_MINE}".encode(), _values(work, key_id))


def pairs(
    work: Work, *, tenant_ids: list[TenantId], wanted: Filter, limit: int, offset: int
) -> list[KeyPair]:
    direction = "desc" if wanted.is_descending else "asc"
    # disabled comes before enabled, as words do
    query = (
        f"{_SELECT} where {_LISTED} order by {_ORDERS[wanted.order_by]} {direction}, k.id"
        " limit %(limit)s offset %(offset)s"
    )
    rows = work.connection.execute(
        query.encode(),
        {
            "tenants": tenant_ids,
            "enabled": wanted.is_enabled,
            "limit": limit,
            "offset": offset,
        },
    ).fetchall()
    return [KeyPair(*row) for row in rows]


def pair_count(work: Work, *, tenant_ids: list[TenantId], wanted: Filter) -> int:
    row = work.connection.execute(
        f"select count(*) from api_key k where {_LISTED}".encode(),
        {"tenants": tenant_ids, "enabled": wanted.is_enabled},
    ).fetchone()
    assert row is not None
    return int(row[0])


def pair(work: Work, *, tenant_ids: list[TenantId], key_id: UUID) -> KeyPair | None:
    row = work.connection.execute(
        f"{_SELECT} where {_LISTED} and k.id = %(id)s".encode(),
        {"tenants": tenant_ids, "enabled": None, "id": key_id},
    ).fetchone()
    return KeyPair(*row) if row else None


def _values(work: Work, key_id: ApiKeyId) -> dict[str, object]:
    return {"tenant": work.tenant_id, "id": key_id}
