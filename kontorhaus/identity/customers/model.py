"""Values of the access that customers have to their invoices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kontorhaus.kernel.ids import AccessId, ApiKeyId, PartyId, TenantId


@dataclass(frozen=True, slots=True)
class CustomerToken:
    """A token of a customer's own programs, without what was shown once; `expires_at` may miss."""

    id: ApiKeyId
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_date: date | None


@dataclass(frozen=True, slots=True)
class MailedAccess:
    """An address that may enter for a customer; `expires_at` is when its latest link ends.

    Whoever reads mail there may ask for another link, until the access is taken away.
    """

    id: AccessId
    address: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where a link or a token leads: to one customer of one tenant.

    Exactly one of `access_id` and `key_id` is there; `time_zone` is the seller's.
    """

    tenant_id: TenantId
    time_zone: str
    party_id: PartyId
    access_id: AccessId | None = None
    key_id: ApiKeyId | None = None


@dataclass(frozen=True, slots=True)
class CustomerSession:
    """A customer at the pages; the token is for its cookie alone."""

    token: str = field(repr=False)
    expires_at: datetime
