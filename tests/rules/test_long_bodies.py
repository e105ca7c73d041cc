"""Long bodies value by value: JSON arrays and lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontorhaus.kernel import exact_json
from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.conventions import wire_json

BROKEN = "refused"


def values(raw: bytes) -> list[Any]:
    return [BROKEN if isinstance(v, Invalid) else v for v in wire_json.elements(raw)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"[]", []),
        (b" [ ] ", []),
        (b'[1, {"a": 2.50} ,"x"]', [1, {"a": Decimal("2.50")}, "x"]),
        ('["a\u0308"]'.encode(), ["ä"]),
        (b"[1 2]", [1, BROKEN]),
        (b"[1,]", [1, BROKEN]),
        (b"[,1]", [BROKEN]),
        (b"[1]x", [1, BROKEN]),
        (b"[1]]", [1, BROKEN]),
        (b"[", [BROKEN]),
        (b"[\xff]", [BROKEN]),
        (b"[" * 100_000, [BROKEN]),
        (b'[{"a":1,"a":2}]', [BROKEN]),
        (b"[NaN]", [BROKEN]),
        (b'{"a":1}\n\n{"b":\r\n{"c":3}\n', [{"a": 1}, BROKEN, {"c": 3}]),
        (b"\xff\n1", [BROKEN, 1]),
        (b"", []),
    ],
)
def test_a_body_is_read_value_by_value(raw: bytes, expected: list[Any]) -> None:
    assert values(raw) == expected


@given(
    st.lists(
        st.dictionaries(
            st.text("abc", min_size=1),
            st.none() | st.booleans() | st.integers(0, 9) | st.text('a\\"[]{},:\n ä'),
        ),
    )
)
def test_array_and_lines_hold_the_same(rows: list[dict[str, Any]]) -> None:
    array = exact_json.encode(rows).encode()
    lines = b"\n".join(exact_json.encode(row).encode() for row in rows)
    assert values(array) == values(lines) == rows
