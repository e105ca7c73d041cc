"""A seller with one customer, and that customer's own access to its invoices."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from kontorhaus.identity import actions as identity
from kontorhaus.kernel import exact_json
from kontorhaus.kernel.ids import PartyId, UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, Work, begin

LINES = [
    {
        "title": "KVM 4 GB",
        "title2": "Laufzeit 03/2026\nRAM: 4 GB",
        "netPrice": 6.68,
        "type": "Hosting",
        "relatedId": 23633,
    }
]
DOMAIN = [{"title": "example.de", "netPrice": 10, "type": "Domain"}]


@dataclass(frozen=True)
class Access:
    """A token on one surface; answers are exact JSON."""

    served: TestClient
    base: str
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.served.request(method, f"{self.base}{path}", headers=headers, **more)

    def ok(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        response = self(method, path, body, **more)
        assert response.status_code == status, response.text
        return exact_json.decode(response.content) if response.content else None


@dataclass(frozen=True)
class Shop:
    """A tenant as its seller works in it, with customers who have tokens."""

    resources: Resources
    served: TestClient
    caller: Caller
    owner: UserId
    billing: Access
    books: Access

    def working(self) -> AbstractContextManager[Work]:
        return begin(self.resources.database, self.caller)

    def customer(self, name: str = "Große Bücher GmbH") -> Customer:
        details = {
            "name": name,
            "clientNumber": uuid7().hex[-12:],
            "address1": "Weg 1",
            "address2": "20095 Hamburg",
            "countryCode": "DE",
            "email": "einkauf@kunde.example",
        }
        made = self.billing.ok("POST", "/contacts", details, 201)
        rows = self.books.ok("GET", "/v1/customers", params={"search": name})
        party_id = PartyId(UUID(rows[0]["id"]))
        return Customer(self, made["id"], party_id, rows[0]["account_number"], self.key(party_id))

    def key(self, party_id: PartyId, scopes: tuple[str, ...] = ("access_invoices",)) -> str:
        with self.working() as work:
            return identity.create_api_key(
                work,
                secret=secret.of(self.resources.config.home),
                surface="portal",
                name=f"portal {uuid7().hex}",
                created_by=self.owner,
                party_id=party_id,
                scopes=scopes,
            ).token


@dataclass(frozen=True)
class Customer:
    """A customer: the seller's id of it, its personal account, its token."""

    shop: Shop
    contact_id: str
    party_id: PartyId
    account: str
    token: str

    @property
    def portal(self) -> Access:
        return Access(self.shop.served, "/portal", self.token)

    def invoice(self, lines: Any = LINES, **more: Any) -> Any:
        """A final invoice of the seller."""
        body = {"type": "invoice", "clientId": self.contact_id, "lines": lines, "finalized": True}
        return self.shop.billing.ok(
            "POST", "/documents", {**body, "date": "2026-03-02", **more}, 201
        )

    def rows(self, **query: Any) -> Any:
        return self.portal.ok("GET", "/client/invoices", params=query)["data"]

    def ids(self, **query: Any) -> list[int]:
        return [row["id"] for row in self.rows(**query)]

    def one(self, number: int) -> Any:
        return self.portal.ok("GET", f"/client/invoices/{number}")["data"]
