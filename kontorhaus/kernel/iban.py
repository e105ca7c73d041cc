"""IBAN: form, length and checksum (ISO 13616, ISO 7064 MOD 97-10)."""

from __future__ import annotations

import re

from kontorhaus.kernel.errors import Invalid

_FORM = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_BLANKS = re.compile(r"\s+")
_GERMAN_LENGTH = 22


def compact(text: str) -> str:
    """Without blanks, in upper case; nothing is checked."""
    return _BLANKS.sub("", text).upper()


def is_valid(text: str) -> bool:
    """Whether form, length (for DE) and checksum are right."""
    iban = compact(text)
    if not _FORM.fullmatch(iban) or (iban[:2] == "DE" and len(iban) != _GERMAN_LENGTH):
        return False
    digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    return int(digits) % 97 == 1


def parse(text: str) -> str:
    """The compact IBAN; Invalid("iban") if it is none."""
    if not is_valid(text):
        raise Invalid("iban", "This is no valid IBAN: check its digits.", field="iban")
    return compact(text)


def grouped(iban: str) -> str:
    """In groups of four, as people read it."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
