"""Ids of others on the surfaces that let others in: generated from their documents (S-1, S-12).

Books and billing have a table of their own (test_isolation); what these surfaces name by an id is
found in their own lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kontorhaus.app import asgi
from kontorhaus.identity.model import Profile
from kontorhaus.ledger import founding
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from kontorhaus.surfaces.conventions import docs, snippets
from tests.contracts.credentials import Keys
from tests.e2e.serving import LINDENHOF, NORDLICHT, Serving

SURFACES = {
    surface.name: surface
    for surface in asgi.SURFACES
    if surface.name not in ("books", "billing", "well-known")
}
# These refuse what they do not know, the others ignore it.
STRICT = {
    surface.name: surface for surface in asgi.SURFACES if surface.name in ("books", "billing")
}
PRIVILEGES = {
    "tenant_id": str(uuid4()),
    "state": "LIVE",
    "number": "R-1",
    "paid": True,
    "hash": "00",
    "created_by": str(uuid4()),
    "is_system": True,
    "role": "owner",
}


@dataclass
class Visitor:
    """Somebody with a credential for each surface."""

    base_url: str
    keys: dict[str, str]

    def send(self, surface: str, asked: snippets.Request, body: Any = None) -> httpx.Response:
        """One request of a surface."""
        sent = {"json": asked.body if body is None else body} if asked.media_type else {}
        return httpx.request(
            asked.method,
            self.base_url + asked.path,
            headers={"Authorization": self.keys[surface]},
            timeout=60,
            **sent,
        )


@pytest.fixture(scope="module")
def visitors(server: Serving, server_database: Database) -> dict[str, Visitor]:
    """Two companies with all credentials, and the first one's TEST environment."""
    config = from_environment({"KONTORHAUS_HOME": str(server.home)})
    blobs = Blobs(server.home / "blobs")
    resources = Resources(config, server_database, blobs, workshop=None)  # type: ignore[arg-type]

    def visitor(tenant: Any) -> Visitor:
        keys = Keys(resources, server.base_url, Caller(tenant, SYSTEM, "Europe/Berlin"))
        names = (*SURFACES, *STRICT)
        return Visitor(server.base_url, {name: keys.authorization(name) for name in names})

    def company(profile: Profile) -> Any:
        return founding.found(server_database, profile=profile).tenants

    owner = company(NORDLICHT)
    return {
        "owner": visitor(owner["LIVE"]),
        "another company": visitor(company(LINDENHOF)["LIVE"]),
        "another customer": visitor(owner["LIVE"]),
        "the same in TEST": visitor(owner["TEST"]),
    }


@pytest.fixture(scope="module")
def app(visitors: dict[str, Visitor], server: Serving) -> None:
    """An app of the owner: all else that is asked for is there from the start."""
    made = httpx.post(
        f"{server.base_url}/oauth2/clients",
        json={
            "client_name": "Lotsenkasse",
            "kind": "confidential",
            "scope": "contacts:read",
            "redirect_uris": ["https://lotsenkasse.example/callback"],
        },
        headers={"Authorization": visitors["owner"].keys["oauth"]},
    )
    assert made.status_code == 201, made.text


def ids_of(visitor: Visitor, name: str, path: str) -> dict[str, str]:
    """An id for each name in a path, found in the visitor's own list above it.

    Where the list is empty, the example of its document is sent first.
    """
    found: dict[str, str] = {}
    for word in re.findall(r"{(\w+)}", path):
        above = path.partition(f"/{{{word}}}")[0]
        row = _first(visitor, name, filled(above, found))
        if row is None:
            operation = next(one for p, m, one in operations(name) if (p, m) == (above, "post"))
            asked = snippets.request(SURFACES[name].base, filled(above, found), "post", operation)
            made = visitor.send(name, asked)
            assert made.status_code < 300, made.text
            row = _first(visitor, name, filled(above, found))
        assert row is not None
        found[word] = next(str(row[key]) for key in (word, "id", "_id") if key in row)
    return found


def _first(visitor: Visitor, name: str, path: str) -> dict[str, Any] | None:
    """The first row of a list."""
    asked = snippets.Request("GET", SURFACES[name].base + path, False, False, None, None)
    rows = visitor.send(name, asked).json()
    if isinstance(rows, dict):
        rows = next(value for value in rows.values() if isinstance(value, list))
    return rows[0] if rows else None


def filled(path: str, ids: dict[str, str]) -> str:
    """A path with ids put in."""
    return re.sub(r"{(\w+)}", lambda word: ids[word[1]], path)


def operations(name: str) -> Iterator[tuple[str, str, Any]]:
    """Path, method and description of every operation of a surface."""
    yield from docs.operations(SURFACES[name].document())


WITH_ID = [
    (name, method, path)
    for name in SURFACES
    for path, method, _ in docs.operations(SURFACES[name].document())
    if "{" in path
]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("who", ["another company", "another customer", "the same in TEST"])
@pytest.mark.parametrize(("name", "method", "path"), WITH_ID)
def test_an_id_of_somebody_else_is_an_id_of_nothing(
    visitors: dict[str, Visitor], who: str, name: str, method: str, path: str
) -> None:
    if who != "another company" and not sees_nothing(name, who):
        pytest.skip("the same company may see it")
    operation = next(one for p, m, one in operations(name) if (p, m) == (path, method))
    foreign = ids_of(visitors["owner"], name, path)
    nothing = {word: unknown(identity) for word, identity in foreign.items()}

    def answer(ids: dict[str, str]) -> httpx.Response:
        asked = snippets.request(SURFACES[name].base, filled(path, ids), method, operation)
        return visitors[who].send(name, asked)

    pairs = [(foreign, nothing)]
    if len(foreign) > 1:
        last = list(foreign)[-1]
        own = ids_of(visitors[who], name, path)
        pairs.append((own | {last: foreign[last]}, own | {last: nothing[last]}))
    for theirs, unheard in pairs:
        seen, unseen = answer(theirs), answer(unheard)
        assert (seen.status_code, unseen.status_code) == (404, 404), (seen.text, unseen.text)
        said = seen.text
        for word, identity in theirs.items():
            said = said.replace(identity, unheard[word])
        assert said == unseen.text


def sees_nothing(name: str, who: str) -> bool:
    """Whether that visitor of the same company has no part in what the surface shows."""
    return name == "portal" if who == "another customer" else name in ("portal", "oauth")


def unknown(identity: str) -> str:
    """An id of the same form that nothing has."""
    if identity.isdigit():
        return str(int(identity) + 900_000_000)
    if re.fullmatch(r"[0-9a-f-]{36}", identity):
        return str(uuid4())
    return identity[:-6] + ("000000" if not identity.endswith("000000") else "111111")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", SURFACES)
def test_no_field_that_is_not_offered_is_taken_over(
    visitors: dict[str, Visitor], name: str
) -> None:
    owner = visitors["owner"]
    for path, method, operation in operations(name):
        asked = snippets.request(SURFACES[name].base, path, method, operation)
        offered = asked.body if isinstance(asked.body, dict) else None
        if offered is None or asked.is_public or method == "delete":
            continue
        place = filled(path, ids_of(owner, name, path))
        asked = snippets.request(SURFACES[name].base, place, method, operation)
        more = {field: value for field, value in PRIVILEGES.items() if field not in offered}
        answer = owner.send(name, asked, {**offered, **more})
        assert answer.status_code < 500
        if answer.status_code < 300:
            for value in (PRIVILEGES["tenant_id"], PRIVILEGES["created_by"]):
                assert str(value) not in answer.text, (method, path)


@pytest.mark.parametrize("name", STRICT)
def test_every_field_that_is_not_offered_is_refused_by_its_name(
    visitors: dict[str, Visitor], name: str
) -> None:
    document, asked_for = STRICT[name].document(), 0
    for path, method, operation in docs.operations(document):
        asked = snippets.request(STRICT[name].base, path, method, operation)
        if not isinstance(asked.body, dict):
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for field, value in PRIVILEGES.items():
            if field in schema["properties"]:
                continue
            answer = visitors["owner"].send(name, asked, {**asked.body, field: value})
            assert answer.status_code == 400, (method, path, field, answer.text)
            assert field in answer.text, (method, path, field, answer.text)
            asked_for += 1
    assert asked_for > 100
