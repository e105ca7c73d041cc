"""The GiroCode: a SEPA credit transfer as QR code (EPC069-12, version 002)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

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

Point = tuple[int, int]


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
    """The QR code of a payload: its side in modules, and the outline of its dark modules.

    The outline is an SVG path: no seams between modules, and small.
    """
    made = segno.make(
        text.encode(), error="m", boost_error=False, micro=False, encoding="utf-8", mask=_MASK
    )
    assert int(made.version) <= _LARGEST_VERSION
    return len(made.matrix), _outline(made.matrix)


def _single_line(text: str) -> str:
    return " ".join(text.split())


def _outline(matrix: Sequence[bytes | bytearray]) -> str:
    """The border of the dark modules as closed lines, walked with the dark on the right."""
    sides = list(_sides(matrix))
    uprights: dict[Point, list[Point]] = {}
    for start, end in _sides(list(zip(*matrix, strict=True))):
        # what runs right in the mirrored picture runs up in this one
        uprights.setdefault((end[1], end[0]), []).append((start[1], start[0]))
    levels: dict[Point, list[Point]] = {}
    for start, end in sides:
        levels.setdefault(start, []).append(end)
    path = []
    for start, _ in sides:
        if not levels[start]:
            continue
        path.append(f"M{start[0]} {start[1]}")
        here = start
        while levels.get(here):
            corner = levels[here].pop()
            there = uprights[corner].pop()
            path.append(f"h{corner[0] - here[0]}v{there[1] - corner[1]}")
            here = there
        path.append("z")
    return "".join(path)


def _sides(rows: Sequence[Iterable[int]]) -> Iterator[tuple[Point, Point]]:
    """The level borders between dark and light, as long as they are straight, with the dark below
    a border that runs right and above one that runs left.
    """
    width = len(list(rows[0]))
    numbers = [int("".join(map(str, row)), 2) for row in rows]
    for y, (above, below) in enumerate(zip([0, *numbers], [*numbers, 0], strict=True)):
        for found in _RUN.finditer(f"{below & ~above:0{width}b}"):
            yield (found.start(), y), (found.end(), y)
        for found in _RUN.finditer(f"{above & ~below:0{width}b}"):
            yield (found.end(), y), (found.start(), y)
