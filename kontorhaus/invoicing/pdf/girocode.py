"""The GiroCode: a SEPA credit transfer as QR code (EPC069-12, version 002)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import segno

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.iban import compact
from kontorhaus.kernel.money import Money

# Limits of EPC069-12: amount 0.01 to 999999999.99, error level M, at most QR version 13.
_LARGEST_MINOR = 99_999_999_999
_NAME_LENGTH = 70
_TEXT_LENGTH = 140
_LARGEST_VERSION = 13
# A fixed mask spares the search for the best one, which takes four times as long as all the rest.
_MASK = 3

_RUN = re.compile(rb"\x01+")


def is_possible(amount: Money) -> bool:
    """Whether a GiroCode can ask for this amount: euros, more than nothing."""
    return amount.currency == "EUR" and 0 < amount.minor <= _LARGEST_MINOR


def payload(*, holder: str, iban: str, bic: str, amount: Money, reference: str) -> str:
    """The text of the code; Invalid("giro_code") for an amount that it cannot ask for."""
    if not is_possible(amount):
        raise Invalid("giro_code", "A GiroCode asks for 0.01 to 999999999.99 euros.")
    texts = (
        "BCD",
        "002",
        "1",
        "SCT",
        compact(bic),
        _single_line(holder)[:_NAME_LENGTH],
        compact(iban),
        f"EUR{amount.decimal}",
        "",
        "",
        _single_line(reference)[:_TEXT_LENGTH],
    )
    return "\n".join(texts)


def code(text: str) -> tuple[int, str]:
    """The QR code of a payload: its side in modules, and its dark modules as an SVG path.

    One path leaves no seams between the modules.
    """
    made = segno.make(
        text.encode(), error="m", boost_error=False, micro=False, encoding="utf-8", mask=_MASK
    )
    assert int(made.version) <= _LARGEST_VERSION
    return len(made.matrix), _drawn(made.matrix)


def _single_line(text: str) -> str:
    return " ".join(text.split())


def _drawn(matrix: Sequence[bytes | bytearray]) -> str:
    """Each run of dark modules in a row as a rectangle of one path: shared edges cancel out."""
    path = []
    for y, row in enumerate(matrix):
        for found in _RUN.finditer(row):
            x, width = found.start(), found.end() - found.start()
            path.append(f"M{x} {y}h{width}v1h-{width}z")
    return "".join(path)
