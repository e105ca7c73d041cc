"""A server that sends mail, with its worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kontorhaus.app import tasks
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.jobs import Worker
from kontorhaus.runtime.resources import Resources
from tests.mail_sink import Sink


@contextmanager
def mailing(database: Database, sink: Sink, home: Path) -> Iterator[Resources]:
    """Its resources for as long as the block runs; mails go into the sink.

    Jobs that other tests left undone are dropped first.
    """
    config = from_environment(
        {
            "KONTORHAUS_HOME": str(home),
            "KONTORHAUS_RATE_LIMIT": "0",
            "KONTORHAUS_SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
            "KONTORHAUS_MAIL_FROM": "post@kontorhaus.example",
            "KONTORHAUS_OPERATOR_EMAIL": "betrieb@kontorhaus.example",
            "KONTORHAUS_PUBLIC_URL": "https://buch.example",
        }
    )
    opened = Resources(config, database, Blobs(home / "blobs"), workshop=None)  # type: ignore[arg-type]
    with database.connection() as connection:
        connection.execute("delete from procrastinate_jobs where status = 'todo'")
    tasks.register()
    worker = Worker(opened).start()
    yield opened
    worker.stop()
