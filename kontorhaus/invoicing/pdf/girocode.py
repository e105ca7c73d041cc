"""The GiroCode: a SEPA credit transfer as QR code (EPC069-12, version 002)."""

from __future__ import annotations

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
    matrix = [list(row) for row in made.matrix]
    return len(matrix), _outline(matrix)


def _single_line(text: str) -> str:
    return " ".join(text.split())


def _outline(matrix: list[list[int]]) -> str:
    edges = _edges({(x, y) for y, row in enumerate(matrix) for x, cell in enumerate(row) if cell})
    path = []
    while edges:
        start = here = next(iter(edges))
        steps: list[Point] = []
        while here in edges:
            there = edges[here].pop()
            if not edges[here]:
                del edges[here]
            _extend(steps, (there[0] - here[0], there[1] - here[1]))
            here = there
        drawn = "".join(f"h{dx}" if dx else f"v{dy}" for dx, dy in steps)
        path.append(f"M{start[0]} {start[1]}{drawn}z")
    return "".join(path)


def _edges(dark: set[Point]) -> dict[Point, list[Point]]:
    """The borders between dark and light, each walked with the dark module on its right."""
    edges: dict[Point, list[Point]] = {}
    for x, y in sorted(dark):
        for beside, start, end in (
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        ):
            if beside not in dark:
                edges.setdefault(start, []).append(end)
    return edges


def _extend(steps: list[Point], step: Point) -> None:
    """Adds a step; one in the direction of the last makes that one longer."""
    if steps and (steps[-1][0] == 0) == (step[0] == 0):
        steps[-1] = (steps[-1][0] + step[0], steps[-1][1] + step[1])
    else:
        steps.append(step)
