"""Which language a customer's program asks for."""

from __future__ import annotations

import re
from decimal import Decimal

from kontorhaus.invoicing.model import Language

_WEIGHT = re.compile(r"q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE)
_USUAL: Language = "de"
_KNOWN: dict[str, Language] = {"de": "de", "en": "en", "*": _USUAL}


def accepted(header: str | None) -> Language:
    """The language of Accept-Language with the highest weight, German where none is known.

    What public clients send ("de; *;q=0.5") is not well-formed: the language stands first, and
    whatever follows it up to the comma says no more than its weight.
    """
    best, weight = _USUAL, Decimal(0)
    for part in (header or "").split(","):
        name, *parameters = part.split(";")
        language = _KNOWN.get(name.strip().lower().partition("-")[0])
        given = _weight(parameters)
        if language is not None and given > weight:
            best, weight = language, given
    return best


def _weight(parameters: list[str]) -> Decimal:
    for parameter in parameters:
        found = _WEIGHT.fullmatch(parameter.strip())
        if found:
            return Decimal(found[1])
    return Decimal(1)
