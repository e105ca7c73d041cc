"""A running program, people in companies, and apps that want to act for them."""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import Founded
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.clock import Clock
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin

COMPANY = "Nordlicht Hosting GmbH"
ISSUER = "http://kontorhaus.example"
CALLBACK = "https://lotsenkasse.example/oauth/callback"
PASSWORD = "ein langes Passwort"
SCOPE = "documents:read contacts:read"

_FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
_NEXT = re.compile(r'name="next" value="([^"]*)"')
_PLACE = re.compile(r'<option value="([0-9a-f-]{36})"')


@dataclass
class Company:
    """An organization with its owner, and a key that may do everything with its books."""

    founded: Founded
    caller: Caller
    owner: UserId
    key: str

    @property
    def authorized(self) -> dict[str, str]:
        """The headers of its key."""
        return {"Authorization": f"Bearer {self.key}"}


@dataclass
class Registered:
    """An app as its makers know it."""

    client_id: str
    client_secret: str | None

    @property
    def basic(self) -> tuple[str, str]:
        """Its credentials."""
        assert self.client_secret is not None
        return self.client_id, self.client_secret


@dataclass
class Proof:
    """PKCE: what is sent first, and what proves it."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """The S256 challenge."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class World:
    """The program at an address, and what it runs on."""

    base_url: str
    resources: Resources

    @property
    def database(self) -> Database:
        """Its database."""
        return self.resources.database

    def company(self, founded: Founded, environment: str = "LIVE") -> Company:
        """A company with an owner."""
        caller = Caller(founded.tenants[environment], SYSTEM, "Europe/Berlin")
        owner = self.person(caller, "owner")[0]
        with begin(self.database, caller) as work:
            issued = identity.create_api_key(
                work,
                secret=secret.of(self.resources.config.home),
                surface="books",
                name=uuid7().hex,
                created_by=owner,
            )
        return Company(founded, caller, owner, issued.token)

    def person(self, caller: Caller, role: str) -> tuple[UserId, str]:
        """Somebody who may sign in: the id and the address."""
        email = f"{uuid7().hex}@nordlicht.example"
        with begin(self.database, caller) as work:
            user_id = identity.create_user(
                work, email=email, role=role, first_name="Katrin", last_name="Brandt",
                password=PASSWORD,
            )  # fmt: skip
        return user_id, email

    def register(self, company: Company, **given: Any) -> Registered:
        """An app of the company."""
        body = {
            "client_name": "Lotsenkasse",
            "kind": "confidential",
            "redirect_uris": [CALLBACK],
            "scope": SCOPE,
            **given,
        }
        answer = self.post("/oauth2/clients", json=body, headers=company.authorized)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Registered(made["client_id"], made["client_secret"])

    def post(self, path: str, **more: Any) -> httpx.Response:
        """One POST."""
        return httpx.post(self.base_url + path, timeout=120, **more)

    def patch(self, path: str, **more: Any) -> httpx.Response:
        """One PATCH."""
        return httpx.patch(self.base_url + path, timeout=120, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        """One DELETE."""
        return httpx.delete(self.base_url + path, timeout=120, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        """One GET, redirects not followed."""
        return httpx.get(self.base_url + path, timeout=120, **more)

    def tokens(self, app: Registered, **form: str) -> httpx.Response:
        """What the token endpoint says to an app."""
        if app.client_secret is None:
            return self.post("/oauth2/token", data={"client_id": app.client_id, **form})
        return self.post("/oauth2/token", data=form, auth=app.basic)

    def documents(self, token: str) -> httpx.Response:
        """A request of the billing surface with a token."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.get("/billing/v1/documents", headers=headers)

    def later(self, by: timedelta) -> Resources:
        """The same resources with a clock that is ahead."""
        database = object.__new__(Database)
        database.__dict__.update(self.database.__dict__)
        database.clock = Clock(self.database.clock.now() + by)
        return replace(self.resources, database=database)


class Browser:
    """Somebody who is signed in, and answers what apps ask."""

    def __init__(self, world: World, email: str, door: str = "/login") -> None:
        self._client = httpx.Client(base_url=world.base_url, timeout=120)
        page = self._client.get(door).text
        target = _NEXT.search(page)
        assert target
        sent = {
            "form_token": form_token(page),
            "next": unescape(target[1]),
            "email": email,
            "password": PASSWORD,
        }
        self.opened = self._client.post("/login", data=sent)
        assert self.opened.status_code == 303, self.opened.text

    def get(self, path: str, **more: Any) -> httpx.Response:
        """One page."""
        return self._client.get(path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """One form."""
        return self._client.post(path, **more)

    def ask(self, parameters: Mapping[str, str] | list[tuple[str, str]]) -> httpx.Response:
        """The page behind the link of an app."""
        return self.get("/oauth2/authorize", params=parameters)

    def answer(
        self, parameters: Mapping[str, str], tenant: UUID | None = None, decision: str = "allow"
    ) -> httpx.Response:
        """Where the form of that page leads."""
        page = self.ask(parameters)
        assert page.status_code == 200, page.text
        places = _PLACE.findall(page.text)
        sent = {
            "form_token": form_token(page.text),
            "tenant": str(tenant or places[0]),
            "decision": decision,
        }
        return self.post("/oauth2/authorize", params=parameters, data=sent)

    def allow(self, parameters: Mapping[str, str], tenant: UUID | None = None) -> dict[str, str]:
        """What the app is told after a yes."""
        answer = self.answer(parameters, tenant)
        assert answer.status_code == 303, answer.text
        return told(answer)


def form_token(page: str) -> str:
    """The token of the form on a page."""
    found = _FORM_TOKEN.search(page)
    assert found, page
    return unescape(found[1])


def told(answer: httpx.Response) -> dict[str, str]:
    """The parameters with which a browser is sent back."""
    query = urlsplit(answer.headers["location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def request_of(app: Registered, proof: Proof, **more: str) -> dict[str, str]:
    """A request for permission as it should be."""
    return {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        "state": "xyz",
        "code_challenge": proof.challenge,
        "code_challenge_method": "S256",
        **more,
    }


def exchange_of(code: str, proof: Proof, **more: str) -> dict[str, str]:
    """The exchange of a code as it should be."""
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": proof.verifier,
        **more,
    }
