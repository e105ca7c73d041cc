"""One DATEV file of booking rows, or a ZIP with a file per month; at most 99,999 rows each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.reports import datev, extf
from kontorhaus.reports.model import DatevExport, JournalEvent, Note


@dataclass(slots=True)
class _Batch:
    """What is collected on the way: the lines of the present file, and the sums of all files."""

    books: datev.Books
    lines: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rows: int = 0
    amount: int = 0
    left_to_datev: int = 0

    def count(self, row: datev.Row) -> None:
        """Take a row into the sums."""
        self.rows += 1
        self.amount += row.amount
        self.left_to_datev += row.left_to_datev

    def keep(self, row: datev.Row, *, is_final: bool) -> None:
        """Take a row into the present file."""
        self.lines.append(datev.line(row, self.books, is_final=is_final))
        self.notes.extend(datev.notes(row, self.books))

    def finished(self, file_name: str, media_type: str, content: bytes) -> DatevExport:
        """The export."""
        return DatevExport(
            file_name=file_name,
            media_type=media_type,
            content=content,
            rows=self.rows,
            total=Money(self.amount),
            left_to_datev=Money(self.left_to_datev),
            notes=tuple(self.notes),
        )


def single(events: Iterable[JournalEvent], books: datev.Books, header: extf.Header) -> DatevExport:
    """One file; Invalid("too_many_rows") with their number if it would not hold them."""
    batch = _Batch(books)
    for row in datev.rows(events, books):
        batch.count(row)
        if batch.rows <= extf.MAX_ROWS:
            batch.keep(row, is_final=header.is_final)
    if batch.rows > extf.MAX_ROWS:
        raise Invalid(
            "too_many_rows",
            f"{batch.rows} rows are more than one file takes ({extf.MAX_ROWS}).",
            rows=batch.rows,
            remedy="format=zip or a shorter range",
        )
    content = extf.file_of(header, batch.lines)
    return batch.finished(f"{_name(header)}.csv", "text/csv", content)


def archive(
    months: Iterable[tuple[extf.Header, Iterable[JournalEvent]]],
    books: datev.Books,
    whole: extf.Header,
) -> DatevExport:
    """A ZIP with the files of all months that have rows; with an empty file if none has."""
    batch, buffer = _Batch(books), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for header, events in months:
            part = 1
            for row in datev.rows(events, books):
                if len(batch.lines) == extf.MAX_ROWS:
                    _add(target, f"{_name(header)}_{part}.csv", header, batch.lines)
                    part += 1
                batch.count(row)
                batch.keep(row, is_final=header.is_final)
            if batch.lines:
                suffix = f"_{part}" if part > 1 else ""
                _add(target, f"{_name(header)}{suffix}.csv", header, batch.lines)
        if not batch.rows:
            _add(target, f"{_name(whole)}.csv", whole, batch.lines)
    return batch.finished(f"{_name(whole)}.zip", "application/zip", buffer.getvalue())


def _name(header: extf.Header) -> str:
    return f"EXTF_Buchungsstapel_{header.first_day:%Y%m%d}_{header.last_day:%Y%m%d}"


def _add(target: zipfile.ZipFile, name: str, header: extf.Header, lines: list[str]) -> None:
    made = header.created_at
    entry = zipfile.ZipInfo(
        name, (made.year, made.month, made.day, made.hour, made.minute, made.second)
    )
    entry.compress_type = zipfile.ZIP_DEFLATED
    target.writestr(entry, extf.file_of(header, lines))
    lines.clear()
