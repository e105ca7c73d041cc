"""Connections to PostgreSQL: pooled, as the role that may do no more than the program needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

from kontorhaus.kernel import exact_json
from kontorhaus.runtime.clock import Clock

SCHEMA = "kontorhaus"
OWNER_ROLE = "kontorhaus_owner"
APP_ROLE = "kontorhaus_app"
READER_ROLE = "kontorhaus_ro"

type_of_connection = psycopg.Connection[tuple[Any, ...]]


class Database:
    """A pool of connections, each in the app's role and the program's schema, and the clock."""

    def __init__(
        self, conninfo: str, *, size: int = 16, role: str = APP_ROLE, clock: Clock | None = None
    ) -> None:
        self.conninfo = conninfo
        self.clock = clock or Clock()
        self._role = role
        self._pool: ConnectionPool[type_of_connection] = ConnectionPool(
            conninfo,
            min_size=1,
            max_size=size,
            open=False,
            timeout=10.0,
            max_lifetime=3600.0,
            kwargs={"autocommit": True, "application_name": "kontorhaus"},
            configure=self._configure,
            check=ConnectionPool.check_connection if size == 1 else None,
        )

    def open(self) -> Database:
        """Connect; the pool fills in the background."""
        self._pool.open()
        return self

    def close(self) -> None:
        """Give every connection back."""
        self._pool.close(timeout=3.0)

    @contextmanager
    def connection(self) -> Iterator[type_of_connection]:
        """A connection in autocommit mode, for what happens before a tenant is known."""
        with self._pool.connection() as connection:
            yield connection

    def is_ready(self) -> bool:
        """Whether the database answers now."""
        try:
            with self._pool.connection(timeout=1.5) as connection:
                connection.execute("select 1")
        except (psycopg.Error, TimeoutError):
            return False
        return True

    def _configure(self, connection: type_of_connection) -> None:
        prepare(connection, self._role)


def prepare(connection: type_of_connection, role: str) -> None:
    """Give a fresh connection its role, schema and habits."""
    connection.execute(
        f"set role {role}; set search_path = {SCHEMA}; set time zone 'UTC';"
        " set statement_timeout = '60s'; set idle_in_transaction_session_timeout = '60s';"
        " set default_transaction_isolation = 'read committed'"
    )
    connection.prepare_threshold = 2
    set_json_loads(exact_json.decode, connection)
