"""The management surface over real PostgreSQL, with organizations of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity.model import Founded, Profile
from kontorhaus.runtime.resources import Resources
from kontorhaus.surfaces.management.routes import management
from tests.surfaces import tenants
from tests.surfaces.management.management_api import PROFILE, House, house_of


@pytest.fixture(scope="module")
def served(resources: Resources) -> Iterator[TestClient]:
    with tenants.opened(management, resources) as client:
        yield client


@pytest.fixture
def house(
    served: TestClient, resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[..., House]:
    def make(environment: str = "LIVE", role: str = "owner", profile: Profile = PROFILE) -> House:
        return house_of(served, resources, new_organization(profile), environment, role)

    return make


@pytest.fixture
def mine(house: Callable[..., House]) -> House:
    return house()
