"""An organization with a key pair and an owner, and calls of the management API in its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import httpx
from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded, IssuedKey, Profile, TaxNumber
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin

BASE = "/management/api/v0"
PASSWORD = "korrekt Pferd Batterie"
PROFILE = Profile(
    name="Kanzlei Friis",
    line1="Große Bleichen 21",
    line2="20354 Hamburg",
    tax_numbers=(TaxNumber("USt-IdNr.", "DE123456788"), TaxNumber("Steuernummer", "27/1/2")),
)
CLIENT = {
    "name": "Bäckerei Mohn",
    "address_line1": "Am Markt 3",
    "zip": "24937",
    "town": "Flensburg",
    "country_code": "DEU",
}


@dataclass
class House:
    """An organization, its owner and its key pair."""

    served: TestClient
    resources: Resources
    founded: Founded
    environment: str
    email: str
    user_id: UserId
    key: IssuedKey
    token: str = ""

    @property
    def id(self) -> str:
        """The id of the organization."""
        return str(self.founded.organization_id)

    @property
    def caller(self) -> Caller:
        """Somebody in the tenant of the key."""
        return Caller(self.founded.tenants[self.environment], SYSTEM, "Europe/Berlin")

    def auth(self, **body: Any) -> httpx.Response:
        """Ask for tokens; without a body for the key pair."""
        pair = {"api_key": self.key.public_id, "api_secret": self.key.token}
        return self.served.post(f"{BASE}/auth", json=body or pair)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Call an operation with the access token."""
        if not self.token:
            self.token = self.auth().json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        sent = {} if body is None else {"json": body}
        return self.served.request(method, BASE + path, headers=headers, **sent, **more)

    def get(self, path: str, **query: Any) -> Any:
        """What a reading call answers."""
        return ok(self.call("GET", path, params=query))

    def post(self, path: str, body: Any) -> Any:
        """What a creating call answers."""
        return ok(self.call("POST", path, body))

    def as_person(self) -> House:
        """The same in the name of the owner."""
        answer = ok(self.auth(email=self.email, password=PASSWORD))
        return replace(self, token=answer["access_token"])


def house_of(
    served: TestClient, resources: Resources, founded: Founded, environment: str, role: str
) -> House:
    """An organization with a person of a role, who made a key."""
    caller = Caller(founded.tenants[environment], SYSTEM, "Europe/Berlin")
    email = f"{uuid7().hex}@example.de"
    with begin(resources.database, caller) as work:
        user_id = identity.create_user(
            work, email=email, role=role, password=PASSWORD, first_name="Ida", last_name="Friis"
        )
        key = identity.create_api_key(
            work,
            secret=secret.of(resources.config.home),
            surface="management",
            name="test",
            created_by=user_id,
        )
    return House(served, resources, founded, environment, email, user_id, key)


def ok(answer: httpx.Response) -> Any:
    """The body of an answer that is no refusal."""
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer.json()


def code(answer: httpx.Response, status: int) -> str:
    """The code of a refusal; its shape is checked on the way."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    body = answer.json()
    assert set(body) == {"status_code", "error", "code", "message"}
    assert body["status_code"] == status
    assert body["message"]
    return str(body["code"])
