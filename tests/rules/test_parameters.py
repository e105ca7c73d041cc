"""The parameters of a path and a query: read by their types, or refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest

from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.operation import Options, operation


class Search(fields.CamelQuery):
    """Parameters of a list."""

    limit: Annotated[int, fields.whole(1, 100)] = 20
    skip: Annotated[int, fields.whole(0, None)] = 0
    start_date: fields.Day | None = None
    is_paid: bool | None = None
    period: Literal[13, 14] | None = None
    q: Annotated[str, fields.text(0, 10)] = ""


def listing(work: object, query: Search, id: UUID, number: str) -> None:
    """List."""


LISTING = operation("GET", "/x/{id}/{number}", listing, Options())


def query(text: str) -> Any:
    """The parameters of a query string."""
    assert LISTING.query is not None
    return LISTING.query.value(text.encode())


def test_parameters_are_read_by_their_types() -> None:
    found = query("limit=5&startDate=2026-03-01&isPaid=false&period=13&q=%C3%A4&zzz=1&limit=6")
    assert (found.limit, found.start_date, found.is_paid, found.period, found.q) == (
        6,
        date(2026, 3, 1),
        False,
        13,
        "ä",
    )


BAD_QUERIES = [
    "limit=0",
    "limit=101",
    "limit=1.0",
    "limit=１",
    "limit=",
    "limit=+1",
    "limit=1_0",
    "skip=-1",
    "skip=" + "9" * 30,
    "startDate=2026-02-30",
    "startDate=",
    "isPaid=1",
    "isPaid=TRUE",
    "period=15",
    "period=x",
    "q=%00",
    "q=12345678901",
    "a=&" * 300,
]


@pytest.mark.parametrize("text", BAD_QUERIES)
def test_a_bad_value_of_a_known_parameter_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        query(text)


def test_the_parts_of_a_path_are_read_by_their_types() -> None:
    found = LISTING.path_arguments({"id": str(UUID(int=7)), "number": "1200"})
    assert found == {"id": UUID(int=7), "number": "1200"}
    for wrong in (
        {"id": "7", "number": "1"},
        {"id": str(UUID(int=7)), "number": "a\0b"},
        {"id": str(UUID(int=7)), "number": "x" * 501},
    ):
        with pytest.raises(Invalid):
            LISTING.path_arguments(wrong)
