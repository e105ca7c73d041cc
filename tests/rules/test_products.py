"""Prices of products: what was gross comes back to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kontorhaus.kernel.errors import Invalid
from kontorhaus.products import rules
from kontorhaus.products.model import ProductDetails

CENT = Decimal("0.01")
prices = st.decimals(0, 10**12, places=6)
prices_in_cents = st.decimals(0, 10**12, places=2)
rates = st.decimals(0, 100, places=2)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("gross", "rate", "net"),
    [
        ("119.00", "19", "100.000000"),
        ("49.90", "19", "41.932773"),
        ("9.99", "7", "9.336449"),
        ("12", "0", "12.000000"),
        ("0.01", "19", "0.008403"),
        ("0", "19", "0.000000"),
        # half a cent: the nearest net price would come back as 0.99
        ("0.995", "7", "0.929907"),
    ],
)
def test_a_gross_price_becomes_a_net_price(gross: str, rate: str, net: str) -> None:
    assert str(rules.net_price(Decimal(gross), Decimal(rate))) == net


@given(prices_in_cents, rates)
def test_a_price_in_cents_comes_back_exactly(gross: Decimal, rate: Decimal) -> None:
    net = rules.net_price(gross, rate)
    assert cents(net * (1 + rate / 100)) == gross
    assert net == round(net, 6)


@given(prices, rates)
@example(Decimal("0.995"), Decimal("7"))
@example(Decimal("1.004999"), Decimal("19"))
@example(Decimal("0.005"), Decimal("100"))
def test_every_price_comes_back_to_its_cent(gross: Decimal, rate: Decimal) -> None:
    assert cents(rules.net_price(gross, rate) * (1 + rate / 100)) == cents(gross)


def test_a_gross_price_needs_a_rate() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.with_gross_price(ProductDetails("Buch"), Decimal(10))
    assert refusal.value.details["field"] == "grossPrice"
