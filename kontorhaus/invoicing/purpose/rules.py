"""What a line may say of its purpose."""

from __future__ import annotations

from kontorhaus.invoicing.purpose.model import DONATION, Purpose, is_donation
from kontorhaus.kernel.errors import Invalid


def check(purpose: Purpose, field: str) -> None:
    """Only a donation names a donator; Invalid("donator") names the field of the line."""
    is_named = purpose.donator_name or purpose.donator_text
    if is_named and not is_donation(purpose.type or ""):
        raise Invalid(
            "donator",
            f"Only a line of type {DONATION} names a donator.",
            field=f"{field}.donatorName",
        )
