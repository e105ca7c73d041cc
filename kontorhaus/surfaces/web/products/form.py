"""The form of a product: what was typed, as the details that it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kontorhaus.kernel.money import Money
from kontorhaus.products import rules
from kontorhaus.products.model import ProductDetails
from kontorhaus.surfaces.web.language import Language

LONGEST: Mapping[str, int] = {
    "title": 500, "title2": 2000, "unit": 20, "barcode": 100, "price": 20, "vat_rate": 6,
    "notes": 2000, "type": 50,
}  # fmt: skip
_PRICE = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?", re.ASCII)
_RATE = re.compile(r"(?:100|\d{1,2}(?:[.,]\d{1,2})?)", re.ASCII)
_ONE_LINE = ("title", "title2", "unit", "barcode", "type")


@dataclass(frozen=True)
class Entered:
    """A form that was sent: the details, and a word for every field that is wrong.

    The word is missing, too_long, unprintable, no_price, no_rate or gross_needs_rate.
    """

    details: ProductDetails
    wrong: Mapping[str, str] = field(default_factory=dict)


def read(sent: Mapping[str, str]) -> Entered:
    """The product that was typed; a gross price becomes the net price that it comes back from."""
    texts = {name: sent.get(name, "").strip() for name in LONGEST}
    texts["notes"] = texts["notes"].replace("\r\n", "\n")
    wrong = {name: word for name, text in texts.items() if (word := _word(name, text))}
    price = _decimal(texts["price"]) if "price" not in wrong else None
    rate = _decimal(texts["vat_rate"]) if "vat_rate" not in wrong else None
    details = ProductDetails(
        title=texts["title"],
        title2=texts["title2"] or None,
        vat_rate=rate,
        unit=texts["unit"] or None,
        barcode=texts["barcode"] or None,
        notes=texts["notes"] or None,
        type=texts["type"] or None,
        net_price=price,
    )
    if sent.get("price_layout") == "gross" and price is not None:
        if rate is None:
            wrong.setdefault("vat_rate", "gross_needs_rate")
        else:
            details = rules.with_gross_price(details, price)
    return Entered(details, wrong)


def texts(details: ProductDetails, *, language: Language) -> dict[str, str]:
    """A product as its form shows it, with its net price."""
    mark = "," if language.code == "de" else "."
    return {
        "title": details.title,
        "title2": details.title2 or "",
        "unit": details.unit or "",
        "barcode": details.barcode or "",
        "price": _price(details.net_price).replace(".", mark),
        "price_layout": "net",
        "vat_rate": _plain(details.vat_rate).replace(".", mark),
        "notes": details.notes or "",
        "type": details.type or "",
    }


def gross(details: ProductDetails) -> Money | None:
    """What a piece costs with its tax, to the cent; None without price or rate."""
    if details.net_price is None or details.vat_rate is None:
        return None
    return Money.rounded(details.net_price * (1 + details.vat_rate / 100))


def words(spoken: Language, wrong: Mapping[str, str]) -> dict[str, str]:
    """A sentence for every field that cannot be taken."""
    sentences = {
        "missing": spoken.text("A product has a name."),
        "too_long": spoken.text("This is too long."),
        "unprintable": spoken.text("This holds a character that cannot be printed."),
        "no_price": spoken.text("This takes a price of at most six decimals, such as 24,90."),
        "no_rate": spoken.text("This takes a rate in percent, such as 19 or 5,5."),
        "gross_needs_rate": spoken.text("A gross price needs the rate that is in it."),
    }
    return {name: sentences[word] for name, word in wrong.items()}


def _word(name: str, text: str) -> str:
    if name == "title" and not text:
        return "missing"
    if len(text) > LONGEST[name]:
        return "too_long"
    if name == "price" and text and not _PRICE.fullmatch(text):
        return "no_price"
    if name == "vat_rate" and text and not _RATE.fullmatch(text):
        return "no_rate"
    shown = text if name in _ONE_LINE else text.replace("\n", "")
    return "" if shown.isprintable() else "unprintable"


def _decimal(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if text else None


def _price(price: Decimal | None) -> str:
    """A price with two decimals, or as many more as it has."""
    if price is None:
        return ""
    short = price.normalize()
    digits = max(2, -int(short.as_tuple().exponent))
    return f"{short:.{digits}f}"


def _plain(rate: Decimal | None) -> str:
    """A rate without zeros that say nothing."""
    return "" if rate is None else f"{rate.normalize():f}"
