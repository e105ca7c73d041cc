"""The books surface over real PostgreSQL, with tenants of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from kontorhaus.identity.model import Founded, TenantSettings
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from kontorhaus.surfaces.books.routes import books
from tests.surfaces import tenants
from tests.surfaces.books.books_api import Api


@pytest.fixture(scope="module")
def served(resources: Resources) -> Iterator[TestClient]:
    with tenants.opened(books, resources) as client:
        yield client


@pytest.fixture
def tenant(
    served: TestClient, resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[..., Api]:
    def make(settings: TenantSettings | None = None, **key: Any) -> Api:
        founded = new_organization(settings=settings)
        caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
        return Api(served, tenants.token(resources, caller, "books", **key), caller, resources)

    return make


@pytest.fixture
def api(tenant: Callable[..., Api]) -> Api:
    return tenant()
