"""XML as text: escaping happens in `leaf` alone, and an element without content does not exist."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NewType
from xml.sax.saxutils import escape, quoteattr

Markup = NewType("Markup", str)

NOTHING = Markup("")
# Everything that XML 1.0 does not allow as a character.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def leaf(tag: str, text: str | None, **attributes: str) -> Markup:
    """An element with text; nothing if the text is blank. Empty attributes are left out."""
    clean = _FORBIDDEN.sub("", text or "")
    if not clean.strip():
        return NOTHING
    return Markup(f"<{tag}{_written(attributes)}>{escape(clean)}</{tag}>")


def node(tag: str, *children: Markup, **attributes: str) -> Markup:
    """An element with elements inside; nothing if all of them are nothing."""
    inner = "\n".join(child for child in children if child)
    if not inner:
        return NOTHING
    return Markup(f"<{tag}{_written(attributes)}>\n{inner}\n</{tag}>")


def many(parts: list[Markup]) -> Markup:
    """Elements one after the other."""
    return Markup("\n".join(part for part in parts if part))


def document(tag: str, namespaces: dict[str, str], *children: Markup) -> bytes:
    """A whole document in UTF-8; `namespaces` maps prefixes to URIs."""
    declared = "".join(f" xmlns:{name}={quoteattr(uri)}" for name, uri in namespaces.items())
    inner = "\n".join(child for child in children if child)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag}{declared}>\n{inner}\n</{tag}>\n'
    return text.encode()


def number(value: Decimal) -> str:
    """A number as XML wants it: no exponent, no needless zeros, no negative zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def day(value: date | None) -> str:
    """An ISO date, or an empty text."""
    return value.isoformat() if value else ""


def _written(attributes: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value)
