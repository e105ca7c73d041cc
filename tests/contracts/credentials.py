"""What somebody with every right of a company sends as Authorization, surface by surface."""

from __future__ import annotations

from uuid import UUID

import httpx

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import IssuedKey
from kontorhaus.kernel.ids import PartyId, UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin

CUSTOMER = {
    "name": "Große Bücher GmbH",
    "address1": "Weg 1",
    "address2": "20095 Hamburg",
    "countryCode": "DE",
}
# Who has no keys of its own takes those of the books.
_KEPT_BY = {"oauth": "books", "well-known": "books"}


class Keys:
    """Keys of a new owner of a company, for each surface of a running server."""

    def __init__(self, resources: Resources, base_url: str, caller: Caller) -> None:
        self._resources = resources
        self._base_url = base_url
        self._caller = caller
        with begin(resources.database, caller) as work:
            self._owner: UserId = identity.create_user(
                work, email=f"owner-{uuid7().hex}@example.org", role="owner"
            )

    def authorization(self, surface: str) -> str:
        """The header of a new key; the portal's is that of a new customer."""
        surface = _KEPT_BY.get(surface, surface)
        issued = self._issued(surface, self._customer() if surface == "portal" else None)
        return f"Bearer {self._signed(issued) if surface == 'management' else issued.token}"

    def pair(self) -> dict[str, str | None]:
        """A new key pair of the management API."""
        return _pair(self._issued("management", None))

    def _signed(self, issued: IssuedKey) -> str:
        """What a key pair is exchanged for."""
        pair = _pair(issued)
        answer = httpx.post(f"{self._base_url}/management/api/v0/auth", json=pair)
        return str(answer.raise_for_status().json()["access_token"])

    def _issued(self, surface: str, party_id: PartyId | None) -> IssuedKey:
        with begin(self._resources.database, self._caller) as work:
            return identity.create_api_key(
                work,
                secret=secret.of(self._resources.config.home),
                surface=surface,
                name=uuid7().hex,
                created_by=self._owner,
                party_id=party_id,
                scopes=("access_invoices",) if party_id else ("admin",),
            )

    def _customer(self) -> PartyId:
        """A customer with one open invoice."""
        headers = {"Authorization": self.authorization("billing")}
        with httpx.Client(base_url=f"{self._base_url}/billing/v1", headers=headers) as billing:
            made = billing.post("/contacts", json=CUSTOMER).raise_for_status().json()
            invoice = {
                "type": "invoice",
                "date": "2026-03-02",
                "clientId": made["id"],
                "lines": [{"title": "Hosting", "netPrice": 100}],
                "finalized": True,
            }
            billing.post("/documents", json=invoice).raise_for_status()
        headers = {"Authorization": self.authorization("books")}
        with httpx.Client(base_url=f"{self._base_url}/books", headers=headers) as books:
            return PartyId(UUID(books.get("/v1/customers").raise_for_status().json()[0]["id"]))


def _pair(issued: IssuedKey) -> dict[str, str | None]:
    return {"api_key": issued.public_id, "api_secret": issued.token}
