"""SEPA's characters: what German texts become, how long they may be (DK Anlage 3, EPC 217-08)."""

from __future__ import annotations

import re
import unicodedata

_WRITTEN = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS",
        "&": "+", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae",
        "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D",
        "€": "EUR", "–": "-", "—": "-", "’": "'", "‘": "'", "_": "-", "„": "'", "“": "'",
        "”": "'", '"': "'", "*": ".", "@": "(at)", "%": "Pct", "#": "Nr.", ";": ",", "[": "(",
        "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "§": "Par.",
    }
)  # fmt: skip
_FOREIGN = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]", re.ASCII)
_BLANKS = re.compile(r"\s+")
_NAME, _REMITTANCE, _IDENTIFICATION = 70, 140, 35


def plain(text: str) -> str:
    """Text in SEPA's characters; what cannot be written in them is left out."""
    composed = _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).translate(_WRITTEN)
    stripped = _FOREIGN.sub("", unicodedata.normalize("NFKD", composed))
    return _BLANKS.sub(" ", stripped).strip()


def name(text: str) -> str:
    """A name of at most 70 characters."""
    return plain(text)[:_NAME].rstrip() or "NOTPROVIDED"


def remittance(text: str) -> str:
    """What the payment is for, at most 140 characters."""
    return plain(text)[:_REMITTANCE].rstrip()


def identification(text: str) -> str:
    """An id of at most 35 characters that neither begins nor ends with `/` nor holds `//`."""
    cleaned = re.sub(r"/{2,}", "/", plain(text).replace(" ", ""))[:_IDENTIFICATION]
    return cleaned.strip("/")
