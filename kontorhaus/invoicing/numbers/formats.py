"""The numbers of documents: formats, their counters and their text (§ 14 (4) Nr. 4 UStG)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kontorhaus.invoicing.model import DocumentType
from kontorhaus.kernel import number_format as formatted
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


def series(kind: Kind, number_format: str, year: int) -> str:
    """The name of a counter: one per kind, and per year if the format holds a year."""
    return f"{kind}:{year}" if formatted.has_year(number_format) else kind


def checked(formats: Mapping[str, str]) -> Mapping[str, str]:
    """Formats by kind; invoices and what cancels them share the eyes of one reader.

    Invalid("number_format") where both could give the same number (§ 14 (4) Nr. 4 UStG).
    """
    both = [formats.get(kind) or DEFAULT_FORMATS[kind] for kind in ("invoice", "cancellation")]
    if formatted.shape(both[0]) == formatted.shape(both[1]):
        raise Invalid(
            "number_format",
            "Invoices and cancellations need formats of their own, or two could share a number.",
            field="number_formats.cancellation",
        )
    return formats
