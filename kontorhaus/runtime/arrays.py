"""PostgreSQL arrays as text: psycopg, which asks the type of each element, is far slower."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID


def words(values: Iterable[object]) -> str:
    """Numbers, days and words without signs of their own."""
    return _array(["NULL" if value is None else str(value) for value in values])


def ids(values: Iterable[UUID]) -> str:
    """Ids, none of them missing."""
    return _array([value.hex for value in values])


def binary(values: Iterable[bytes]) -> str:
    """Strings of bytes, none of them missing."""
    return _array([rf'"\\x{value.hex()}"' for value in values])


def texts(values: Iterable[object]) -> str:
    """Texts of any kind."""
    return _array(
        [
            "NULL"
            if value is None
            else '"' + str(value).replace("\\", r"\\").replace('"', r"\"") + '"'
            for value in values
        ]
    )


def rare(values: Sequence[object]) -> str | None:
    """Texts that are seldom there: `unnest` fills up with nulls what is no array at all."""
    return texts(values) if any(value is not None for value in values) else None


def _array(elements: Iterable[str]) -> str:
    return "{" + ",".join(elements) + "}"
