"""One limit for all processes, that a restart does not forget."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from kontorhaus.runtime.database import Database
from tests.e2e.serving import NORDLICHT, make_tenant, start_server, stop_server

LIMIT = 210
ENOUGH_SECONDS = 30


def test_two_processes_share_a_limit_and_a_new_one_knows_what_was_used(
    server_url: str, server_database: Database, place: Path
) -> None:
    home = place / "home"
    home.mkdir()
    settings = {
        "KONTORHAUS_DATABASE_URL": server_url,
        "KONTORHAUS_RATE_LIMIT": str(LIMIT),
        "KONTORHAUS_WORKER": "outside",
    }
    serving = [start_server(home, **settings) for _ in range(2)]
    tenant = make_tenant(server_database, home, serving[0].base_url, profile=NORDLICHT)
    headers = {"Authorization": f"Bearer {tenant.tokens['books']}"}
    clients = [
        httpx.Client(base_url=f"{each.base_url}/books", headers=headers, timeout=30)
        for each in serving
    ]
    _await_room(clients[0])
    answers = [clients[turn % 2].get("/v1/auth/me") for turn in range(LIMIT + 60)]
    allowed = [answer for answer in answers if answer.status_code == 200]
    assert len(allowed) == LIMIT
    refused = answers[-1]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Policy"] == f'"default";q={LIMIT};w=60'
    assert refused.headers["RateLimit"].startswith('"default";r=0;t=')
    assert refused.headers["X-Rate-Limit-Remaining"] == "0"

    assert [stop_server(each) for each in serving] == [0, 0]
    again = start_server(home, **settings)
    with httpx.Client(base_url=f"{again.base_url}/books", headers=headers) as client:
        late = client.get("/v1/auth/me")
    assert late.status_code == 429
    assert stop_server(again) == 0


def _await_room(client: httpx.Client) -> None:
    """Begin early in a minute, so that all of it happens within; strangers have their own count."""
    while int(client.get("/openapi.json").headers["X-Rate-Limit-Reset"]) < ENOUGH_SECONDS:
        time.sleep(1)
