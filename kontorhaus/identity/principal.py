"""One Principal for every kind of credential: who calls, for whom, and what they may."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kontorhaus.kernel.errors import Denied
from kontorhaus.kernel.ids import OrganizationId, PartyId, TenantId
from kontorhaus.kernel.phrase import Phrase
from kontorhaus.runtime.work import Actor, Caller


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that has proved who it is; `party_id` is the customer of a portal token."""

    organization_id: OrganizationId
    tenant_id: TenantId
    environment: str
    organization_name: str
    time_zone: str
    scopes: frozenset[str]
    role: str
    actor: Actor
    party_id: PartyId | None = None

    def caller(self, request_id: UUID | None) -> Caller:
        """The caller of a transaction."""
        return Caller(self.tenant_id, self.actor, self.time_zone, request_id)

    def may(self, scope: str) -> bool:
        """Whether the scope is granted; `admin` covers all."""
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: str) -> None:
        """Denied("forbidden") without the scope."""
        if not self.may(scope):
            message = Phrase("This needs the scope %(scope)s.", scope=scope)
            raise Denied("forbidden", message, scope=scope)
