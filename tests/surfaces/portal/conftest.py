"""The portal beside billing and books over real PostgreSQL, with tenants of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, TenantSettings
from kontorhaus.runtime import secret
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from kontorhaus.surfaces.billing.routes import billing
from kontorhaus.surfaces.books.routes import books
from kontorhaus.surfaces.portal.routes import portal
from tests.surfaces.billing.billing_api import PROFILE
from tests.surfaces.portal.portal_api import Access, Customer, Shop


@pytest.fixture(scope="module")
def served(resources: Resources) -> Iterator[TestClient]:
    surfaces = (portal, billing, books)
    app = Starlette(routes=[Mount(each.base, each.asgi(resources)) for each in surfaces])
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def open_shop(
    served: TestClient, resources: Resources, new_organization: Callable[..., Founded]
) -> Callable[..., Shop]:
    def make(**settings: str) -> Shop:
        founded = new_organization(PROFILE, TenantSettings(**settings) if settings else None)
        caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
        with begin(resources.database, caller) as work:
            owner = identity.create_user(
                work, email=f"owner-{caller.tenant_id.hex}@example.org", role="owner"
            )
            keyed = secret.of(resources.config.home)
            bill, book = (
                identity.create_api_key(
                    work, secret=keyed, surface=each, name="test", created_by=owner
                ).token
                for each in ("billing", "books")
            )
        return Shop(
            resources,
            served,
            caller,
            owner,
            Access(served, "/billing/v1", bill),
            Access(served, "/books", book),
        )

    return make


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()


@pytest.fixture
def customer(shop: Shop) -> Customer:
    return shop.customer()
