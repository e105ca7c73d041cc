"""The tables of second factors; they belong to a person, whatever its tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kontorhaus.identity.factors.model import Factor
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime.database import type_of_connection as Connection  # noqa: N812


def factor(connection: Connection, *, user_id: UserId) -> Factor | None:
    row = connection.execute(
        "select f.sealed_key, f.confirmed_at, (select count(*) from recovery_code c"
        " where c.user_id = f.user_id and c.used_at is null) from second_factor f"
        " where f.user_id = %(user)s",
        {"user": user_id},
    ).fetchone()
    return Factor(*row) if row else None


def put_draft(connection: Connection, *, user_id: UserId, sealed_key: bytes) -> bool:
    """A key that waits for its first code, in the place of another such; False if one is on."""
    return (
        connection.execute(
            "insert into second_factor as f (user_id, sealed_key, last_step)"
            " values (%(user)s, %(key)s, 0) on conflict (user_id) do update"
            " set sealed_key = excluded.sealed_key, last_step = 0 where f.confirmed_at is null",
            {"user": user_id, "key": sealed_key},
        ).rowcount
        == 1
    )


def confirm(connection: Connection, *, user_id: UserId, now: datetime) -> bool:
    """Ask for the factor from now on; False if that is so already."""
    return (
        connection.execute(
            "update second_factor set confirmed_at = %(now)s"
            " where user_id = %(user)s and confirmed_at is null",
            {"user": user_id, "now": now},
        ).rowcount
        == 1
    )


def use_step(connection: Connection, *, user_id: UserId, step: int) -> bool:
    """Use up a time step and all before; False if it was used. One caller of several gets it."""
    return (
        connection.execute(
            "update second_factor set last_step = %(step)s"
            " where user_id = %(user)s and last_step < %(step)s",
            {"user": user_id, "step": step},
        ).rowcount
        == 1
    )


def use_recovery_code(
    connection: Connection, *, user_id: UserId, code_hash: bytes, now: datetime
) -> bool:
    """Use up a recovery code; False if it is unknown or used. One caller of several gets it."""
    return (
        connection.execute(
            "update recovery_code set used_at = %(now)s where user_id = %(user)s"
            " and code_hash = %(hash)s and used_at is null",
            {"user": user_id, "hash": code_hash, "now": now},
        ).rowcount
        == 1
    )


def replace_recovery_codes(
    connection: Connection, *, user_id: UserId, code_hashes: Sequence[bytes]
) -> None:
    connection.execute("delete from recovery_code where user_id = %(user)s", {"user": user_id})
    connection.execute(
        "insert into recovery_code (user_id, code_hash)"
        " select %(user)s, hash from unnest(%(hashes)s::bytea[]) as hash",
        {"user": user_id, "hashes": list(code_hashes)},
    )


def delete(connection: Connection, *, user_id: UserId) -> bool:
    """Take a factor away; False if there was none, or one that never was on."""
    row = connection.execute(
        "delete from second_factor where user_id = %(user)s returning confirmed_at",
        {"user": user_id},
    ).fetchone()
    return row is not None and row[0] is not None
