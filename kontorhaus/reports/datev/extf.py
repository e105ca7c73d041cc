"""DATEV's EXTF files: header 700, columns of three formats, Windows-1252, CRLF."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from itertools import chain

MAX_ROWS = 99_999

# Numbers of the columns that this program fills.
AMOUNT, SIDE, ACCOUNT, CONTRA, KEY, DAY = 1, 2, 7, 8, 9, 10
REFERENCE, TEXT, LINK, EXTRA_KIND, EXTRA_TEXT = 11, 14, 20, 48, 49
IS_FINAL, SERVICE_DATE, TAX_PERIOD, IS_REVERSAL = 114, 115, 116, 118

# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N",
    "ŧ": "t", "Ŧ": "T", "ĸ": "k", "ə": "e", "Ə": "E", "ẞ": "SS", "−": "-", "‐": "-", "‑": "-",
    "‒": "-", "―": "-", "′": "'", "″": '"', "⁄": "/",
}  # fmt: skip
_fits_reference = re.compile(r"[A-Za-z0-9_$&%*+\-/]{0,36}").fullmatch
_FIELD = re.compile(r'"((?:[^"]|"")*)"|([^;"]*)')


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a format; text columns are always quoted."""

    number: int
    name: str
    is_required: bool
    is_text: bool
    max_length: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says. `account_length` is that of general accounts, 4..8.

    `head` is the beginning of the hash with which the journal ends.
    """

    created_at: datetime
    adviser_number: int
    client_number: int
    fiscal_year_start: date
    account_length: int
    first_day: date
    last_day: date
    chart: str
    is_final: bool = False
    head: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it stands in a file, without its quotes."""

    text: str
    is_text: bool

    def __str__(self) -> str:
        return quoted(self.text) if self.is_text else self.text


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its category, name and version in the header, and its columns.

    `empty` is a row without any value.
    """

    category: int
    name: str
    version: int
    columns: tuple[Column, ...]
    empty: tuple[str, ...]


def _format(category: int, name: str, version: int, table: str) -> Format:
    rows = resources.files(__package__).joinpath("data", table).read_text(encoding="utf-8")
    columns = tuple(
        Column(
            number=int(row["number"]),
            name=row["name"],
            is_required=row["is_required"] == "1",
            is_text=row["is_text"] == "1",
            max_length=int(row["max_length"]) if row["max_length"] else None,
        )
        for row in csv.DictReader(rows.splitlines())
    )
    empty = tuple('""' if column.is_text else "" for column in columns)
    return Format(category, name, version, columns, empty)


BOOKINGS = _format(21, "Buchungsstapel", 13, "buchungsstapel_v13.csv")
PARTIES = _format(16, "Debitoren/Kreditoren", 5, "debitoren_kreditoren_v5.csv")
ACCOUNTS = _format(20, "Kontenbeschriftungen", 3, "kontenbeschriftungen_v3.csv")
FORMATS = {each.category: each for each in (BOOKINGS, PARTIES, ACCOUNTS)}
COLUMNS = BOOKINGS.columns


def quoted(text: str) -> str:
    """A text field with its quotes."""
    return '"' + text.replace('"', '""') + '"'


def header_line(header: Header, of: Format = BOOKINGS) -> str:
    """The 31 fields of line 1; files of master data have no days and no fields of a batch."""
    created = header.created_at
    if of is BOOKINGS:
        days = [f"{header.first_day:%Y%m%d}", f"{header.last_day:%Y%m%d}"]
        name = quoted(f"Buchungsstapel {header.first_day:%Y-%m-%d}")
        batch = ["1", "0", "1" if header.is_final else "0", '"EUR"']
    else:
        days, name, batch = ["", ""], '""', ["", "", "", '""']
    fields = [
        '"EXTF"', "700", str(of.category), quoted(of.name), str(of.version),
        f"{created:%Y%m%d%H%M%S}{created.microsecond // 1000:03d}", "",
        '"KH"', '"Kontorhaus"', '""',
        str(header.adviser_number), str(header.client_number),
        f"{header.fiscal_year_start:%Y%m%d}", str(header.account_length),
        *days, name, '""', *batch,
        "", '""', "", "", quoted(header.chart.removeprefix("SKR")), "", "", '""',
        quoted(header.head[:16]),
    ]  # fmt: skip
    return ";".join(fields)


def names_line(of: Format = BOOKINGS) -> str:
    """Line 2: the names of the columns, spelled as DATEV spells them."""
    return ";".join(column.name for column in of.columns)


def row_line(values: Mapping[int, str], of: Format = BOOKINGS) -> str:
    """A row from its values by column number; what is missing is empty."""
    fields = list(of.empty)
    for number, value in values.items():
        fields[number - 1] = quoted(value) if of.columns[number - 1].is_text else value
    return ";".join(fields)


def part(first: int, last: int, values: Mapping[int, str] | None = None) -> str:
    """The columns from `first` to `last` of a booking row that has these values."""
    fields = list(BOOKINGS.empty)
    for number, value in (values or {}).items():
        fields[number - 1] = quoted(value) if COLUMNS[number - 1].is_text else value
    return ";".join(fields[first - 1 : last])


_ACCOUNTS = part(SIDE, KEY, {SIDE: "%s", ACCOUNT: "%s", CONTRA: "%s", KEY: "%s"})


def accounts_part(side: str, account: str, contra: str, key: str) -> str:
    """What stands between the amount and the day."""
    return _ACCOUNTS % (side, account, contra, key)


def file_of(header: Header, lines: Iterable[str], of: Format = BOOKINGS) -> bytes:
    """The whole file; every character of the lines is one of Windows-1252 (see `printable`)."""
    return opening(header, of) + block(lines)


def opening(header: Header, of: Format = BOOKINGS) -> bytes:
    """Lines 1 and 2."""
    return f"{header_line(header, of)}\r\n{names_line(of)}\r\n".encode("cp1252")


def block(lines: Iterable[str]) -> bytes:
    """The lines with their ends."""
    text = "\r\n".join(chain(lines, ("",)))
    try:
        # the same bytes wherever it works, and much faster
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("cp1252")


_CENTS = tuple(f",{cents:02d}" for cents in range(100))


def amount(cents: int) -> str:
    """A positive amount in the form of column 1."""
    euros, rest = divmod(cents, 100)
    return f"{euros}{_CENTS[rest]}"


def printable(text: str) -> str:
    """The text in characters of Windows-1252, without control characters.

    What the code page does not know becomes its base letter, else `_`; never a question mark.
    """
    if text.isprintable() and (text.isascii() or _is_known(text)):
        return text
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _character(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Zl", "Zp"):
        return " "
    if _is_known(character):
        return character
    plain = _LETTERS.get(character)
    if plain is None:
        parts = unicodedata.normalize("NFKD", character)
        plain = "".join(_LETTERS.get(part, part) for part in parts if _is_base(part))
    return "".join(part if _is_known(part) else "_" for part in plain) or "_"


def _is_base(character: str) -> bool:
    return not unicodedata.combining(character)


def _is_known(text: str) -> bool:
    # what is printable has the same bytes in Latin-1, which is quicker to ask
    return _fits(text, "latin-1") or _fits(text, "cp1252")


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def reference(text: str | None) -> str:
    """A document number in the characters of Belegfeld 1, at most 36 of them."""
    if not text or _fits_reference(text):
        return text or ""
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, plain).replace(letter.upper(), plain.upper())
    return re.sub(r"[^A-Za-z0-9_$&%*+\-/]", "-", printable(text).strip())[:36]


def parse(content: bytes) -> list[list[Field]]:
    """Every field of every line of an EXTF file, in UTF-8 or Windows-1252."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return [parse_line(line) for line in lines]


def parse_line(line: str) -> list[Field]:
    """The fields of one line; ValueError if a quote stands where none may."""
    fields, position = [], 0
    while True:
        match = _FIELD.match(line, position)
        assert match is not None, "the pattern takes an empty field"
        is_text = match.group(1) is not None
        fields.append(
            Field(match.group(1).replace('""', '"') if is_text else match.group(2), is_text)
        )
        position = match.end()
        if position == len(line):
            return fields
        if line[position] != ";":
            raise ValueError(f"a quote is out of place at character {position + 1}")
        position += 1


def write(lines: Iterable[Iterable[Field]]) -> bytes:
    """The file that `parse` would read as these lines."""
    return "".join(";".join(map(str, line)) + "\r\n" for line in lines).encode("cp1252")
