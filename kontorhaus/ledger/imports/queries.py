"""What others ask imports for."""

from __future__ import annotations

from kontorhaus.kernel.errors import NotFound
from kontorhaus.ledger.imports import store
from kontorhaus.ledger.imports.model import BookingImport, ImportId, RowOutcome
from kontorhaus.runtime.work import Work


def booking_import(work: Work, *, import_id: ImportId) -> BookingImport:
    """One import; NotFound("not_found")."""
    found = store.find(work, import_id=import_id)
    if found is None:
        raise NotFound("not_found", "There is no such job.")
    return found


def rows(
    work: Work, *, import_id: ImportId, only_failed: bool, limit: int, offset: int
) -> list[RowOutcome]:
    """What became of the rows of an import, in their order."""
    return store.rows(
        work, import_id=import_id, only_failed=only_failed, limit=limit, offset=offset
    )
