"""The books surface over real PostgreSQL, with tenants of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, TenantSettings
from kontorhaus.runtime import secret
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.runtime.workshop import Workshop
from kontorhaus.surfaces.books.routes import books
from tests.surfaces.books.books_api import Api


@pytest.fixture(scope="module")
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    home: Path = tmp_path_factory.mktemp("home")
    config = from_environment({"KONTORHAUS_HOME": str(home), "KONTORHAUS_RATE_LIMIT": "0"})
    workshop = Workshop(1)
    yield Resources(config, database, Blobs(home / "blobs"), workshop)
    workshop.close()


@pytest.fixture(scope="module")
def served(resources: Resources) -> Iterator[TestClient]:
    app = Starlette(routes=[Mount(books.base, books.asgi(resources))])
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.fixture
def tenant(
    served: TestClient, resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[..., Api]:
    def make(settings: TenantSettings | None = None, **key: Any) -> Api:
        founded = new_organization(settings=settings)
        caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
        with begin(resources.database, caller) as work:
            owner = identity.create_user(
                work, email=f"{founded.organization_id.hex}@example.org", role="owner"
            )
            issued = identity.create_api_key(
                work,
                secret=secret.of(resources.config.home),
                surface="books",
                name="test",
                created_by=owner,
                **key,
            )
        return Api(served, issued.token, caller, resources)

    return make


@pytest.fixture
def api(tenant: Callable[..., Api]) -> Api:
    return tenant()
