"""What is no key opens nothing, and a key only its own surface (S-3)."""

from __future__ import annotations

import time

import httpx

from kontorhaus.identity import queries as identity_queries
from kontorhaus.identity.keys import actions as keys
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests.e2e.calls import reason
from tests.e2e.serving import NORDLICHT, Serving, make_tenant


def test_only_a_whole_key_of_the_surface_opens_it(
    server: Serving, server_database: Database
) -> None:
    tenant = make_tenant(server_database, server.home, server.base_url, profile=NORDLICHT)
    token = tenant.tokens["books"]
    headers = (
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"X-Api-Key": token},
        {"Authorization": f"Bearer {token[:-1]}"},
        {"Authorization": f"Bearer {token}x"},
        {"Authorization": f"Bearer {token.upper()}"},
        {"Authorization": f"Basic {token}"},
        {"Authorization": token},
        {"Authorization": "Bearer kh_live_" + "0" * 64},
        {"Authorization": f"Bearer {tenant.tokens['billing']}"},
        {"Authorization": "Bearer ' or '1'='1"},
        {"Authorization": "Bearer " + "x" * 5000},
    )
    for header in headers:
        answer = httpx.get(f"{server.base_url}/books/v1/accounts", headers=header)
        assert reason(answer, 401), header
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert token not in answer.text
    by_query = httpx.get(f"{server.base_url}/books/v1/accounts", params={"access_token": token})
    assert by_query.status_code == 401


def test_a_key_that_is_switched_off_opens_nothing_within_a_second(
    server: Serving, server_database: Database
) -> None:
    tenant = make_tenant(server_database, server.home, server.base_url, profile=NORDLICHT)
    assert tenant.books.get("/v1/accounts").status_code == 200
    with begin(server_database, Caller(tenant.tenant_id, SYSTEM, "Europe/Berlin")) as work:
        key = next(k for k in identity_queries.api_keys(work) if k.surface == "books")
        keys.switch(work, key_id=key.id, is_enabled=False)
    time.sleep(1)
    assert tenant.books.get("/v1/accounts").status_code == 401
    assert tenant.billing.get("/contacts").status_code == 200
