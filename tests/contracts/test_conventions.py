"""Every answer of every surface keeps the conventions: headers, refusals, preflight, documents."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from kontorhaus.app import asgi
from kontorhaus.runtime import config
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.workshop import Workshop

CONTRACTS = Path(__file__).parent / "contracts"
CONVENTIONS: dict[str, Any] = yaml.safe_load((CONTRACTS / "conventions.yaml").read_text("utf-8"))
BASES = [surface.base for surface in asgi.SURFACES]
# A path and the status that it answers without a token.
OPEN = [("/openapi.json", 200), ("/docs", 200), ("/nowhere", 404)]


class Client:
    """Speaks to an ASGI application without a network."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request and its whole answer."""

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://kontorhaus.test"
            ) as client:
                return await client.request(method, path, **more)

        return asyncio.run(send())

    def get(self, path: str, **more: Any) -> httpx.Response:
        """One GET."""
        return self.request("GET", path, **more)


@pytest.fixture(scope="module")
def client(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The whole program, spoken to without a network."""
    home = tmp_path_factory.mktemp("home")
    settings = config.from_environment({"KONTORHAUS_HOME": str(home)})
    workshop = Workshop(1)
    resources = Resources(settings, database, Blobs(home / "blobs"), workshop)
    yield Client(asgi.create_app(resources))
    workshop.close()


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("path", "status"), OPEN)
def test_every_answer_carries_the_promised_headers(
    client: Client, base: str, path: str, status: int
) -> None:
    answer = client.get(base + path)
    assert answer.status_code == status
    for name in CONVENTIONS["response_headers"]:
        assert name in answer.headers, name
    UUID(answer.headers["X-Request-Id"])
    assert int(answer.headers["X-Rate-Limit-Remaining"]) >= 0


@pytest.mark.parametrize("name", ["Access-Control-Allow-Headers", "Access-Control-Expose-Headers"])
@pytest.mark.parametrize("base", BASES)
def test_cors_names_the_promised_headers(client: Client, base: str, name: str) -> None:
    promised = {word.strip() for word in CONVENTIONS["response_headers"][name].split(",")}
    given = {word.strip() for word in client.get(base + "/openapi.json").headers[name].split(",")}
    assert promised <= given


def test_the_request_id_is_ours_and_not_the_callers(client: Client) -> None:
    theirs = "0199d2b0-0000-7000-8000-000000000000"
    answer = client.get("/books/openapi.json", headers={"X-Request-Id": theirs})
    assert answer.headers["X-Request-Id"] != theirs


@pytest.mark.parametrize("surface", asgi.SURFACES, ids=lambda surface: surface.name)
def test_no_operation_answers_without_a_valid_token(client: Client, surface: Any) -> None:
    for operation in surface.operations:
        if operation.is_public:
            continue
        path = surface.base + operation.path.replace("{", "").replace("}", "")
        for headers in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic eDp5"}):
            answer = client.request(operation.method, path, headers=headers)
            assert answer.status_code == 401, (operation.method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/books/v1/bookings", {"POST"}), ("/billing/v1/documents", {"GET", "POST"})],
)
def test_a_preflight_names_the_methods_of_the_path(
    client: Client, path: str, methods: set[str]
) -> None:
    answer = client.request(
        "OPTIONS",
        path,
        headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
    )
    assert answer.status_code == 204
    given = {word.strip() for word in answer.headers["Access-Control-Allow-Methods"].split(",")}
    assert methods <= given


@pytest.mark.parametrize("base", BASES)
def test_the_documentation_page_needs_no_foreign_host(client: Client, base: str) -> None:
    page = client.get(base + "/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    for quote in ('"', "'"):
        assert f"src={quote}http" not in page.text
        assert f"href={quote}http" not in page.text


@pytest.mark.parametrize("base", BASES)
def test_every_document_is_openapi_3_1_and_its_operations_have_names_and_summaries(
    client: Client, base: str
) -> None:
    document = client.get(base + "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    entries = [entry for path in document["paths"].values() for entry in path.values()]
    names = [entry["operationId"] for entry in entries]
    assert len(names) == len(set(names))
    assert all(entry["summary"] for entry in entries)
