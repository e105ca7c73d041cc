"""What a line is for."""

from __future__ import annotations

from dataclasses import dataclass

DONATION = "Donation"


@dataclass(frozen=True, slots=True)
class Purpose:
    """`type` is Hosting, Domain, Donation or another word, None where the product tells it.

    `related_id` is the number of the contract in the seller's system; a donation names its donator.
    """

    type: str | None = None
    related_id: int | None = None
    donator_name: str | None = None
    donator_text: str | None = None


NO_PURPOSE = Purpose()


def is_donation(word: str) -> bool:
    """Whether a type, in whatever case, is that of donations."""
    return word.casefold() == DONATION.casefold()
