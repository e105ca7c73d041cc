"""What a billing address must be."""

from __future__ import annotations

from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from kontorhaus.identity.addresses.model import AddressDetails
from kontorhaus.identity.organizations import rules as organizations
from kontorhaus.kernel.errors import Invalid


def check(details: AddressDetails) -> None:
    """Invalid names the field that cannot be taken."""
    for name in ("recipient", "address_line1", "zip", "town"):
        if not getattr(details, name).strip():
            raise Invalid("billing_address", f"{name} cannot be empty.", field=name)
    organizations.check_metadata(details.metadata)


def has_valid_vat_id(details: AddressDetails) -> bool:
    """Whether the VAT id has the form and the check digits of its country of the EU.

    Whether it was given out only the tax office tells (§ 18e UStG).
    """
    try:
        vat.validate(details.vat_id or "")
    except ValidationError:
        return False
    return True
