"""Bring the schema to the version of this program, under one advisory lock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql

from kontorhaus.kernel.errors import Conflict
from kontorhaus.runtime.database import (
    APP_ROLE,
    OWNER_ROLE,
    READER_ROLE,
    SCHEMA,
    type_of_connection,
)

# Any number will do, as long as no other program on the database uses it.
_LOCK = 7_306_221


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step; `text` is its SQL."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text: an applied step never changes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All steps in order; the job queue's own schema is step 0."""
    steps = [Migration(0, "job_queue", SchemaManager.get_schema())]
    folder = resources.files("kontorhaus.runtime.migrations")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".sql"):
            number, name = entry.name.removesuffix(".sql").split("_", 1)
            steps.append(Migration(int(number), name, entry.read_text(encoding="utf-8")))
    return steps


def migrate(conninfo: str) -> int:
    """Apply what is missing and return how many steps that were.

    Each step is one transaction, so that a crash leaves a whole step or none. Several programs
    may start at once: one migrates, the others wait. Conflict("schema_newer") if the database
    was written by a newer program.
    """
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        _prepare(connection)
        return _apply(connection, migrations())


def prepare_roles(conninfo: str) -> None:
    """Create the roles that a dump of the schema grants to."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        _ensure_roles(connection)


def has_schema(conninfo: str) -> bool:
    """Whether the database holds a schema of ours, of whatever version."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        found = connection.execute("select to_regnamespace(%s) is not null", (SCHEMA,)).fetchone()
    return bool(found and found[0])


def read_applied(conninfo: str) -> dict[int, str] | None:
    """Version → checksum of the steps that a database has; None before the first start."""
    if not has_schema(conninfo):
        return None
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("set search_path = {}").format(sql.Identifier(SCHEMA)))
        return applied(connection) or None


def applied(connection: type_of_connection) -> dict[int, str]:
    """Version → checksum of the steps that the database has."""
    rows = connection.execute("select version, checksum from schema_version").fetchall()
    return dict(rows)


def _ensure_roles(connection: type_of_connection) -> None:
    for role, option in ((OWNER_ROLE, "nologin"), (APP_ROLE, "login"), (READER_ROLE, "login")):
        _ensure_role(connection, role, option)


def _prepare(connection: type_of_connection) -> None:
    _ensure_roles(connection)
    name = sql.Identifier(SCHEMA)
    owner = sql.Identifier(OWNER_ROLE)
    connection.execute(sql.SQL("grant {} to current_user").format(owner))
    connection.execute(
        sql.SQL("create schema if not exists {} authorization {}").format(name, owner)
    )
    connection.execute(
        sql.SQL("grant usage on schema {} to {}, {}").format(
            name, sql.Identifier(APP_ROLE), sql.Identifier(READER_ROLE)
        )
    )
    connection.execute(sql.SQL("set role {}").format(owner))
    connection.execute(sql.SQL("set search_path = {}").format(name))
    connection.execute(
        "create table if not exists schema_version (version integer primary key,"
        " name text not null, checksum text not null, applied_at timestamptz not null)"
    )
    connection.execute(
        sql.SQL("grant select on schema_version to {}").format(sql.Identifier(APP_ROLE))
    )


def _ensure_role(connection: type_of_connection, role: str, option: str) -> None:
    found = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
    if found:
        return
    try:
        connection.execute(
            sql.SQL("create role {} {} nosuperuser nobypassrls").format(
                sql.Identifier(role), sql.SQL(option)
            )
        )
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return  # another database of the same server was prepared at the same moment


def _apply(connection: type_of_connection, steps: list[Migration]) -> int:
    done = applied(connection)
    newest = max((step.version for step in steps), default=0)
    if done and max(done) > newest:
        raise Conflict(
            "schema_newer",
            f"The database has version {max(done)}, this program knows {newest}: "
            "start a newer program, or restore the backup from before the upgrade.",
        )
    missing = [step for step in steps if step.version not in done]
    for step in missing:
        with connection.transaction():
            connection.execute(step.text.encode())
            connection.execute(
                "insert into schema_version (version, name, checksum, applied_at)"
                " values (%s, %s, %s, now())",
                (step.version, step.name, step.checksum),
            )
    return len(missing)
