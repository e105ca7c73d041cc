"""All operations of the books surface; importing the modules registers them."""

from __future__ import annotations

from kontorhaus.surfaces.books.audit import routes as audit_routes
from kontorhaus.surfaces.books.bank import match_routes
from kontorhaus.surfaces.books.bank import routes as bank_routes
from kontorhaus.surfaces.books.config import routes as config_routes
from kontorhaus.surfaces.books.credit import routes as credit_routes
from kontorhaus.surfaces.books.files import routes as file_routes
from kontorhaus.surfaces.books.imports import routes as import_routes
from kontorhaus.surfaces.books.invoices import payable_routes, receivable_routes
from kontorhaus.surfaces.books.journal import routes as journal_routes
from kontorhaus.surfaces.books.login import routes as auth_routes
from kontorhaus.surfaces.books.parties import customer_routes, vendor_routes
from kontorhaus.surfaces.books.payment_runs import routes as run_routes
from kontorhaus.surfaces.books.periods import routes as period_routes
from kontorhaus.surfaces.books.reports import analysis_routes
from kontorhaus.surfaces.books.reports import routes as report_routes
from kontorhaus.surfaces.books.surface import books

__all__ = [
    "analysis_routes",
    "audit_routes",
    "auth_routes",
    "bank_routes",
    "books",
    "config_routes",
    "credit_routes",
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
