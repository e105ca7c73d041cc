"""The GiroCode: a SEPA credit transfer as QR code (EPC069-12, version 002)."""

from __future__ import annotations

import re
import struct
import zlib
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
_RUN = re.compile("1+")

# Enough for sharp edges in print, few enough to be packed quickly; a drawing takes twice the time.
_PIXELS = 4
_DARK, _LIGHT = "0", "1"


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


def code(text: str) -> bytes:
    """The QR code of a payload as PNG, with four pixels for a module and no rim."""
    return _png([_pixels(row) for row in _modules(text)])


def outline(text: str) -> tuple[int, str]:
    """The same code as an SVG path: its side in modules, and its dark modules."""
    rows = _modules(text)
    dark = (
        f"M{found.start()} {y}h{len(found[0])}v1h-{len(found[0])}z"
        for y, row in enumerate(rows)
        for found in _RUN.finditer("".join(map(str, row)))
    )
    return len(rows), "".join(dark)


def _modules(text: str) -> Sequence[bytearray]:
    """The rows of the QR code; 1 is dark."""
    made = segno.make(
        text.encode(), error="m", boost_error=False, micro=False, encoding="utf-8", mask=_MASK
    )
    assert int(made.version) <= _LARGEST_VERSION
    modules: Sequence[bytearray] = made.matrix
    return modules


def _single_line(text: str) -> str:
    return " ".join(text.split())


def _pixels(row: bytearray) -> int:
    """A row of modules (1 is dark) as a number whose bits are pixels (1 is light)."""
    return int("".join(_LIGHT * _PIXELS if not module else _DARK * _PIXELS for module in row), 2)


def _png(rows: Sequence[int]) -> bytes:
    """A square picture of one bit a pixel (ISO/IEC 15948), each row repeated."""
    side = len(rows) * _PIXELS
    spare = -side % 8
    scanlines = (b"\0" + (row << spare).to_bytes((side + spare) // 8) for row in rows)
    pixels = b"".join(line * _PIXELS for line in scanlines)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", head),
            _chunk(b"IDAT", zlib.compress(pixels)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
