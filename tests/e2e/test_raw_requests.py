"""Bytes that two readers could read differently, and headers that claim what is not so (S-29)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.e2e.calls import ask
from tests.e2e.serving import Serving, Tenant, start_server, stop_server

QUIET_SECONDS = 0.4
STRANGE = "evil.example"


def raw(server: Serving, content: bytes) -> tuple[list[int], bool]:
    """The statuses of all answers to some bytes, and whether the server hung up then."""
    received = b""
    with socket.create_connection(("127.0.0.1", urlsplit(server.base_url).port or 0)) as line:
        line.settimeout(QUIET_SECONDS)
        line.sendall(content)
        try:
            while part := line.recv(65_536):
                received += part
                line.settimeout(QUIET_SECONDS)
        except TimeoutError:
            return _statuses(received), False
    return _statuses(received), True


def _statuses(received: bytes) -> list[int]:
    return [int(each[:3]) for each in received.split(b"HTTP/1.1 ")[1:]]


def smuggled(token: str) -> bytes:
    """A whole request, hidden in what another one may take for its body."""
    head = f"GET /books/v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    return head.encode()


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)


AMBIGUOUS: dict[str, Callable[[bytes], bytes]] = {
    "CL.TE": lambda inner: (
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(inner))
        + inner
    ),
    "TE.CL": lambda inner: (
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunk(inner)
    ),
    "an encoding nobody knows": lambda inner: (
        b"Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\n" + chunk(inner)
    ),
    "a blank before the colon": lambda inner: (
        b"Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n" + chunk(inner)
    ),
    "two encodings": lambda inner: (
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + inner
    ),
    "two lengths": lambda inner: (
        b"Content-Length: 2\r\nContent-Length: %d\r\n\r\n{}" % (2 + len(inner)) + inner
    ),
    "a list of lengths": lambda inner: b"Content-Length: 2, 2\r\n\r\n{}" + inner,
    "a length with a sign": lambda inner: b"Content-Length: +2\r\n\r\n{}" + inner,
    "a length below zero": lambda inner: b"Content-Length: -2\r\n\r\n{}" + inner,
    "a folded header": lambda inner: b"X-A: b\r\n Content-Length: 5\r\n\r\n" + inner,
    "NUL in a header": lambda inner: b"X-A: b\0c\r\n\r\n" + inner,
    "a chunk below zero": lambda inner: b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + inner,
    "a bare line feed in a chunk": lambda inner: (
        b"Transfer-Encoding: chunked\r\n\r\n2;a=b\nX\r\n{}\r\n0\r\n\r\n" + inner
    ),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused_and_the_line_cut(
    server: Serving, company: Tenant, name: str
) -> None:
    token = company.tokens["books"]
    head = f"POST /books/v1/bookings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    assert raw(server, head.encode() + AMBIGUOUS[name](smuggled(token))) == ([400], True)


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_the_body_of_a_get_is_read_away_and_no_request_of_its_own(
    server: Serving, company: Tenant, framing: str
) -> None:
    inner = smuggled(company.tokens["books"])
    head = inner.removesuffix(b"\r\n")
    content = (
        head + b"Content-Length: %d\r\n\r\n" % len(inner) + inner
        if framing == "length"
        else head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(inner)
    )
    assert raw(server, content)[0] == [200]
    assert raw(server, content + inner)[0] == [200, 200]


def test_a_request_names_one_host_and_any_host_is_the_same(
    server: Serving, company: Tenant
) -> None:
    token = company.tokens["books"]
    once = smuggled(token)
    assert raw(server, once.replace(b"Host: x\r\n", b"Host: x\r\nHost: y\r\n"))[0] == [400]
    for path in ("/", "/login", "/docs", "/books/docs", "/books/openapi.json", "/forgotten"):
        claims = {"Host": STRANGE, "X-Forwarded-Host": STRANGE, "Forwarded": f"host={STRANGE}"}
        answer = httpx.get(f"{server.base_url}{path}", headers=claims)
        assert STRANGE not in answer.text + str(answer.headers), path


def test_forwarded_addresses_count_from_trusted_proxies_only(
    server: Serving, server_url: str, place: Path
) -> None:
    home = place / "home"
    home.mkdir()
    trusting = start_server(
        home, KONTORHAUS_DATABASE_URL=server_url, KONTORHAUS_TRUSTED_PROXIES="127.0.0.1"
    )
    seen = []
    for serving in (server, trusting):
        claim = {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer nothing"}
        answer = httpx.get(f"{serving.base_url}/books/v1/accounts", headers=claim)
        seen.append(log_line(serving, answer.headers["X-Request-Id"])["client"])
    assert stop_server(trusting) == 0
    assert seen == ["address:127.0.0.1", "address:203.0.113.9"]


def log_line(serving: Serving, request_id: str) -> dict[str, str]:
    """The line of the access log about a request."""
    lines = [
        json.loads(line) for line in serving.log.read_text().splitlines() if request_id in line
    ]
    return next(line for line in lines if line["event"] == "request")


def test_a_method_is_what_it_is(company: Tenant) -> None:
    made = company.billing.post("/contacts", json={"name": "Hansen"}).json()["id"]
    claims = {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE", "X-Method": "DELETE"}
    refused = company.billing.post(
        f"/contacts/{made}", params={"_method": "DELETE"}, headers=claims
    )
    assert refused.status_code == 405
    assert company.billing.get(f"/contacts/{made}", headers=claims).status_code == 200


def test_private_answers_are_never_stored_on_the_way(company: Tenant) -> None:
    for http, path, status in (
        (company.books, "/v1/accounts", 200),
        (company.books, "/v1/reports/datev-export?startDate=2026-03-01&endDate=2026-03-31", 200),
        (company.books, "/v1/nowhere", 404),
        (company.books, "/v1/journal?limit=0", 400),
        (company.billing, "/company", 200),
        (company.billing, "/contacts/Zz0Zz0Zz0Z", 404),
    ):
        answer = http.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store"), path


# --- an unexpected failure (S-28)


def test_a_failure_inside_shows_its_request_id_and_nothing_else(
    server: Serving, company: Tenant, server_url: str
) -> None:
    ask(server_url, "alter table product rename column title to title_elsewhere")
    try:
        url, headers = f"{server.base_url}/billing/v1/products", company.billing.headers
        answers = [
            httpx.get(url, headers=headers),
            httpx.post(url, headers=headers, json={"title": str(uuid4())}),
        ]
    finally:
        ask(server_url, "alter table product rename column title_elsewhere to title")
    for answer in answers:
        assert answer.status_code == 500
        told = answer.text + str(answer.headers)
        for inside in (
            "Traceback",
            "psycopg",
            "select ",
            "insert ",
            "title",
            ".py",
            "/kontorhaus/",
        ):
            assert inside not in told, inside
        assert set(answer.json()) == {"error"}
        logged = [line for line in server.log.read_text().splitlines() if "UndefinedColumn" in line]
        assert any(answer.headers["X-Request-Id"] in line for line in logged)
    assert company.billing.get("/products").status_code == 200


# --- request ids


def test_every_trace_of_a_request_carries_its_id_and_the_callers_beside_it(
    server: Serving, company: Tenant, server_url: str
) -> None:
    theirs = str(uuid4())
    answer = company.billing.post(
        "/contacts", json={"name": "Hansen"}, headers={"X-Request-Id": theirs}
    )
    ours = answer.headers["X-Request-Id"]
    assert theirs not in answer.text + str(answer.headers)
    line = log_line(server, ours)
    assert (line["request_id"], line["their_request_id"]) == (ours, theirs)
    audited = ask(
        server_url,
        "select action, request_id::text from audit where tenant_id = %(tenant)s"
        " and request_id = %(ours)s",
        tenant=company.tenant_id,
        ours=ours,
    )
    assert audited
    assert {request_id for _, request_id in audited} == {ours}
    forged = company.billing.get("/company", headers={"X-Request-Id": 'x","status":200,"y":"'})
    assert log_line(server, forged.headers["X-Request-Id"])["status"] == 200
