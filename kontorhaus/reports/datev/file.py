"""One DATEV file of booking rows, or a ZIP with a file per month and the master data."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby, islice
from operator import attrgetter, itemgetter
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

from kontorhaus.kernel.errors import Invalid
from kontorhaus.kernel.money import Money
from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import lines as datev_lines
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev.model import JournalEvent, LinkedDocument, Row
from kontorhaus.runtime.ahead import ahead

# The rows are mostly separators: the fastest level already makes them a tenth as long.
_LEVEL = 1
# Rows that are written at a time, and blocks of them that wait to be compressed.
_BLOCK = 8_000
_DEPTH = 6
_MEDIA_TYPES = {"csv": "text/csv", "zip": "application/zip"}
_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DatevExport:
    """A finished export: a file with its name and media type.

    `rows` counts booking rows, `total` is the sum of their amounts. `left_to_datev` is the
    self-assessed tax (§ 13b, § 1a UStG) that DATEV computes by itself from the key or account:
    total + left_to_datev = sum of all events of the journal in the range. `documents` are those
    that the rows name.
    """

    file_name: str
    media_type: str
    made_at: datetime
    file: IO[bytes]
    rows: int
    total: Money
    left_to_datev: Money
    documents: tuple[LinkedDocument, ...] = ()

    @property
    def content(self) -> bytes:
        """All of the file."""
        self.file.seek(0)
        return self.file.read()


class Batch(NamedTuple):
    """The events of some days and the header of their file."""

    header: extf.Header
    events: Iterable[JournalEvent]


class _Piece(NamedTuple):
    """Some bytes of a file of an archive."""

    name: str
    content: bytes


@dataclass(slots=True)
class _Sums:
    """What went out so far, in all files."""

    rows: int = 0
    amount: int = 0
    left_to_datev: int = 0

    def blocks(self, rows: Iterable[Row], *, is_final: bool) -> Iterator[bytes]:
        """The rows as they stand in a file, counted on the way, some thousand at a time."""
        rest = iter(rows)
        while block := list(islice(rest, _BLOCK)):
            self.count(block)
            yield extf.block(datev_lines.lines(block, is_final=is_final))

    def count(self, rows: list[Row]) -> None:
        """Count rows that went out."""
        self.rows += len(rows)
        self.amount += sum(map(attrgetter("amount"), rows))
        self.left_to_datev += sum(map(attrgetter("left_to_datev"), rows))

    def export(self, whole: extf.Header, ending: str, file: IO[bytes]) -> DatevExport:
        """The finished export."""
        return DatevExport(
            file_name=f"{name_of(whole)}.{ending}",
            media_type=_MEDIA_TYPES[ending],
            made_at=whole.created_at,
            file=file,
            rows=self.rows,
            total=Money(self.amount),
            left_to_datev=Money(self.left_to_datev),
        )


def single(batch: Batch, books: datev.Books) -> DatevExport:
    """One file; Invalid("too_many_rows") with their number if it would not hold them."""
    header, sums, file = batch.header, _Sums(), _new_file()
    rows = datev.rows(batch.events, books)
    file.write(extf.opening(header))
    for block in sums.blocks(islice(rows, extf.MAX_ROWS), is_final=header.is_final):
        file.write(block)
    more = sum(1 for _ in rows)
    if more:
        raise Invalid(
            "too_many_rows",
            f"{sums.rows + more} rows are more than one file takes ({extf.MAX_ROWS}).",
            rows=sums.rows + more,
            remedy="format=zip or a shorter range",
        )
    return sums.export(header, "csv", file)


def archive(
    months: Iterable[Batch],
    masters: Iterable[tuple[extf.Format, Iterable[str]]],
    books: datev.Books,
    whole: extf.Header,
) -> DatevExport:
    """A ZIP with the files of all months that have rows, and those of the master data.

    Without any row it holds one empty file of bookings. Rows are made while those before are
    compressed.
    """
    sums, file = _Sums(), _new_file()
    pieces = _pieces(months, masters, books, whole, sums)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target:
        for name, parts in groupby(ahead(pieces, _DEPTH), key=itemgetter(0)):
            with target.open(entry(name, whole.created_at), "w") as opened:
                for part in parts:
                    opened.write(part.content)
    return sums.export(whole, "zip", file)


def entry(name: str, made: datetime, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """The place of a file in a ZIP."""
    found = zipfile.ZipInfo(
        name, (made.year, made.month, made.day, made.hour, made.minute, made.second)
    )
    found.compress_type = compression
    return found


def name_of(header: extf.Header) -> str:
    """The name of a file of bookings, without its ending."""
    return f"EXTF_Buchungsstapel_{header.first_day:%Y%m%d}_{header.last_day:%Y%m%d}"


def part_name(header: extf.Header, part: int) -> str:
    """The name of the file that holds the rows of part 1, 2, … of a batch."""
    return f"{name_of(header)}{f'_{part}' if part > 1 else ''}.csv"


def _pieces(
    months: Iterable[Batch],
    masters: Iterable[tuple[extf.Format, Iterable[str]]],
    books: datev.Books,
    whole: extf.Header,
    sums: _Sums,
) -> Iterator[_Piece]:
    for header, events in months:
        yield from _month(header, datev.rows(events, books), sums)
    if not sums.rows:
        yield _Piece(f"{name_of(whole)}.csv", extf.opening(whole))
    for of, lines in masters:
        name = f"EXTF_{of.name.replace('/', '_')}_{whole.last_day:%Y%m%d}.csv"
        yield _Piece(name, extf.file_of(whole, lines, of))


def _month(header: extf.Header, rows: Iterator[Row], sums: _Sums) -> Iterator[_Piece]:
    """The files of a month; they are numbered where it needs more than one."""
    for part, first in enumerate(rows, start=1):
        name = part_name(header, part)
        yield _Piece(name, extf.opening(header))
        taken = chain((first,), islice(rows, extf.MAX_ROWS - 1))
        for block in sums.blocks(taken, is_final=header.is_final):
            yield _Piece(name, block)


def _new_file() -> IO[bytes]:
    """A file that is gone when it is closed; a small one never comes to the disk."""
    return SpooledTemporaryFile(_IN_MEMORY)
