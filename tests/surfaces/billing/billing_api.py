"""A client of the billing surface, and what the tests send through it."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from typing import Any

from starlette.testclient import TestClient

from kontorhaus.identity.model import Profile, TaxNumber
from kontorhaus.kernel import exact_json
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, Work, begin

PROFILE = Profile(
    name="Nordlicht Hosting GmbH",
    line1="Hafenstraße 7",
    line2="20457 Hamburg",
    ceo="Greta Hansen",
    email="rechnung@nordlicht.example",
    phone="+49 40 1234567",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    bank_name="Deutsche Kreditbank",
    tax_numbers=(TaxNumber("USt-IdNr.", "DE123456788"),),
)
LINES = [
    {"title": "Hosting S", "quantity": 2, "netPrice": 49.90, "unit": "Monat"},
    {"title": "Buch", "netPrice": 20.00, "vatRate": 7},
]
CLIENT = {
    "name": "Große Bücher GmbH",
    "clientNumber": "K-1042",
    "address1": "Große Bleichen 21",
    "address2": "20354 Hamburg",
    "countryCode": "DE",
    "email": "einkauf@buecher.example",
}


class Api:
    """A client of one tenant whose answers are exact JSON."""

    def __init__(self, served: TestClient, token: str, caller: Caller | None = None) -> None:
        self._served, self._token, self._caller = served, token, caller

    def working(self, resources: Resources) -> AbstractContextManager[Work]:
        """A transaction of the same tenant, for what this surface does not do."""
        assert self._caller is not None
        return begin(resources.database, self._caller)

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", **more.pop("headers", {})}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._served.request(method, f"/billing/v1{path}", headers=headers, **more)

    def ok(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        response = self(method, path, body, **more)
        assert response.status_code == status, response.text
        return exact_json.decode(response.content) if response.content else None


def invoice(api: Api, **more: Any) -> Any:
    body = {"type": "invoice", "date": "2026-03-02", "client": CLIENT, "lines": LINES, **more}
    return api.ok("POST", "/documents", body, 201)
