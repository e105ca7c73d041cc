"""Connections to PostgreSQL: pooled, as the role that may do no more than the program needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout

from kontorhaus.kernel import exact_json
from kontorhaus.runtime.clock import Clock

SCHEMA = "kontorhaus"
OWNER_ROLE = "kontorhaus_owner"
APP_ROLE = "kontorhaus_app"
READER_ROLE = "kontorhaus_ro"

_PATIENCE_SECONDS = 5.0
_READY_SECONDS = 1.5
# The pool gives up connecting after this time, and tries again when somebody asks: whoever waits
# asks again and again, so that the pool is never long behind a database that came back.
_RECONNECT_SECONDS = 1.0
_ASK_AGAIN_SECONDS = 2.0

type_of_connection = psycopg.Connection[tuple[Any, ...]]


class Database:
    """A pool of connections, each in the app's role and the program's schema, and the clock."""

    def __init__(
        self, conninfo: str, *, size: int = 16, role: str = APP_ROLE, clock: Clock | None = None
    ) -> None:
        self.conninfo = conninfo
        self.clock = clock or Clock()
        self._role = role
        self._size = size
        self._pool: ConnectionPool[type_of_connection] = ConnectionPool(
            conninfo,
            min_size=1,
            max_size=size,
            open=False,
            reconnect_timeout=_RECONNECT_SECONDS,
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
    def connection(self, patience: float = _PATIENCE_SECONDS) -> Iterator[type_of_connection]:
        """A connection in autocommit mode, for what happens before a tenant is known.

        PoolTimeout, an OperationalError, if none is free for as many seconds as the patience.
        """
        connection = self._taken(patience)
        try:
            yield connection
        finally:
            self._pool.putconn(connection)

    @contextmanager
    def begun(self, statement: str) -> Iterator[type_of_connection]:
        """A connection with a transaction that a statement began.

        Connections that were lost while they lay in the pool are passed over: nothing had been
        done on them.
        """
        for remaining in range(self._size, -1, -1):
            with self.connection() as connection:
                try:
                    connection.execute(statement.encode())
                except psycopg.OperationalError:
                    if connection.broken and remaining:
                        continue
                    raise
                yield connection
                return

    def is_ready(self) -> bool:
        """Whether the database answers now."""
        try:
            with self.connection(_READY_SECONDS) as connection:
                connection.execute("select 1")
        except psycopg.Error:
            return False
        return True

    def _taken(self, patience: float) -> type_of_connection:
        deadline = time.monotonic() + patience
        while True:
            left = deadline - time.monotonic()
            try:
                return self._pool.getconn(min(max(left, 0.0), _ASK_AGAIN_SECONDS))
            except PoolTimeout:
                if left <= _ASK_AGAIN_SECONDS:
                    raise

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
