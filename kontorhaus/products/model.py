"""A product, and what a user says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kontorhaus.kernel.ids import ProductId


@dataclass(frozen=True, slots=True)
class ProductDetails:
    """What a user says of a product.

    `net_price` is the unit price without tax, with at most six decimals; `vat_rate` is percent.
    `type` tells customers' programs what it is: Hosting, Domain, Donation or another word.
    """

    title: str
    title2: str | None = None
    net_price: Decimal | None = None
    vat_rate: Decimal | None = None
    unit: str | None = None
    barcode: str | None = None
    notes: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its ids."""

    id: ProductId
    public_id: str
    details: ProductDetails
    created_at: datetime
    updated_at: datetime
