"""What happens to imports: asked for, posted row by row or as a whole, ended."""

from __future__ import annotations

from collections.abc import Sequence

from kontorhaus.kernel.errors import Refusal
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.imports import rules, store
from kontorhaus.ledger.imports.model import ImportId, Mode, RowOutcome
from kontorhaus.runtime.work import Work

TASK = "books.import_bookings"
_SOURCE = "import"


def ask_for(work: Work, *, mode: Mode, sha256: str) -> ImportId:
    """Have a stored file of bookings posted after the commit, one import at a time."""
    import_id = ImportId(work.new_id())
    store.insert(work, import_id=import_id, mode=mode, sha256=sha256)
    work.enqueue(TASK, lock=f"import:{work.tenant_id}", import_id=str(import_id))
    work.record(
        "ledger.import_asked_for",
        subject="booking_import",
        subject_id=import_id,
        details={"mode": mode, "sha256": sha256},
    )
    return import_id


def begin(work: Work, *, import_id: ImportId, total: int | None) -> None:
    """Note that the worker has begun, and how many rows there are."""
    store.begin(work, import_id=import_id, total=total)


def show_progress(work: Work, *, import_id: ImportId, processed: int) -> None:
    """Say how many rows were worked on, while the whole is not committed yet."""
    store.show_progress(work, import_id=import_id, processed=processed)


def book_rows(
    work: Work, *, import_id: ImportId, first_row: int, bookings: Sequence[Booking | Refusal]
) -> bool:
    """Post the next rows, each by itself, and keep what became of them.

    False if somebody else has come further: these rows are done, or the import is.
    """
    found = store.find(work, import_id=import_id, lock=True)
    if found is None or found.is_finished or found.processed != first_row - 1:
        return False
    made = ledger.book_each(work, bookings=bookings, source=_SOURCE)
    kept = rules.outcomes(made, first_row=first_row)
    store.insert_rows(work, import_id=import_id, rows=kept)
    failed = sum(1 for row in kept if row.code)
    store.count(
        work,
        import_id=import_id,
        posted=len(kept) - failed,
        failed=failed,
        processed=found.processed + len(kept),
    )
    return True


def book_part(
    work: Work, *, first_row: int, bookings: Sequence[Booking | Refusal]
) -> list[RowOutcome]:
    """Post a part of an import that is posted as a whole; one refused row refuses them all."""
    made = ledger.book_each(work, bookings=bookings, source=_SOURCE)
    return rules.outcomes(made, first_row=first_row)


def succeed(work: Work, *, import_id: ImportId, rows: Sequence[RowOutcome] = ()) -> bool:
    """End an import well; `rows` are those that are not kept yet. False if it had ended."""
    if not store.finish(work, import_id=import_id, status="done"):
        return False
    if rows:
        store.count(work, import_id=import_id, posted=len(rows), failed=0, processed=len(rows))
        store.insert_rows(work, import_id=import_id, rows=rows)
    return True


def fail(
    work: Work, *, import_id: ImportId, code: str, message: str, rows: Sequence[RowOutcome] = ()
) -> None:
    """End an import of which nothing is posted; `rows` are those that are refused, if any is."""
    if store.finish(work, import_id=import_id, status="failed", code=code, message=message):
        found = store.find(work, import_id=import_id)
        store.count(
            work,
            import_id=import_id,
            posted=0,
            failed=len(rows),
            processed=(found and found.total) or 0,
        )
        store.insert_rows(work, import_id=import_id, rows=rows)


def settle_in(work: Work) -> None:
    """After many rows: let the database learn how much there is now."""
    store.refresh_statistics(work)
