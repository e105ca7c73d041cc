"""What schemathesis does not know of us: days that we take, and what we say of a wrong shape."""

from __future__ import annotations

import re
from datetime import date

import schemathesis
from hypothesis import strategies
from schemathesis.openapi import format as string_format

string_format("date", strategies.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str))

# The sentences of surfaces/conventions about a value of the wrong kind or size: a published schema
# says all of that, too.
_OF_SHAPE = re.compile(
    r'[":] (?:")?(is missing|is not known here|is blank|is too (?:short|long)|'
    r"must be (?:a text|a whole number|true or false|an array|an object|a JSON number|a UUID)|"
    r"has too (?:few|many) entries|holds a control character|must lie between)"
)


@schemathesis.check
def schema_and_reader_agree(
    _: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """A request that its schema allows is never refused for its shape."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code in (400, 422) and (found := _OF_SHAPE.search(response.text)):
        raise AssertionError(
            f"The schema allows what is refused: {found[1]}: {response.text[:300]}"
        )
