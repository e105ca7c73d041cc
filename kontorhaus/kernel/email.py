"""E-mail addresses: whether a text can be one (RFC 5321); nothing is sent to find out."""

from __future__ import annotations

import re

_LOCAL = r"[^@\s<>,;:\"()\[\]\\]{1,64}"
_LABEL = r"[^@\s<>,;:\"()\[\]\\.]+"
_FORM = re.compile(rf"{_LOCAL}@{_LABEL}(\.{_LABEL})+")
_LONGEST = 254


def is_address(text: str) -> bool:
    """Whether this is the form of one address: no blanks, names or brackets around it."""
    return len(text) <= _LONGEST and text.isprintable() and bool(_FORM.fullmatch(text))
