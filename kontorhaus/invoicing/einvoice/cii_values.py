"""Days and amounts as CII writes them."""

from __future__ import annotations

from datetime import date

from kontorhaus.invoicing.einvoice.markup import NOTHING, Markup, leaf, node
from kontorhaus.kernel.money import Money


def day(tag: str, value: date | None, kind: str = "udt:DateTimeString") -> Markup:
    """A day, in format 102."""
    # Format 102 of UNTDID 2379: CCYYMMDD.
    return node(tag, leaf(kind, f"{value:%Y%m%d}", format="102")) if value else NOTHING


def amount(tag: str, money: Money | None) -> Markup:
    """An amount, in the currency of the document."""
    return NOTHING if money is None else leaf(tag, str(money.decimal))
