"""All operations of the books surface; importing the modules registers them."""

from __future__ import annotations

from kontorhaus.surfaces.books import (
    analysis_routes,
    auth_routes,
    bank_routes,
    config_routes,
    customer_routes,
    file_routes,
    import_routes,
    journal_routes,
    match_routes,
    payable_routes,
    period_routes,
    receivable_routes,
    report_routes,
    run_routes,
    vendor_routes,
)
from kontorhaus.surfaces.books.surface import books

__all__ = [
    "analysis_routes",
    "auth_routes",
    "bank_routes",
    "books",
    "config_routes",
    "customer_routes",
    "file_routes",
    "import_routes",
    "journal_routes",
    "match_routes",
    "payable_routes",
    "period_routes",
    "receivable_routes",
    "report_routes",
    "run_routes",
    "vendor_routes",
]
