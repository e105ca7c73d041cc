"""The numbers of documents: formats, their counters and their text (§ 14 (4) Nr. 4 UStG)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from kontorhaus.invoicing.model import DocumentType
from kontorhaus.kernel.errors import Invalid

# What has numbers of its own: each type of document, and cancellations.
Kind = DocumentType | Literal["cancellation"]

DEFAULT_FORMATS: Mapping[str, str] = {
    "invoice": "RE-{year}-{number:04}",
    "estimate": "AN-{year}-{number:04}",
    "delivery-note": "LS-{year}-{number:04}",
    "purchase-order": "BE-{year}-{number:04}",
    "order-confirmation": "AB-{year}-{number:04}",
    "cancellation": "ST-{year}-{number:04}",
}
_FIELD = re.compile(r"\{(year|number)(?::0?(\d{1,2}))?\}")


def series(kind: Kind, number_format: str, year: int) -> str:
    """The name of a counter: one per kind, and per year if the format holds a year.

    Invalid("number_format") for a format that gives every document the same number.
    """
    fields = {found[1] for found in _FIELD.finditer(number_format)}
    if "number" not in fields:
        raise Invalid(
            "number_format",
            f"The format {number_format!r} lacks {{number}}.",
            field="number_formats",
        )
    return f"{kind}:{year}" if "year" in fields else kind


def number_text(number_format: str, *, year: int, value: int) -> str:
    """A document number: `{year}`, `{number}` and `{number:04}` (padded with zeros) are filled."""
    values = {"year": year, "number": value}

    def fill(found: re.Match[str]) -> str:
        return str(values[found[1]]).zfill(int(found[2] or 0))

    return _FIELD.sub(fill, number_format)
