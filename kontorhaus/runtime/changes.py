"""What the audit trail says of a change: each field that differs, with its value before and after.

In the details of a record a list is always such a pair; whatever else is told is no list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from kontorhaus.kernel.money import Money
from kontorhaus.runtime.work import Json


def between(before: object, after: object) -> dict[str, Json]:
    """The fields of two values of one kind (or of two mappings) that differ, as pairs."""
    old, new = _fields(before), _fields(after)
    return {
        name: [old.get(name), new.get(name)]
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    }


def plain(value: object) -> Json:
    """A value of a domain as JSON: amounts and days as texts, bytes by their hash."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return format(value, "f")
        case Money():
            return f"{value.decimal} {value.currency}"
        case date():
            return value.isoformat()
        case bytes():
            return f"sha256:{sha256(value).hexdigest()}"
        case Mapping():
            return {str(name): plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case set() | frozenset():
            return [plain(each) for each in sorted(value)]
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return str(value)


def _fields(value: object) -> dict[str, Json]:
    found = plain(value)
    assert isinstance(found, dict), "a change is told field by field"
    return found
