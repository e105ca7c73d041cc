"""Opening the outside world for a process, and closing it in the right order."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kontorhaus.invoicing.making import rendering
from kontorhaus.runtime import embedded, migrate
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.clock import Clock
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.database import APP_ROLE, READER_ROLE, Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Conninfo:
    """How to reach the database: as its owner, as the program, as a reader."""

    owner: str
    app: str
    reader: str


@contextmanager
def database_server(config: Config) -> Iterator[Conninfo]:
    """The configured server, or the embedded one for as long as the block runs."""
    if config.database_url:
        owner = config.owner_database_url or config.database_url
        yield Conninfo(owner, config.database_url, config.database_url)
        return
    server = embedded.ensure(config.home, binaries=config.postgres_bin)
    try:
        yield Conninfo(
            server.conninfo(embedded.SUPERUSER),
            server.conninfo(APP_ROLE),
            server.conninfo(READER_ROLE),
        )
    finally:
        server.stop()


@contextmanager
def resources(config: Config) -> Iterator[Resources]:
    """Everything a serving process needs, with the schema brought up to date first.

    Invalid("setting") if the folder of XRechnung's rules holds none.
    """
    rendering.check_operator_rules(config.xrechnung_rules)
    with database_server(config) as conninfo:
        migrate.migrate(conninfo.owner)
        database = Database(conninfo.app, size=config.pool_size, clock=Clock(config.clock)).open()
        workshop = Workshop(config.workshop_processes)
        workshop.warm(functools.partial(rendering.prepare, config.xrechnung_rules))
        blobs = Blobs(config.blob_url or str(config.home / "blobs"))
        try:
            yield Resources(config=config, database=database, blobs=blobs, workshop=workshop)
        finally:
            workshop.close()
            database.close()
