"""Billing addresses of all organizations that a caller sees."""

from __future__ import annotations

from uuid import UUID

from kontorhaus.identity.addresses import actions as addresses
from kontorhaus.identity.addresses import sight
from kontorhaus.identity.principal import Principal
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.management.addresses import wire
from kontorhaus.surfaces.management.surface import management
from kontorhaus.surfaces.management.wire import DONE, Done

_TAGS = ("billing addresses",)
_ONE = "/billing-addresses/{address_id}"


@management.get(
    "/billing-addresses",
    scope="company:read",
    refusals=(400, 401, 403),
    answer=wire.AddressList,
    tags=_TAGS,
)
def list_billing_addresses(work: Work) -> dict[str, object]:
    """List the billing addresses of all organizations that one sees."""
    return wire.addresses(sight.addresses(work))


@management.post(
    "/billing-addresses",
    scope="admin",
    refusals=(400, 401, 403, 404),
    answer=wire.Address,
    tags=_TAGS,
)
def create_billing_address(
    work: Work,
    principal: Principal,
    query: wire.AddressQuery,
    body: wire.AddressInput | None = None,
) -> dict[str, object]:
    """Create a billing address, of one's own organization unless another is named.

    Its VAT id is looked at here: form and check digits. The fields may stand in the query string.
    """
    details = wire.details(body, query, principal.organization_id)
    return wire.address(addresses.create(work, details=details))


@management.get(
    _ONE,
    scope="company:read",
    refusals=(400, 401, 403, 404),
    answer=wire.Address,
    tags=_TAGS,
)
def get_billing_address(work: Work, address_id: UUID) -> dict[str, object]:
    """Retrieve a billing address."""
    return wire.address(sight.address(work, address_id=address_id))


@management.patch(
    _ONE,
    scope="admin",
    also=("PUT",),
    refusals=(400, 401, 403, 404),
    answer=wire.Address,
    tags=_TAGS,
)
def change_billing_address(
    work: Work, address_id: UUID, body: wire.AddressChange
) -> dict[str, object]:
    """Change a billing address; what is left out stays."""
    after = addresses.change(work, address_id=address_id, changed=wire.change(body))
    return wire.address(after)


@management.delete(_ONE, scope="admin", refusals=(400, 401, 403, 404), answer=Done, tags=_TAGS)
def delete_billing_address(work: Work, address_id: UUID) -> dict[str, bool]:
    """Delete a billing address; organizations that named it name none any more."""
    addresses.delete(work, address_id=address_id)
    return DONE
