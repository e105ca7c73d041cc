"""The billing surface over real PostgreSQL, with tenants of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity.model import Founded, Profile
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from kontorhaus.surfaces.billing.routes import billing
from tests.surfaces import tenants
from tests.surfaces.billing.billing_api import PROFILE, Api


@pytest.fixture(scope="module")
def served(resources: Resources) -> Iterator[TestClient]:
    with tenants.opened(billing, resources) as client:
        yield client


@pytest.fixture
def tenant(
    served: TestClient, resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[..., Api]:
    def make(profile: Profile = PROFILE, environment: str = "LIVE", **key: Any) -> Api:
        founded = new_organization(profile)
        caller = Caller(founded.tenants[environment], SYSTEM, "Europe/Berlin")
        return Api(served, tenants.token(resources, caller, "billing", **key), caller)

    return make


@pytest.fixture
def api(tenant: Callable[..., Api]) -> Api:
    return tenant()
