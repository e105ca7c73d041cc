"""What happens to the rows of keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kontorhaus.kernel.ids import ApiKeyId
from kontorhaus.runtime.work import Work

_MINE = " where tenant_id = %(tenant)s and id = %(id)s"


@dataclass(frozen=True, slots=True)
class Held:
    """A key that nobody else changes until the transaction ends."""

    surface: str
    name: str
    prefix: str
    is_enabled: bool


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


def end_at(work: Work, *, key_id: ApiKeyId, expires_at: datetime) -> None:
    work.connection.execute(
        f"update api_key set expires_at = %(expires)s{_MINE}".encode(),
        {"expires": expires_at, **_values(work, key_id)},
    )


def delete(work: Work, *, key_id: ApiKeyId) -> None:
    work.connection.execute(f"delete from api_key{_MINE}".encode(), _values(work, key_id))


def _values(work: Work, key_id: ApiKeyId) -> dict[str, object]:
    return {"tenant": work.tenant_id, "id": key_id}
