"""What a surface needs to be tried: a home of its own, and a token of an organization."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.runtime import secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin
from kontorhaus.runtime.workshop import Workshop
from kontorhaus.surfaces.conventions.surface import Surface


@contextmanager
def furnished(database: Database, home: Path) -> Iterator[Resources]:
    """Files and a workshop beside the database of the tests."""
    config = from_environment({"KONTORHAUS_HOME": str(home), "KONTORHAUS_RATE_LIMIT": "0"})
    workshop = Workshop(1)
    yield Resources(config, database, Blobs(home / "blobs"), workshop)
    workshop.close()


@contextmanager
def opened(surface: Surface, resources: Resources) -> Iterator[TestClient]:
    """A client of one surface."""
    app = Starlette(routes=[Mount(surface.base, surface.asgi(resources))])
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def token(resources: Resources, caller: Caller, surface: str, **key: Any) -> str:
    """A key of a new owner of the caller's organization."""
    with begin(resources.database, caller) as work:
        owner = identity.create_user(
            work, email=f"owner-{caller.tenant_id.hex}@example.org", role="owner"
        )
        issued = identity.create_api_key(
            work,
            secret=secret.of(resources.config.home),
            surface=surface,
            name="test",
            created_by=owner,
            **key,
        )
    return issued.token
