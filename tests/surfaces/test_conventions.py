"""What holds for every operation of every surface, over real HTTP on a small surface."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from kontorhaus.identity.keys import actions as keys
from kontorhaus.identity.model import Founded
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.rate_limit import RateLimiter
from kontorhaus.runtime.work import begin
from tests.surfaces.small_house import House
from tests.surfaces.small_surface import small

PHONE = f"/small/phones/{UUID(int=1)}"
NOTE = {"text": "Notiz"}


# --- headers


EVERYWHERE = [
    ("GET", "/small/notes", 200),
    ("HEAD", "/small/notes", 200),
    ("OPTIONS", "/small/notes", 204),
    ("OPTIONS", "/small/nothing", 204),
    ("POST", "/small/notes", 400),
    ("GET", "/small/nothing", 404),
    ("GET", "/small/", 404),
    ("PUT", "/small/notes", 405),
    ("GET", "/small/notes?limit=0", 400),
    ("GET", "/small/broken", 500),
    ("GET", "/small/slow", 503),
    ("GET", "/small/closed", 423),
    ("GET", "/small/docs", 200),
    ("GET", "/small/openapi.json", 200),
    ("GET", "/small/files/x", 200),
    ("GET", f"/small/notes?x={'y' * 9000}", 414),
    ("DELETE", PHONE, 204),
]
HEADERS = [
    "X-Rate-Limit-Limit",
    "X-Rate-Limit-Remaining",
    "X-Rate-Limit-Reset",
    "X-Request-Id",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers",
    "RateLimit",
    "RateLimit-Policy",
    "Cache-Control",
    "X-Content-Type-Options",
]


@pytest.mark.parametrize(("method", "path", "status"), EVERYWHERE)
def test_every_answer_carries_the_same_headers_once(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    for name in HEADERS:
        assert len(answer.headers.get_list(name)) == 1, name
    assert UUID(answer.headers["X-Request-Id"]).version == 7
    if status >= 400 and method != "HEAD":
        assert set(answer.json()) == {"code", "message", "details"}


def test_strangers_get_the_headers_too(house: House) -> None:
    with house.client(None) as stranger:
        answer = stranger.get("/small/notes")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert all(name in answer.headers for name in HEADERS)


def test_too_large_headers_are_refused(client: httpx.Client) -> None:
    assert client.get("/small/notes", headers={"X-Long": "x" * 17_000}).status_code == 431


def test_the_request_id_is_ours(client: httpx.Client) -> None:
    theirs = str(uuid7())
    seen = {
        client.get("/small/notes", headers={"X-Request-Id": theirs}).headers["X-Request-Id"]
        for _ in range(3)
    }
    assert len(seen) == 3
    assert theirs not in seen


def test_a_path_says_which_methods_it_answers(client: httpx.Client) -> None:
    methods = "GET, HEAD, PATCH, DELETE, OPTIONS"
    for answer in (client.get(PHONE), client.options(PHONE)):
        assert answer.headers["Access-Control-Allow-Methods"] == methods
    refused = client.post(PHONE)
    assert (refused.status_code, refused.headers["Allow"]) == (405, methods)


def test_nothing_of_the_inside_is_shown_by_an_unexpected_failure(client: httpx.Client) -> None:
    answer = client.get("/small/broken")
    assert answer.json()["code"] == "internal"
    assert "nowhere" not in answer.text
    assert "secret_column" not in answer.text


def test_a_database_that_does_not_answer_is_503(client: httpx.Client) -> None:
    answer = client.get("/small/slow")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


# --- who may


def test_a_token_is_needed_and_its_scope(house: House, client: httpx.Client) -> None:
    wrong = ["", "Bearer", "Bearer x", "Basic x", "ll_x", "Bearer x y", "Bearer ä"]
    for header in wrong:
        answer = client.get("/small/notes", headers={"Authorization": header.encode()})
        assert answer.status_code == 401, header
    with house.client(house.key("journal:read").token) as reader:
        assert reader.get("/small/notes").status_code == 200
        refused = reader.post("/small/notes", json=NOTE)
    assert (refused.status_code, refused.json()["details"]) == (403, {"scope": "journal:write"})


def test_a_revoked_key_stops_within_a_second(house: House) -> None:
    issued = house.key()
    with house.client(issued.token) as revoked:
        assert revoked.get("/small/notes").status_code == 200
        with begin(house.resources.database, house.caller) as work:
            keys.switch(work, key_id=issued.key.id, is_enabled=False)
        time.sleep(0.95)
        assert revoked.get("/small/notes").status_code == 401


def test_a_public_operation_needs_no_token(house: House) -> None:
    with house.client(None) as stranger:
        answer = stranger.post("/small/greetings", json=NOTE)
    assert answer.json() == {"text": "Notiz", "request_id": answer.headers["X-Request-Id"]}


def test_who_tries_tokens_is_slowed_down(
    open_house: Callable[..., House], new_organization: Callable[..., Founded]
) -> None:
    house = open_house(new_organization(), rate_limit=30)
    with house.client("wrong") as stranger:
        while int(stranger.get("/small/nothing").headers["X-Rate-Limit-Reset"]) < 10:
            time.sleep(0.5)
        statuses = [stranger.get("/small/notes").status_code for _ in range(40)]
    assert statuses.count(401) < 31
    assert statuses[-1] == 429


def test_an_operation_announces_its_end(client: httpx.Client) -> None:
    headers = client.get("/small/old").headers
    assert (headers["Deprecation"], headers["Sunset"]) == (
        "@1767225600",
        "Fri, 01 Jan 2027 00:00:00 GMT",
    )


# --- bodies


def test_a_body_on_a_get_is_ignored(client: httpx.Client) -> None:
    for body in (b"[]", b"{}", b"{", b"x" * 5000):
        assert client.request("GET", "/small/notes", content=body).status_code == 200


def test_a_refusal_names_the_field(client: httpx.Client) -> None:
    answer = client.post("/small/notes", json={"text": "", "hash": 1})
    assert answer.json()["code"] == "invalid_input"
    assert answer.json()["details"] == {"text": "is too short", "hash": "is not known here"}
    answer = client.get("/small/invalid")
    assert (answer.status_code, answer.json()["details"]) == (
        422,
        {"lines.0.debit": "This is odd."},
    )


def test_a_body_has_a_limit_however_it_is_sent(house: House, client: httpx.Client) -> None:
    large = b'{"text": "' + b"x" * 5000 + b'"}'

    def parts() -> Iterator[bytes]:
        for start in range(0, len(large), 100):
            yield large[start : start + 100]

    assert client.post("/small/notes", content=large).status_code == 413
    assert client.post("/small/notes", content=parts()).status_code == 413
    file = {"file": ("a.xml", b"x" * 9000)}
    assert client.post("/small/files", files=file).status_code == 413
    assert house.notes() == 0


def test_a_file_comes_with_its_fields(client: httpx.Client) -> None:
    answer = client.post(
        "/small/files", files={"file": ("Auszug März.xml", b"<a/>")}, data={"year": "2026"}
    )
    assert answer.json() == {"name": "Auszug März.xml", "size": 4, "year": 2026}


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {}},
        {"content": b"x"},
        {"data": {"year": "2026"}},
        {"files": {"other": ("a", b"x")}},
        {"files": {"file": ("a", b"x")}, "data": {"year": "x"}},
        {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
    ],
)
def test_what_is_no_file_is_refused(
    house: House, client: httpx.Client, request_: dict[str, Any]
) -> None:
    assert client.post("/small/files", **request_).status_code == 400
    assert house.notes() == 0


def test_a_file_goes_out_under_its_name(client: httpx.Client) -> None:
    answer = client.get("/small/files/R%C3%A4%22;x.csv")
    assert answer.content == b"a;b"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"R___x.csv\"; filename*=UTF-8''R%C3%A4%22%3Bx.csv"
    )
    assert client.get("/small/files/newest").json() == {"name": "newest"}


# --- limits


def test_past_the_limit_one_waits(
    open_house: Callable[..., House], new_organization: Callable[..., Founded]
) -> None:
    house = open_house(new_organization(), rate_limit=40)
    with house.client(house.key().token) as client:
        while int(client.get("/small/notes").headers["X-Rate-Limit-Reset"]) < 10:
            time.sleep(0.5)
    with house.client(house.key().token) as client:
        answers = [client.get("/small/notes") for _ in range(45)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200] * 40 + [429] * 5
    remaining = [int(answer.headers["X-Rate-Limit-Remaining"]) for answer in answers]
    assert remaining[:40] == list(range(39, -1, -1))
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=40;w=60'
    with house.client(house.key().token) as other:
        assert other.get("/small/notes").status_code == 200


def test_two_processes_share_one_limit(database: Database) -> None:
    limiters = [RateLimiter(database, 300) for _ in range(2)]
    credential = uuid7().hex
    while limiters[0].take(uuid7().hex).reset_seconds < 5:
        time.sleep(0.5)
    taken = [limiters[turn % 2].take(credential).is_allowed for turn in range(400)]
    assert taken.count(True) == 300


# --- the description


def test_the_description_names_every_operation(client: httpx.Client) -> None:
    document = client.get("/small/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    shown = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert shown == {(found.method, found.path) for found in small.operations}
    phone = document["paths"]["/phones/{id}"]["patch"]
    assert {"200", "400", "401", "403", "404", "409", "412", "413", "422", "429"} == set(
        phone["responses"]
    )
    assert phone["security"] == [{"bearer": ["config:write"]}]
    assert document["paths"]["/greetings"]["post"]["security"] == []


def test_the_documentation_needs_no_other_host(client: httpx.Client) -> None:
    page = client.get("/small/docs")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert set(re.findall(r'(?:src|href)="([^"#]+)"', page.text)) == {
        "/favicon.ico",
        "/static/tokens.css",
        "docs.css",
        "docs.js",
        "/small/openapi.json",
    }
    assert "Write a note" in page.text
    assert client.get("/small/docs.js").status_code == 200
    assert client.get("/small/docs.css").status_code == 200
