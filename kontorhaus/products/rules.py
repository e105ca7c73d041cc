"""The price of a product: a gross price becomes the net price that it comes back from."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from kontorhaus.kernel.errors import Invalid
from kontorhaus.products.model import ProductDetails

_CENT = Decimal("0.01")
_STEP = Decimal("0.000001")


def net_price(gross_price: Decimal, vat_rate: Decimal) -> Decimal:
    """The net unit price with six decimals whose gross price, in cents, is the one given.

    The nearest price does it but where the gross lies within a millionth of half a cent; there
    its neighbour does.
    """
    exact = gross_price / (1 + vat_rate / 100)
    wanted = _cents(gross_price)
    for rounding in (ROUND_HALF_UP, ROUND_CEILING, ROUND_FLOOR):
        net = exact.quantize(_STEP, rounding)
        if _cents(net * (1 + vat_rate / 100)) == wanted:
            return net
    raise AssertionError("one of two neighbours comes back to the cent")


def with_gross_price(details: ProductDetails, gross_price: Decimal) -> ProductDetails:
    """The details with the net price of a gross one; Invalid("gross_price") without a rate."""
    if details.vat_rate is None:
        raise Invalid(
            "gross_price",
            "A gross price needs a rate: send vatRate with it, or netPrice instead.",
            field="grossPrice",
        )
    return replace(details, net_price=net_price(gross_price, details.vat_rate))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
