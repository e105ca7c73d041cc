"""JSON that keeps decimals exactly: numbers with a point are Decimal, in and out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal


def encode(value: object) -> str:
    """JSON text of None, bool, int, str, Decimal and lists and mappings of them."""
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return format(value if value else abs(value), "f")  # databases know no minus nothing
        case Mapping():
            items = (
                f"{json.dumps(str(k), ensure_ascii=False)}:{encode(v)}" for k, v in value.items()
            )
            return "{" + ",".join(items) + "}"
        case list() | tuple():
            return "[" + ",".join(encode(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def decode(text: str | bytes) -> object:
    """The value of a JSON text; numbers with a point or an exponent become Decimal."""
    return json.loads(text, parse_float=Decimal)
