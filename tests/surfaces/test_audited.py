"""Everything that changes something is in the audit trail: who, what, before and after (S-26)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from kontorhaus.app import asgi
from kontorhaus.identity.model import Founded
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from tests.surfaces import web_routes
from tests.surfaces.audited import billing_calls, books_calls, oauth_calls, web_calls
from tests.surfaces.audited.stage import KEYED, Stage
from tests.surfaces.billing.billing_api import PROFILE

# What is sent like a change and changes nothing of a company.
HARMLESS = {
    "POST /oauth2/introspect",  # tells an app what a token stands for
    "POST /preferences",  # keeps language and colours in a cookie
}


@pytest.fixture
def stage(resources: Resources, new_organization: Callable[..., Founded]) -> Iterator[Stage]:
    founded = new_organization(PROFILE)
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    app = asgi.create_app(resources)
    tenants = tuple(founded.tenants.values())
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        stage = Stage(resources, caller, client, tenants)
        owner, _ = stage.person("owner")
        colleague, _ = stage.person("admin")
        stage.tokens = {surface: stage.key(surface, owner) for surface in KEYED}
        stage.tokens["colleague"] = stage.key("books", colleague)
        yield stage
    with resources.database.connection() as connection:
        connection.execute("delete from login_window")


def test_every_operation_that_writes_is_recorded(stage: Stage) -> None:
    for calls in (books_calls, billing_calls, oauth_calls):
        calls.play(stage)
    assert stage.problems == []
    writing = {
        f"{found.method} {surface.base}{found.path}"
        for surface in asgi.SURFACES
        for found in surface.operations
        if found.writes
    }
    assert writing - stage.asked == HARMLESS & writing


def test_every_form_of_the_web_pages_is_recorded(stage: Stage) -> None:
    web_calls.play(stage)
    assert stage.problems == []
    posted = {f"POST {path}" for path in web_routes.paths("POST")}
    assert posted - stage.asked == HARMLESS & posted
