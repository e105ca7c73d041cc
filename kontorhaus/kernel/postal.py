"""Postal addresses: lines as people write them, and their parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Post code and town in one line, per country.
_BEFORE = re.compile(
    r"(?:[A-Z]{1,2}[ -])?(?P<code>\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}(?= )|\d{4,5})"
    r"[ ,]+(?P<city>\D.*)"
)
_AFTER = {
    "GB": re.compile(r"(?P<city>.*?)[ ,]*(?P<code>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})", re.I),
    "IE": re.compile(r"(?P<city>.*?)[ ,]*(?P<code>[A-Z]\d[\dW] ?[A-Z\d]{4})", re.I),
    "LV": re.compile(r"(?P<city>\D*?)[ ,]+(?P<code>LV-\d{4})", re.I),
    "MT": re.compile(r"(?P<city>\D*?)[ ,]+(?P<code>[A-Z]{3} ?\d{4})", re.I),
}


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address by its parts; `country` is ISO 3166-1 alpha-2, or empty where it is not told.

    `street` holds every line but that of the town.
    """

    street: tuple[str, ...]
    zip: str
    city: str
    country: str


def postal_address(lines: Sequence[str], country: str) -> PostalAddress:
    """An address from lines as people write them; post code and town stand in the last that fits.

    Without such a line both stay empty and the lines are kept as they are.
    """
    given = tuple(line.strip() for line in lines if line.strip())
    pattern = _AFTER.get(country, _BEFORE)
    for place in reversed(range(len(given))):
        found = pattern.fullmatch(given[place])
        if found:
            rest = given[:place] + given[place + 1 :]
            return PostalAddress(rest, found["code"].strip(), found["city"].strip(), country)
    return PostalAddress(given, "", "", country)


def town_line(code: str, city: str, country: str) -> str:
    """Post code and town in the order of a country."""
    return " ".join(filter(None, (city, code) if country in _AFTER else (code, city)))
