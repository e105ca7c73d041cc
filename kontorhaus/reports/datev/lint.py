"""What a person reads before a DATEV export: rows and sums against the journal, and notes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kontorhaus.kernel.money import Money
from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev import rows as datev
from kontorhaus.reports.datev.lines import booking_text
from kontorhaus.reports.datev.model import DatevLint, JournalEvent, KeySum, Note, Row

# Notes of one kind that are shown; all are counted.
SHOWN = 200


@dataclass(slots=True)
class _Findings:
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def add(self, note: Note) -> None:
        number = self.counts[note.kind] = self.counts.get(note.kind, 0) + 1
        if number <= SHOWN:
            self.notes.append(note)


@dataclass(slots=True)
class _Journal:
    """Counts the events on their way to the rows."""

    events: int = 0
    amount: int = 0

    def counted(self, events: Iterable[JournalEvent]) -> Iterator[JournalEvent]:
        for event in events:
            self.events += 1
            self.amount += event.amount
            yield event


def lint(events: Iterable[JournalEvent], books: datev.Books, nameless: Iterable[str]) -> DatevLint:
    """Go through the rows as an export would; `nameless` are personal accounts without a party."""
    journal, findings, unknown = _Journal(), _Findings(), set(nameless)
    keys: dict[str, list[int]] = {}
    left = reversals = documents = 0
    for before, after in sorted(books.renumbered.items()):
        findings.add(Note("renumbered", 0, before, after))
    for row in datev.rows(journal.counted(events), books):
        place = row.place
        sums = keys.setdefault(place.key, [0, 0])
        sums[0] += 1
        sums[1] += row.amount
        left += row.left_to_datev
        reversals += place.form.is_reversal
        documents += row.event.document_id is not None
        for note in notes(row, books):
            findings.add(note)
        for account in unknown.intersection((place.account, place.contra)):
            findings.add(Note("without_party", row.event.journal_number, account, account))
            unknown.discard(account)
    return DatevLint(
        rows=sum(count for count, _ in keys.values()),
        total=Money(sum(amount for _, amount in keys.values())),
        left_to_datev=Money(left),
        events=journal.events,
        journal_total=Money(journal.amount),
        keys=tuple(KeySum(key, *_sums(sums)) for key, sums in sorted(keys.items())),
        reversals=reversals,
        documents=documents,
        counts=findings.counts,
        notes=tuple(findings.notes),
    )


def _sums(pair: list[int]) -> tuple[int, Money]:
    return pair[0], Money(pair[1])


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
