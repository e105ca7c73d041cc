"""A write that is sent again has one effect, whatever the network lost of it (R-7, R-8)."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from kontorhaus.runtime.database import Database
from tests.e2e.calls import ask, at_once, booking
from tests.e2e.lossy import lossy
from tests.e2e.serving import LINDENHOF, Serving, Tenant, make_tenant

WRITES = 300
LOST = 0.45
SEED = 7


def insistently(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Ask until an answer comes through; a twin at work (409) is asked for again, too."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            answer = send()
        except httpx.TransportError:
            continue
        if answer.status_code != 409:
            return answer
    raise AssertionError("no answer came through")


def keyed(tenant: Tenant, path: str, key: str, body: object) -> httpx.Response:
    return tenant.billing.post(path, json=body, headers={"Idempotency-Key": key})


def test_300_writes_through_a_network_that_loses_45_percent_have_300_effects(
    server: Serving, nordlicht: Tenant, server_url: str
) -> None:
    direct = nordlicht.books

    with lossy(urlsplit(server.base_url).port or 0, lost=LOST, seed=SEED) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/books/v1/bookings"

        def post(number: int) -> tuple[dict[str, str], str, bytes]:
            headers = {**direct.headers, "Idempotency-Key": str(uuid4()), "Connection": "close"}
            body = booking(f"B-{number}", cents=100 + number)
            answer = insistently(lambda: httpx.post(url, json=body, headers=headers, timeout=60))
            assert answer.status_code == 200, answer.text
            return headers, answer.json()["intent_id"], answer.content

        with ThreadPoolExecutor(8) as threads:
            written = list(threads.map(post, range(WRITES)))
        assert proxy.requests_lost > 50
        assert proxy.answers_lost > 50

    assert len({intent for _, intent, _ in written}) == WRITES
    found = ask(
        server_url,
        "select count(*), count(distinct id) from intent where tenant_id = %(tenant)s",
        tenant=nordlicht.tenant_id,
    )
    assert found == [(WRITES, WRITES)]
    differing = 0
    for number, (headers, _, first) in enumerate(written):
        body = booking(f"B-{number}", cents=100 + number)
        again = direct.post("/v1/bookings", json=body, headers=headers)
        assert again.headers["Idempotency-Replayed"] == "true"
        differing += again.content != first
    assert differing == 0


def test_one_key_32_times_at_once_has_one_effect(nordlicht: Tenant) -> None:
    body, key = {"title": "Hosting"}, str(uuid4())
    answers = at_once([lambda: keyed(nordlicht, "/products", key, body)] * 32)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert nordlicht.billing.get("/products").json()["total"] == 1


def test_a_key_belongs_to_its_request(nordlicht: Tenant) -> None:
    key = str(uuid4())
    assert keyed(nordlicht, "/products", key, {"title": "Hosting"}).status_code == 201
    assert keyed(nordlicht, "/products", key, {"title": "Anderes"}).status_code == 422
    assert keyed(nordlicht, "/contacts", key, {"title": "Hosting"}).status_code in (400, 422)
    assert keyed(nordlicht, "/contacts", key, {"name": "Hansen"}).status_code == 422
    assert nordlicht.billing.get("/products").json()["total"] == 1
    assert nordlicht.billing.get("/contacts").json()["total"] == 0


def test_the_keys_of_another_company_are_its_own(
    nordlicht: Tenant, server: Serving, server_database: Database
) -> None:
    key, body = str(uuid4()), {"title": "Hosting"}
    other = make_tenant(server_database, server.home, server.base_url, profile=LINDENHOF)
    first, second = (keyed(tenant, "/products", key, body) for tenant in (nordlicht, other))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert "Idempotency-Replayed" not in second.headers


def test_of_200_pairs_who_change_what_they_have_read_no_change_is_lost(nordlicht: Tenant) -> None:
    contact = nordlicht.billing.post("/contacts", json={"name": "Hansen"}).json()["id"]
    path = f"/contacts/{contact}"
    lost = 0
    with ThreadPoolExecutor(2) as threads:
        for turn in range(200):
            etag = nordlicht.billing.get(path).headers["ETag"]
            pair = [(f"Hansen {turn} {who}", etag) for who in "ab"]
            statuses = list(threads.map(lambda one: renamed(nordlicht, path, *one), pair))
            winner = pair[statuses.index(200)][0]
            assert sorted(statuses) == [200, 412]
            lost += nordlicht.billing.get(path).json()["name"] != winner
    assert lost == 0


def renamed(tenant: Tenant, path: str, name: str, etag: str) -> int:
    """The status of a change of what was read."""
    answer = tenant.billing.patch(path, json={"name": name}, headers={"If-Match": etag})
    return answer.status_code
