"""What a person reads before a DATEV export: rows and sums against the journal, and notes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kontorhaus.kernel.money import Money
from kontorhaus.reports.datev import extf, extf_check
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev.file import Batch, part_name
from kontorhaus.reports.datev.lines import booking_text, lines
from kontorhaus.reports.datev.model import (
    DatevLint,
    JournalEvent,
    KeySum,
    LinkedDocument,
    ListedFile,
    Note,
    Row,
)

# Notes of one kind, and rows, that are shown; all are counted.
SHOWN = 200
FIRST = 8


@dataclass(slots=True)
class _Findings:
    """What was met on the way through journal and rows."""

    books: datev.Books
    unknown: set[str]
    events: int = 0
    journal_amount: int = 0
    rows: int = 0
    left: int = 0
    reversals: int = 0
    documents: int = 0
    keys: dict[str, list[int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    first: list[Row] = field(default_factory=list)

    def counted(self, events: Iterable[JournalEvent]) -> Iterator[JournalEvent]:
        """The events on their way to the rows."""
        for event in events:
            self.events += 1
            self.journal_amount += event.amount
            yield event

    def take(self, row: Row) -> None:
        """Count a row and what there is to say about it."""
        place = row.place
        self.rows += 1
        sums = self.keys.setdefault(place.key, [0, 0])
        sums[0] += 1
        sums[1] += row.amount
        self.left += row.left_to_datev
        self.reversals += place.form.is_reversal
        self.documents += row.event.document_id is not None
        for note in notes(row, self.books):
            self.add(note)
        for account in self.unknown.intersection((place.account, place.contra)):
            self.add(Note("without_party", row.event.journal_number, account, account))
            self.unknown.discard(account)
        if len(self.first) < FIRST:
            self.first.append(row)

    def add(self, note: Note) -> None:
        """Count a note, and keep it if it is one of the first."""
        number = self.counts[note.kind] = self.counts.get(note.kind, 0) + 1
        if number <= SHOWN:
            self.notes.append(note)


def lint(
    batches: Iterable[Batch],
    books: datev.Books,
    nameless: Iterable[str],
    documents: Sequence[LinkedDocument] = (),
) -> DatevLint:
    """Go through the rows as an export would; `nameless` are personal accounts without a party."""
    found = _Findings(books, set(nameless))
    for before, after in sorted(books.renumbered.items()):
        found.add(Note("renumbered", 0, before, after))
    files: list[ListedFile] = []
    problems: list[str] = []
    for header, events in batches:
        so_far = found.rows
        for row in datev.rows(found.counted(events), books):
            found.take(row)
        if found.rows and not files:
            first = lines(found.first, is_final=header.is_final)
            problems = extf_check.problems(extf.file_of(header, first))
        files += _files(header, found.rows - so_far)
    stored = [file for document in documents for file in document.files]
    return DatevLint(
        rows=found.rows,
        total=Money(sum(amount for _, amount in found.keys.values())),
        left_to_datev=Money(found.left),
        events=found.events,
        journal_total=Money(found.journal_amount),
        keys=tuple(
            KeySum(key, count, Money(amount)) for key, (count, amount) in sorted(found.keys.items())
        ),
        reversals=found.reversals,
        documents=found.documents,
        document_files=len(stored),
        document_bytes=sum(file.size for file in stored),
        files=tuple(files),
        counts=found.counts,
        notes=tuple(found.notes),
        first=tuple(found.first),
        problems=tuple(problems),
    )


def _files(header: extf.Header, rows: int) -> Iterator[ListedFile]:
    """The files of as many rows of a batch."""
    for part, start in enumerate(range(0, rows, extf.MAX_ROWS), start=1):
        count = min(extf.MAX_ROWS, rows - start)
        name = part_name(header, part)
        yield ListedFile(name, header.first_day, header.last_day, count, header.is_final)


def notes(row: Row, books: datev.Books) -> Iterator[Note]:
    """What there is to say about a row."""
    event, place, number = row.event, row.place, row.event.journal_number
    text = extf.printable(event.description).strip()
    if text != unicodedata.normalize("NFC", event.description).strip():
        yield Note("transliterated", number, event.description, text)
    if booking_text(event.description) != text:
        yield Note("shortened", number, text, booking_text(event.description))
    given = event.reference or ""
    if extf.reference(given) != given:
        yield Note("reference_changed", number, given, extf.reference(given))
    if place.is_split:
        yield Note("split", number, place.form.tax_code or "", place.key)
    key_accounts = books.key_accounts
    for account in sorted({key_accounts.receivables, key_accounts.payables}):
        if account in (place.form.account_debit, place.form.account_credit):
            outgoing = datev.outgoing(account, place.form, books)
            if outgoing in (datev.DIVERSE_CUSTOMER, datev.DIVERSE_VENDOR):
                yield Note("diverse", number, account, outgoing)
