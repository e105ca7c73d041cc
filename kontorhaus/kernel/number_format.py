"""The format of running numbers: fixed text with {year} and {number}."""

from __future__ import annotations

import re

LONGEST = 40

_FIELD = re.compile(r"\{(year|number)(?::0?(\d{1,2}))?\}", re.ASCII)
_MOST_DIGITS = 12


def trouble(text: str) -> str:
    """What is wrong with a format, as a sentence; empty if it gives every value its own number."""
    found = [(match[1], int(match[2] or 0)) for match in _FIELD.finditer(text)]
    names = [name for name, _ in found]
    rest = _FIELD.sub("", text)
    if names.count("number") != 1 or names.count("year") > 1:
        return "A format holds {number} once and {year} at most once."
    if "{" in rest or "}" in rest or any(digits > _MOST_DIGITS for _, digits in found):
        return "A format knows {year}, {number} and {number:04}, with at most 12 digits."
    if len(text) > LONGEST or not text.isprintable() or text != text.strip():
        return "A format is one line of at most 40 characters without blanks at its ends."
    return ""


def has_year(text: str) -> bool:
    """Whether its numbers begin anew every year."""
    return any(match[1] == "year" for match in _FIELD.finditer(text))


def number(text: str, *, year: int, value: int) -> str:
    """The number of a value: `{number:04}` is padded with zeros to four digits."""
    values = {"year": year, "number": value}

    def fill(found: re.Match[str]) -> str:
        return str(values[found[1]]).zfill(int(found[2] or 0))

    return _FIELD.sub(fill, text)


def shape(text: str) -> str:
    """The format without its padding: two of one shape can give the same number."""
    return _FIELD.sub(lambda found: f"{{{found[1]}}}", text)
