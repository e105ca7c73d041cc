"""A server with the small surface, and clients of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.conventions.middleware import Front
from tests.surfaces import tenants
from tests.surfaces.serving import serving
from tests.surfaces.small_house import House
from tests.surfaces.small_surface import small
from tests.surfaces.web_office import Office, sign_in


@pytest.fixture(scope="session")
def open_house(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., House]]:
    home = tmp_path_factory.mktemp("home")
    running: dict[int, tuple[Any, str, Resources]] = {}

    def start(founded: Founded, rate_limit: int = 0) -> House:
        if rate_limit not in running:
            running[rate_limit] = _serve(rate_limit)
        _, base_url, resources = running[rate_limit]
        caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
        with begin(database, caller) as work:
            owner = identity.create_user(work, email=f"{uuid7().hex}@example.de", role="owner")
        return House(base_url, resources, caller, owner)

    def _serve(rate_limit: int) -> tuple[Any, str, Resources]:
        config = from_environment(
            {"KONTORHAUS_HOME": str(home), "KONTORHAUS_RATE_LIMIT": str(rate_limit)}
        )
        blobs = Blobs(str(home / "blobs"))
        resources = Resources(config, database, blobs, workshop=None)  # type: ignore[arg-type]
        app = Starlette(routes=[Mount("/small", small.asgi(resources))])
        context = serving(Front(app, name="web", bases=("/small",)))
        return context, context.__enter__(), resources

    yield start
    for context, _, _ in running.values():
        context.__exit__(None, None, None)


@pytest.fixture(scope="module")
def resources(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    with tenants.furnished(database, tmp_path_factory.mktemp("home")) as resources:
        yield resources


@pytest.fixture
def office_of(
    resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[[str], Office]:
    """Signs a person with the role in to a new company."""
    return lambda role: sign_in(resources, new_organization(), role)


@pytest.fixture
def house(open_house: Callable[..., House], new_organization: Callable[..., Founded]) -> House:
    return open_house(new_organization())


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client(house.key().token) as opened:
        yield opened
