"""Looking through the audit trail, and taking it out of the house."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date, datetime, time, timedelta
from typing import IO
from uuid import UUID
from zoneinfo import ZoneInfo

from kontorhaus.kernel import exact_json
from kontorhaus.kernel.errors import Invalid
from kontorhaus.reports.audit import rules, store
from kontorhaus.reports.audit.model import Page, Question
from kontorhaus.reports.audit.store import Window
from kontorhaus.runtime.work import Work

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
FORMATS = tuple(MEDIA_TYPES)
_IN_MEMORY = 1024 * 1024
_BOM = "\ufeff"
_ONE_DAY = timedelta(days=1)


def page(work: Work, *, question: Question, before: UUID | None = None, limit: int = 50) -> Page:
    """A page of what matches, newest first; `before` is the id of the record it goes on from."""
    found = store.page(
        work, question=question, window=_window(work, question), before=before, limit=limit + 1
    )
    shown = tuple(found[:limit])
    return Page(shown, shown[-1].id if len(found) > limit else None)


def place(text: str) -> UUID | None:
    """The record that a page goes on from, as an address names it; Invalid("before")."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Invalid("before", "This is no id of a record.", field="before") from error


def actions(work: Work) -> list[str]:
    """The names of everything that was ever done here."""
    return store.actions(work)


def export(work: Work, *, question: Question, format: str) -> IO[bytes]:
    """Everything that matches as a file, oldest first: csv for people, ndjson for programs.

    A long file lies on disk, not in memory. Invalid("format").
    """
    if format not in FORMATS:
        raise Invalid("format", f"A format is one of {', '.join(FORMATS)}.", field="format")
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - read by the answer
    lines = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    records = store.stream(work, question=question, window=_window(work, question))
    if format == "ndjson":
        lines.writelines(f"{exact_json.encode(rules.values(record))}\n" for record in records)
    else:
        lines.write(_BOM)
        rows = csv.writer(lines, delimiter=";")
        rows.writerow(rules.COLUMNS)
        rows.writerows(map(rules.row, records))
    lines.detach()
    file.seek(0)
    return file


def _window(work: Work, question: Question) -> Window:
    first, last = question.first_day, question.last_day
    return Window(
        _midnight(work, first) if first else None,
        _midnight(work, last + _ONE_DAY) if last else None,
    )


def _midnight(work: Work, day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(work.caller.time_zone))
