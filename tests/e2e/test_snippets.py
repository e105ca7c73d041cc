"""The documentation shows calls that work: each is taken from the page's own text and run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from kontorhaus.app import asgi
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from kontorhaus.surfaces.conventions import docs, snippets
from tests.contracts.credentials import Keys
from tests.e2e.serving import Serving, Tenant

KEYS = {surface.base: surface.name for surface in asgi.SURFACES}
# Of the writes those that a company takes twice as their example stands.
WRITES = {("/billing/v1", "post", "/contacts"), ("/billing/v1", "post", "/products")}


@pytest.fixture(scope="module")
def keys(server: Serving, server_database: Database, company: Tenant) -> Keys:
    config = from_environment({"KONTORHAUS_HOME": str(server.home)})
    blobs = Blobs(server.home / "blobs")
    resources = Resources(config, server_database, blobs, workshop=None)  # type: ignore[arg-type]
    return Keys(resources, server.base_url, Caller(company.tenant_id, SYSTEM, "Europe/Berlin"))


def calls(server: Serving, base: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The operations of an API that need no id of anything."""
    document = httpx.get(f"{server.base_url}{base}/openapi.json").json()
    for path, method, operation in docs.operations(document):
        needed = [one["schema"] for one in operation["parameters"] if one["required"]]
        is_free = all(schema.get("format") != "uuid" for schema in needed) and "{" not in path
        if (method == "get" and is_free) or (base, method, path) in WRITES:
            yield path, method, dict(operation)


@pytest.mark.parametrize("base", KEYS)
def test_what_the_page_shows_in_curl_and_python_runs(
    server: Serving, keys: Keys, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = keys.authorization(KEYS[base]).removeprefix("Bearer ")
    monkeypatch.setenv("API_TOKEN", token)
    page = httpx.get(f"{server.base_url}{base}/docs").text

    def failure(call: tuple[str, str, dict[str, Any]]) -> str | None:
        asked = snippets.request(base, *call)
        line = snippets.curl(server.base_url, asked)
        done = subprocess.run(["bash", "-c", line], capture_output=True)
        try:
            exec(snippets.python(server.base_url, asked), {})
        except httpx.HTTPError as error:
            return f"{call[1]} {call[0]}: {error}"
        return f"{line}\n{done.stdout!r}{done.stderr!r}" if done.returncode else None

    found = list(calls(server, base))
    assert found
    assert all(snippets.request(base, *call).path.partition("?")[0] in page for call in found)
    with ThreadPoolExecutor(4) as threads:
        failures = [told for told in threads.map(failure, found) if told]
    assert not failures, "\n".join(failures)


def test_one_page_shows_every_operation_of_every_api(server: Serving) -> None:
    page = httpx.get(f"{server.base_url}/docs")
    assert page.status_code == 200
    for base in KEYS:
        for path, method, operation in docs.operations(
            httpx.get(f"{server.base_url}{base}/openapi.json").json()
        ):
            assert f"<code>{base}{path}</code>" in page.text, (method, path)
            assert len(operation["responses"]) > 1
    count = page.text.count('class="operation"')
    assert count == page.text.count("<summary>curl</summary>")
    assert count == page.text.count("<summary>Python</summary>")
    assert count == page.text.count("<summary>JavaScript</summary>")
