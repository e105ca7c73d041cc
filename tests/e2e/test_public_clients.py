"""What public client libraries send besides what they should, as recorded from them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from tests.contracts.credentials import Keys
from tests.e2e.serving import Serving, Tenant

GETS = (
    ("books", "/books/v1/accounts"),
    ("billing", "/billing/v1/contacts"),
    ("portal", "/portal/client/invoices"),
    ("management", "/management/api/v0/organizations"),
    ("oauth", "/oauth2/clients"),
)
BODIES = (b"[]", b"{}", b"null", b"{", b"\xff")
AUTH = "/management/api/v0/auth"


@pytest.fixture(scope="module")
def keys(server: Serving, server_database: Database, company: Tenant) -> Keys:
    config = from_environment({"KONTORHAUS_HOME": str(server.home)})
    blobs = Blobs(server.home / "blobs")
    resources = Resources(config, server_database, blobs, workshop=None)  # type: ignore[arg-type]
    return Keys(resources, server.base_url, Caller(company.tenant_id, SYSTEM, "Europe/Berlin"))


@pytest.mark.parametrize(("surface", "path"), GETS)
def test_a_body_on_a_get_changes_nothing(
    server: Serving, keys: Keys, surface: str, path: str
) -> None:
    headers = {"Authorization": keys.authorization(surface), "Content-Type": "application/json"}
    plain = httpx.get(server.base_url + path, headers=headers)
    assert plain.status_code == 200, plain.text
    for body in BODIES:
        answer = httpx.request("GET", server.base_url + path, headers=headers, content=body)
        assert (answer.status_code, answer.content) == (200, plain.content), body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer null"},
        {"Authorization": "Bearer undefined"},
        {"Authorization": "Basic Og=="},
    ],
)
@pytest.mark.parametrize("how", ["json", "data"])
def test_a_token_is_asked_for_as_a_form_or_as_json_with_whatever_authorization(
    server: Serving, keys: Keys, headers: dict[str, str], how: str
) -> None:
    pair: dict[str, Any] = keys.pair()
    answer = httpx.post(server.base_url + AUTH, headers=headers, **{how: pair})
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    seen = httpx.get(
        f"{server.base_url}/management/api/v0/organizations",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert seen.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
