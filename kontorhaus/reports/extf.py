"""DATEV's EXTF file: header 700, Buchungsstapel version 13, 125 columns, Windows-1252, CRLF."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

MAX_ROWS = 99_999

# Numbers of the columns that this program fills.
AMOUNT, SIDE, ACCOUNT, CONTRA, KEY, DAY = 1, 2, 7, 8, 9, 10
REFERENCE, TEXT, EXTRA_KIND, EXTRA_TEXT = 11, 14, 48, 49
IS_FINAL, SERVICE_DATE, TAX_PERIOD, IS_REVERSAL = 114, 115, 116, 118

# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N",
    "ŧ": "t", "Ŧ": "T", "ĸ": "k", "ə": "e", "Ə": "E", "ẞ": "SS", "−": "-", "‐": "-", "‑": "-",
    "‒": "-", "―": "-", "′": "'", "″": '"', "⁄": "/",
}  # fmt: skip
_REFERENCE = re.compile(r"[A-Za-z0-9_$&%*+\-/]{0,36}")
_FIELD = re.compile(r'"((?:[^"]|"")*)"|([^;"]*)')


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the Buchungsstapel; text columns are always quoted."""

    number: int
    name: str
    is_required: bool
    is_text: bool
    max_length: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says. `account_length` is that of general accounts, 4..8."""

    created_at: datetime
    adviser_number: int
    client_number: int
    fiscal_year_start: date
    account_length: int
    first_day: date
    last_day: date
    chart: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it stands in a file, without its quotes."""

    text: str
    is_text: bool

    def __str__(self) -> str:
        return quoted(self.text) if self.is_text else self.text


def _columns() -> tuple[Column, ...]:
    table = resources.files(__package__).joinpath("data", "buchungsstapel_v13.csv")
    return tuple(
        Column(
            number=int(row["number"]),
            name=row["name"],
            is_required=row["is_required"] == "1",
            is_text=row["is_text"] == "1",
            max_length=int(row["max_length"]) if row["max_length"] else None,
        )
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    )


COLUMNS = _columns()
_EMPTY = [""] + ['""' if column.is_text else "" for column in COLUMNS]


def quoted(text: str) -> str:
    """A text field with its quotes."""
    return '"' + text.replace('"', '""') + '"'


def header_line(header: Header) -> str:
    """The 31 fields of line 1."""
    created = header.created_at
    name = f"Buchungsstapel {header.first_day:%Y-%m-%d}"
    fields = [
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13",
        f"{created:%Y%m%d%H%M%S}{created.microsecond // 1000:03d}", "",
        '"KH"', '"Kontorhaus"', '""',
        str(header.adviser_number), str(header.client_number),
        f"{header.fiscal_year_start:%Y%m%d}", str(header.account_length),
        f"{header.first_day:%Y%m%d}", f"{header.last_day:%Y%m%d}", quoted(name), '""',
        "1", "0", "1" if header.is_final else "0", '"EUR"',
        "", '""', "", "", quoted(header.chart.removeprefix("SKR")), "", "", '""', '"Kontorhaus"',
    ]  # fmt: skip
    return ";".join(fields)


def names_line() -> str:
    """Line 2: the names of the columns, spelled as DATEV spells them."""
    return ";".join(column.name for column in COLUMNS)


def row_line(values: Mapping[int, str]) -> str:
    """A booking row from its values by column number; what is missing is empty."""
    fields = _EMPTY.copy()
    for number, value in values.items():
        fields[number] = quoted(value) if COLUMNS[number - 1].is_text else value
    return ";".join(fields[1:])


def file_of(header: Header, lines: Iterable[str]) -> bytes:
    """The whole file; every character of the lines is one of Windows-1252 (see `printable`)."""
    content = "\r\n".join([header_line(header), names_line(), *lines, ""])
    return content.encode("cp1252")


def amount(cents: int) -> str:
    """A positive amount in the form of column 1."""
    return f"{cents // 100},{cents % 100:02d}"


def printable(text: str) -> str:
    """The text in characters of Windows-1252, without control characters.

    What the code page does not know becomes its base letter, else `_`; never a question mark.
    """
    if text.isprintable() and _is_known(text):
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
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def reference(text: str) -> str:
    """A document number in the characters of Belegfeld 1, at most 36 of them."""
    if _REFERENCE.fullmatch(text):
        return text
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
