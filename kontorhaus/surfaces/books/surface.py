"""The books surface itself; the route modules hang their operations on it."""

from __future__ import annotations

from kontorhaus.surfaces.books import errors
from kontorhaus.surfaces.conventions.surface import Surface

books = Surface(name="books", base="/books", title="Kontorhaus books", shape=errors.SHAPE)
