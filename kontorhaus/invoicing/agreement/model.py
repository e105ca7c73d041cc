"""What a document says beyond its lines; BT and BG are the terms of EN 16931."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Syntax = Literal["ubl", "cii"]
Profile = Literal["en16931", "extended"]


@dataclass(frozen=True, slots=True)
class DeliveryAddress:
    """Where the goods went, if not to the client: BT-70 and BG-15."""

    lines: tuple[str, ...]
    country_code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CashDiscount:
    """Skonto: percent off for a payment within `days` of the document date (BT-20)."""

    days: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class DirectDebit:
    """A SEPA mandate: BT-89, the creditor's id BT-90, the debited account BT-91."""

    mandate: str
    creditor_id: str
    iban: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along (BG-24), by the SHA-256 of its content; `size` in bytes."""

    name: str
    media_type: str
    sha256: str
    size: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed; empty where nothing was.

    buyer_reference BT-10, order BT-13, contract BT-12, project BT-11, despatch_advice BT-16,
    receiving_advice BT-15. `due_date` and `payment_days` (after the document date) exclude each
    other. `syntax` is that of an XRechnung, `profile` that of a Factur-X; None chooses by content.
    """

    buyer_reference: str = ""
    order: str = ""
    contract: str = ""
    project: str = ""
    despatch_advice: str = ""
    receiving_advice: str = ""
    delivery: DeliveryAddress | None = None
    due_date: date | None = None
    payment_days: int | None = None
    discounts: tuple[CashDiscount, ...] = ()
    direct_debit: DirectDebit | None = None
    attachments: tuple[Attachment, ...] = ()
    syntax: Syntax = "ubl"
    profile: Profile | None = None
