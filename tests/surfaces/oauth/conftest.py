"""The whole program on loopback, companies and their apps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kontorhaus.app import asgi
from kontorhaus.identity.model import Profile
from kontorhaus.ledger import founding
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from tests.surfaces.oauth.world import COMPANY, ISSUER, Browser, Company, Registered, World
from tests.surfaces.serving import serving


@pytest.fixture(scope="module")
def world(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("home")
    config = from_environment(
        {
            "KONTORHAUS_HOME": str(home),
            "KONTORHAUS_RATE_LIMIT": "0",
            "KONTORHAUS_PUBLIC_URL": ISSUER,
        }
    )
    blobs = Blobs(str(home / "blobs"))
    resources = Resources(config, database, blobs, workshop=None)  # type: ignore[arg-type]
    with serving(asgi.create_app(resources)) as base_url:
        yield World(base_url, resources)


@pytest.fixture(scope="module")
def company(world: World) -> Company:
    return world.company(founding.found(world.database, profile=Profile(name=COMPANY)))


@pytest.fixture
def app(world: World, company: Company) -> Registered:
    return world.register(company)


@pytest.fixture(scope="module")
def browser(world: World, company: Company) -> Browser:
    _, email = world.person(company.caller, "owner")
    return Browser(world, email)
