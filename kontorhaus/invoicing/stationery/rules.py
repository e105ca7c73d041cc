"""What the letter paper of an organization may hold."""

from __future__ import annotations

import re

from kontorhaus.invoicing.stationery.model import THEMES, Stationery
from kontorhaus.kernel import email as addresses
from kontorhaus.kernel.errors import Invalid

LONGEST_TEXT = 2000
LONGEST_LINE = 100

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_LAYOUTS = ("net", "gross")


def check(paper: Stationery) -> None:
    """Invalid("stationery") names the field that cannot stand."""
    _require(paper.brand.theme in THEMES, "theme", "A theme is modern or classic.")
    _require(
        bool(_COLOUR.fullmatch(paper.brand.accent)), "accent", "A colour is written as #rrggbb."
    )
    for name, line in (("tagline", paper.brand.tagline), ("sender_name", paper.sender_name)):
        _require(
            len(line) <= LONGEST_LINE and line.isprintable(),
            name,
            "This is one line of at most 100 characters.",
        )
    for name, address in (("reply_to", paper.reply_to), ("copy_to", paper.copy_to)):
        _require(not address or addresses.is_address(address), name, "This is no e-mail address.")
    for document_type, layout in paper.price_layouts.items():
        _require(layout in _LAYOUTS, f"{document_type}.price_layout", "Prices are net or gross.")
    _check_texts(paper)


def _check_texts(paper: Stationery) -> None:
    for document_type, wordings in paper.texts.items():
        for language, wording in wordings.items():
            for part, text in (("introduction", wording.introduction), ("notes", wording.notes)):
                _require(
                    len(text) <= LONGEST_TEXT,
                    f"{document_type}.{part}.{language}",
                    "A text has at most 2000 characters.",
                )


def _require(is_right: bool, field: str, message: str) -> None:
    if not is_right:
        raise Invalid("stationery", message, field=field)
