"""A running server with the small surface and one organization."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import IssuedKey
from kontorhaus.kernel.ids import UserId
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller, begin
from tests.surfaces.small_surface import notes_written


@dataclass
class House:
    """A running server with one organization."""

    base_url: str
    resources: Resources
    caller: Caller
    owner: UserId

    def key(self, *scopes: str, environment_of: Caller | None = None) -> IssuedKey:
        """A new key."""
        with begin(self.resources.database, environment_of or self.caller) as work:
            return identity.create_api_key(
                work,
                secret=secret.of(self.resources.config.home),
                surface="books",
                name=uuid7().hex,
                scopes=scopes or ("admin",),
                created_by=self.owner,
            )

    def client(self, token: str | None) -> httpx.Client:
        """A client with a token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.base_url, headers=headers, timeout=120)

    def notes(self) -> int:
        """How many notes there are."""
        with begin(self.resources.database, self.caller, read_only=True) as work:
            return notes_written(work)
