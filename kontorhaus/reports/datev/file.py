"""One DATEV file of booking rows, or a ZIP with a file per month and the master data."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.model import DatevExport, JournalEvent

# The rows are mostly separators: the fastest level already makes them a tenth as long.
_LEVEL = 1


@dataclass(slots=True)
class _Sums:
    """What went out so far, in all files."""

    books: datev.Books
    rows: int = 0
    amount: int = 0
    left_to_datev: int = 0

    def lines(self, rows: Iterable[datev.Row], *, is_final: bool) -> Iterator[str]:
        """The rows as text, counted on the way."""
        for row in rows:
            self.rows += 1
            self.amount += row.amount
            self.left_to_datev += row.left_to_datev
            yield datev.line(row, self.books, is_final=is_final)

    def finished(self, file_name: str, media_type: str, content: bytes) -> DatevExport:
        """The export."""
        return DatevExport(
            file_name=file_name,
            media_type=media_type,
            content=content,
            rows=self.rows,
            total=Money(self.amount),
            left_to_datev=Money(self.left_to_datev),
        )


def single(events: Iterable[JournalEvent], books: datev.Books, header: extf.Header) -> DatevExport:
    """One file; Invalid("too_many_rows") with their number if it would not hold them."""
    sums = _Sums(books)
    lines = sums.lines(datev.rows(events, books), is_final=header.is_final)
    content = extf.file_of(header, islice(lines, extf.MAX_ROWS))
    for _ in lines:
        pass
    if sums.rows > extf.MAX_ROWS:
        raise Invalid(
            "too_many_rows",
            f"{sums.rows} rows are more than one file takes ({extf.MAX_ROWS}).",
            rows=sums.rows,
            remedy="format=zip or a shorter range",
        )
    return sums.finished(f"{_name(header)}.csv", "text/csv", content)


def archive(
    months: Iterable[tuple[extf.Header, Iterable[JournalEvent]]],
    masters: Iterable[tuple[extf.Format, Iterable[str]]],
    books: datev.Books,
    whole: extf.Header,
) -> DatevExport:
    """A ZIP with the files of all months that have rows, and those of the master data.

    Without any row it holds one empty file of bookings.
    """
    sums, buffer = _Sums(books), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target:
        for header, events in months:
            lines = sums.lines(datev.rows(events, books), is_final=header.is_final)
            _add_parts(target, header, lines)
        if not sums.rows:
            _add(target, f"{_name(whole)}.csv", whole, extf.BOOKINGS, ())
        for of, lines_of in masters:
            name = of.name.replace("/", "_")
            _add(target, f"EXTF_{name}_{whole.last_day:%Y%m%d}.csv", whole, of, lines_of)
    return sums.finished(f"{_name(whole)}.zip", "application/zip", buffer.getvalue())


def _add_parts(target: zipfile.ZipFile, header: extf.Header, lines: Iterator[str]) -> None:
    """The files of a month; they are numbered where it needs more than one."""
    part, first = 1, next(lines, None)
    while first is not None:
        rows = islice(lines, extf.MAX_ROWS - 1)
        entry = _entry(
            header, f"{_name(header)}_{part}.csv" if part > 1 else f"{_name(header)}.csv"
        )
        _write(target, entry, header, extf.BOOKINGS, chain([first], rows))
        first, part = next(lines, None), part + 1


def _name(header: extf.Header) -> str:
    return f"EXTF_Buchungsstapel_{header.first_day:%Y%m%d}_{header.last_day:%Y%m%d}"


def _entry(header: extf.Header, name: str) -> zipfile.ZipInfo:
    made = header.created_at
    entry = zipfile.ZipInfo(
        name, (made.year, made.month, made.day, made.hour, made.minute, made.second)
    )
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _add(
    target: zipfile.ZipFile, name: str, header: extf.Header, of: extf.Format, lines: Iterable[str]
) -> None:
    _write(target, _entry(header, name), header, of, lines)


def _write(
    target: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    header: extf.Header,
    of: extf.Format,
    lines: Iterable[str],
) -> None:
    with target.open(entry, "w") as file:
        file.write(extf.opening(header, of))
        for block in extf.blocks(lines):
            file.write(block)
