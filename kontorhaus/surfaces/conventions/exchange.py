"""One request on its way through a surface: who, which operation, how much is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any
from uuid import UUID

from kontorhaus.identity.principal import Principal
from kontorhaus.identity.sessions.model import Visitor
from kontorhaus.runtime.rate_limit import Allowance

SCOPE_KEY = "kontorhaus.exchange"

Headers = Mapping[bytes, bytes]


@dataclass(slots=True)
class Exchange:
    """What is known of a request so far; one is made for each, by the front of the surface.

    `language` is a code of the catalogues where the surface speaks more than English.
    """

    request_id: UUID
    method: str
    path: str
    headers: Headers
    client: str
    started: int
    surface: str
    operation: str = ""
    methods: str = "OPTIONS"
    status: int = 500
    language: str | None = None
    principal: Principal | None = None
    allowance: Allowance | None = None
    notes: dict[str, object] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        """The value of a request header (name in lower case)."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    @property
    def visitor(self) -> Visitor:
        """From where a program signs in; it keeps no cookie."""
        return Visitor(self.client, self.header("user-agent") or "", request_id=self.request_id)


def of(scope: Mapping[str, Any]) -> Exchange:
    """The exchange of an ASGI scope."""
    exchange = scope[SCOPE_KEY]
    assert isinstance(exchange, Exchange)
    return exchange


def network_of(host: str) -> str:
    """What attempts are counted by: an IPv4 address, of IPv6 the /64 that one customer has."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((address, 64), strict=False))
    return host


def is_loopback(host: str) -> bool:
    """Whether a request comes from this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def path_within(scope: Mapping[str, Any]) -> str:
    """The path below the base that a surface is mounted at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"
