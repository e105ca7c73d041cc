"""What happens to imports: asked for, posted row by row or as a whole, ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kontorhaus.kernel.errors import Refusal
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger.actions import Booking
from kontorhaus.ledger.imports import rules, store
from kontorhaus.ledger.imports.model import ImportId, Mode, RowOutcome
from kontorhaus.runtime.work import Work

TASK = "books.import_bookings"
_SOURCE = "import"

_Part = Sequence[Booking | Refusal]


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


def book_rows(work: Work, *, import_id: ImportId, first_row: int, bookings: _Part) -> bool:
    """Post the next rows, each by itself, and keep what became of them.

    False if somebody else has come further: these rows are done, or the import is.
    """
    found = store.find(work, import_id=import_id, lock=True)
    if found is None or found.is_finished or found.processed != first_row - 1:
        return False
    (kept,) = _booked(work, import_id, first_row, [bookings])
    failed = sum(1 for row in kept if row.code)
    store.count(
        work,
        import_id=import_id,
        posted=len(kept) - failed,
        failed=failed,
        processed=found.processed + len(kept),
    )
    return True


def book_whole(
    work: Work, *, import_id: ImportId, parts: Iterable[_Part], watch: Callable[[int], None]
) -> list[RowOutcome]:
    """Post all rows of an import; those that are refused, for which nothing may stay.

    `watch` hears how many rows were worked on.
    """
    done, refused = 0, list[RowOutcome]()
    for kept in _booked(work, import_id, 1, parts):
        refused += [row for row in kept if row.code]
        done += len(kept)
        watch(done)
    return refused


def _booked(
    work: Work, import_id: ImportId, first_row: int, parts: Iterable[_Part]
) -> Iterator[list[RowOutcome]]:
    """Post rows part by part, and keep what became of them."""
    with ledger.book_many(work, source=_SOURCE) as book:
        for part in parts:
            kept = rules.outcomes(book(part), first_row=first_row)
            store.insert_rows(work, import_id=import_id, rows=kept)
            first_row += len(kept)
            yield kept


def succeed(work: Work, *, import_id: ImportId, posted: int = 0) -> bool:
    """End an import well; so many rows are not counted yet. False if it had ended."""
    if not store.finish(work, import_id=import_id, status="done"):
        return False
    if posted:
        store.count(work, import_id=import_id, posted=posted, failed=0, processed=posted)
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
        store.insert_refusals(work, import_id=import_id, rows=rows)


def settle_in(work: Work) -> None:
    """After many rows: let the database learn how much there is now."""
    store.refresh_statistics(work)
