"""All operations of the books surface; importing the modules registers them."""

from __future__ import annotations

from kontorhaus.surfaces.books import (
    bank_routes,
    file_routes,
    journal_routes,
    match_routes,
    period_routes,
    receivable_routes,
    report_routes,
)
from kontorhaus.surfaces.books.surface import books

__all__ = [
    "bank_routes",
    "books",
    "file_routes",
    "journal_routes",
    "match_routes",
    "period_routes",
    "receivable_routes",
    "report_routes",
]
