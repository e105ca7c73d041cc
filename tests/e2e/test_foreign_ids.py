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
# A list that shows ids, where the field of its rows is not `id`; what is made when it is empty.
LISTS = {"portal": "/client/invoices", "management": "/organizations", "oauth": "/clients"}
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
        return Visitor(server.base_url, {name: keys.authorization(name) for name in SURFACES})

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
def theirs(visitors: dict[str, Visitor], server: Serving) -> dict[str, str]:
    """An id that the owner has on each surface."""
    owner = visitors["owner"]
    app = {"client_name": "Lotsenkasse", "kind": "confidential", "scope": "contacts:read"}
    made = httpx.post(
        f"{server.base_url}/oauth2/clients",
        json={**app, "redirect_uris": ["https://lotsenkasse.example/callback"]},
        headers={"Authorization": owner.keys["oauth"]},
    )
    assert made.status_code == 201, made.text
    found = {"oauth": str(made.json()["client_id"])}
    for name in ("portal", "management"):
        listed = owner.send(
            name,
            snippets.Request("GET", SURFACES[name].base + LISTS[name], False, False, None, None),
        )
        rows = listed.json()
        row = next(value for value in rows.values() if isinstance(value, list))[0]
        found[name] = str(row.get("id") or row["organization_id"])
    return found


def operations(name: str) -> Iterator[tuple[str, str, Any]]:
    """Path, method and description of every operation of a surface."""
    yield from docs.operations(SURFACES[name].document())


WITH_ID = [
    (name, method, path)
    for name in SURFACES
    for path, method, _ in docs.operations(SURFACES[name].document())
    if "{" in path
]


@pytest.mark.parametrize("who", ["another company", "another customer", "the same in TEST"])
@pytest.mark.parametrize(("name", "method", "path"), WITH_ID)
def test_an_id_of_somebody_else_is_an_id_of_nothing(
    visitors: dict[str, Visitor],
    theirs: dict[str, str],
    who: str,
    name: str,
    method: str,
    path: str,
) -> None:
    if who != "another company" and not sees_nothing(name, who):
        pytest.skip("the same company may see it")
    operation = next(one for p, m, one in operations(name) if (p, m) == (path, method))
    nothing = unknown(theirs[name])
    answers = []
    for identity in (theirs[name], nothing):
        place = re.sub(r"{\w+}", identity, path)
        asked = snippets.request(SURFACES[name].base, place, method, operation)
        answers.append(visitors[who].send(name, asked))
    foreign, random = answers
    assert foreign.status_code == random.status_code == 404, (foreign.text, random.text)
    assert foreign.text.replace(theirs[name], nothing) == random.text


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


@pytest.mark.parametrize("name", SURFACES)
def test_no_field_that_is_not_offered_is_taken_over(
    visitors: dict[str, Visitor], theirs: dict[str, str], name: str
) -> None:
    owner = visitors["owner"]
    for path, method, operation in operations(name):
        asked = snippets.request(SURFACES[name].base, path, method, operation)
        offered = asked.body if isinstance(asked.body, dict) else None
        if offered is None or asked.is_public or method == "delete":
            continue
        asked = snippets.request(
            SURFACES[name].base, re.sub(r"{\w+}", theirs[name], path), method, operation
        )
        more = {field: value for field, value in PRIVILEGES.items() if field not in offered}
        answer = owner.send(name, asked, {**offered, **more})
        assert answer.status_code < 500
        if answer.status_code < 300:
            for value in (PRIVILEGES["tenant_id"], PRIVILEGES["created_by"]):
                assert str(value) not in answer.text, (method, path)
