"""What a database server says about itself; the doctor judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from kontorhaus.runtime.database import APP_ROLE

_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """`version` as PostgreSQL counts it (180004); `weak_settings` endanger what was acknowledged.

    `apart` is the distance between its clock and ours.
    """

    version: int
    encoding: str
    weak_settings: tuple[str, ...]
    apart: timedelta
    app_role_obeys: bool


def examine(conninfo: str) -> ServerFacts:
    """Ask the server that answers at `conninfo`."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        there = connection.execute("select clock_timestamp()").fetchone()
        here = datetime.now(UTC)
        settings = connection.execute(
            "select name from pg_settings where name = any(%s) and setting = 'off'",
            (list(_DURABILITY),),
        ).fetchall()
        role = connection.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = %s", (APP_ROLE,)
        ).fetchone()
        return ServerFacts(
            version=connection.info.server_version,
            encoding=connection.info.parameter_status("server_encoding") or "",
            weak_settings=tuple(name for (name,) in settings),
            apart=abs(here - there[0]) if there else timedelta(0),
            app_role_obeys=role is None or not role[0],
        )
