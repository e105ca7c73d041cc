"""All operations of the books surface; importing the modules registers them."""

from __future__ import annotations

from kontorhaus.surfaces.books import journal_routes
from kontorhaus.surfaces.books.surface import books

__all__ = ["books", "journal_routes"]
