"""What the DATEV export is made of: events of the journal, booking rows, notes, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kontorhaus.contacts.model import PartyDetails
from kontorhaus.kernel.money import Money

_SWAPPED = {"debit": "credit", "credit": "debit", None: None}


class JournalEvent(NamedTuple):
    """An event as the export reads it; `amount` in cents.

    `form` is all of it that other events have as well, as text (see Form). `tax_date` is None
    where it is the booking date. `reference` is the number of the document or, for a payment, of
    the item it settles; `document_id` is the stored document of the booking.
    """

    journal_number: int
    booking_date: date
    tax_date: date | None
    amount: int
    form: str
    description: str
    reference: str | None
    document_id: str | None


class Form(NamedTuple):
    """Events without their amounts, days and texts: a year has a million events and few forms.

    `events` is the number of events of the booking. Sides are debit|credit; `tax_side` is that of
    the coded account. `party_account` is the personal account of the invoice that is linked to the
    booking. The form of a reversal is that of what it reverses.
    """

    events: int
    is_reversal: bool
    pair: int
    line: int
    kind: str
    account_debit: str
    account_credit: str
    party_account: str | None
    tax_side: str | None
    tax_code: str | None

    @classmethod
    def parse(cls, text: str) -> Form:
        """The form behind its text: the fields in their order, the code last."""
        events, is_reversal, pair, line, kind, debit, credit, party, side, code = text.split(" ", 9)
        if is_reversal == "1":
            debit, credit, side = credit, debit, _SWAPPED[side or None] or ""
        return cls(
            int(events), is_reversal == "1", int(pair), int(line), kind,
            debit, credit, party or None, side or None, code or None,
        )  # fmt: skip


class Place(NamedTuple):
    """Where a row stands: `side` S or H is that of `account`; `fields` are its columns 2 to 9.

    `form` is that of its first event. `is_split` marks an event that goes out by itself because
    DATEV would compute other cents.
    """

    side: str
    account: str
    contra: str
    key: str
    form: Form
    fields: str
    is_split: bool = False


class Row(NamedTuple):
    """One booking row. `amount` in cents; `numbers` are those of its events in the journal.

    `left_to_datev` is the self-assessed tax that DATEV adds to this row by itself, in cents.
    """

    amount: int
    place: Place
    event: JournalEvent
    numbers: str
    left_to_datev: int = 0


@dataclass(frozen=True, slots=True)
class PersonalAccount:
    """A personal account with what is known of its party, for the master data."""

    number: str
    kind: str
    name: str
    details: PartyDetails | None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of an export should know; `kind` is a stable word.

    transliterated, shortened, reference_changed: a text could not go out as it stands.
    split: net and tax went out as rows of their own (key 40 on automatic accounts), as DATEV
    would compute other cents. diverse: a posting on a collective account went out on 10000 or
    70000. without_party: nobody is known behind a personal account. renumbered: an account has
    another number in DATEV (journal number 0).
    """

    kind: str
    journal_number: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A stored file of a document: its hash, size in bytes, the name it had, pdf|jpg|png|xml."""

    sha256: str
    size: int
    name: str
    ending: str


@dataclass(frozen=True, slots=True)
class LinkedDocument:
    """A document that rows name in Beleglink; `kind` is incoming|outgoing|other."""

    id: str
    kind: str
    day: date
    files: tuple[DocumentFile, ...]


@dataclass(frozen=True, slots=True)
class KeySum:
    """Booking rows with the same key ("" for none)."""

    key: str
    rows: int
    total: Money


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of bookings as it would be; `is_final` says that DATEV locks its rows."""

    name: str
    first_day: date
    last_day: date
    rows: int
    is_final: bool


@dataclass(frozen=True, slots=True)
class DatevLint:
    """What a person reads before an export.

    `difference` is what rows and self-assessed tax left to DATEV lack of the journal: always 0.
    `counts` says how many notes there are of each kind, `notes` are the first of each; `first` are
    the first rows, and `problems` what the checker of files finds in header and these. `documents`
    counts rows that name one; `document_files` and their `document_bytes` would be enclosed.
    """

    rows: int
    total: Money
    left_to_datev: Money
    events: int
    journal_total: Money
    keys: tuple[KeySum, ...]
    reversals: int
    documents: int
    document_files: int
    document_bytes: int
    files: tuple[ListedFile, ...]
    counts: Mapping[str, int]
    notes: tuple[Note, ...]
    first: tuple[Row, ...]
    problems: tuple[str, ...]

    @property
    def difference(self) -> Money:
        """Journal less rows and tax left to DATEV."""
        return self.journal_total - self.total - self.left_to_datev
