"""Countries by the two and by the three letters of ISO 3166-1."""

from __future__ import annotations

from babel import Locale
from babel.core import get_global

# What the list of territories holds besides countries, and names of three letters given up.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
_GIVEN_UP = {"BUR", "DDR", "FXX", "SUN", "TMP", "YMD", "YUG", "ZAR"}
_KOSOVO = ("XK", "XKX")

_TERRITORIES = {str(code) for code in Locale("en").territories}
ALPHA2 = {code for code in _TERRITORIES if len(code) == 2} - _NO_COUNTRIES

_LONG = {
    str(found[0]): long
    for long, found in get_global("territory_aliases").items()
    if len(long) == 3 and long.isalpha() and long not in _GIVEN_UP and found[0] in ALPHA2
} | dict([_KOSOVO])
_SHORT = {long: short for short, long in _LONG.items()}

ALPHA3 = frozenset(_SHORT)


def alpha3(code: str) -> str:
    """The three letters of a country's two; what is no country stays as it is."""
    return _LONG.get(code, code)


def alpha2(code: str) -> str:
    """The two letters of a country's three; KeyError for what is none."""
    return _SHORT[code]
