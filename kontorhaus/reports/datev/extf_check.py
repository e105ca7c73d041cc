"""Checks an EXTF file against the table of its columns: frame, header, types, lengths, days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev.extf import Column, Field, Format

# Header field → what it must look like; quotes are checked with it.
_HEADER = {
    1: r'"EXTF"', 2: "700", 3: "21", 4: '"Buchungsstapel"', 5: "13", 6: r"20\d{15}", 7: "",
    8: r'"\w{0,2}"', 9: r'".{0,25}"', 10: r'".{0,25}"', 11: r"\d{4,7}", 12: r"\d{1,5}",
    13: r"20\d{6}", 14: "[4-8]", 15: r"20\d{6}", 16: r"20\d{6}", 17: r'"[\w.\-/ ]{0,30}"',
    18: r'"([A-Z]{2}){0,2}"', 19: "[12]", 20: "0|30|40|50|64", 21: "[01]", 22: '"EUR"', 23: "",
    24: '""', 25: "", 26: "", 27: '"0[34]"', 28: r"\d*", 29: "", 30: '""', 31: r'".{0,16}"',
}  # fmt: skip

# The same of master data: no days, nothing of a batch.
_MASTER_HEADER = _HEADER | {
    15: "", 16: "", 17: '""', 19: "", 20: "", 21: "", 22: '""',
}  # fmt: skip

_VALUES = {
    extf.AMOUNT: r"(?!0+,00)\d{1,10},\d{2}",
    extf.SIDE: "[SH]",
    extf.ACCOUNT: r"(?!0+$)\d{1,9}",
    extf.CONTRA: r"(?!0+$)\d{1,9}",
    extf.KEY: r"\d{0,4}",
    extf.DAY: r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])",
    extf.REFERENCE: r"[A-Za-z0-9_$&%*+\-/]{0,36}",
    12: r"[A-Za-z0-9_$&%*+\-/]{0,12}",
    extf.LINK: r'(|(BEDI|DDMS|DORG) "[0-9A-Fa-f\-]{36}")',
    extf.IS_FINAL: "[01]",
    extf.SERVICE_DATE: r"(|(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])20\d{2})",
    extf.TAX_PERIOD: r"(|(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])20\d{2})",
    extf.IS_REVERSAL: "[01]?",
}
_MASTER_VALUES = {
    16: {
        1: r"(?!0+$)\d{1,9}", 7: "[012]", 18: r"[\w\- ]{0,10}", 20: "([A-Z]{2})?",
        45: "([A-Z]{2}[0-9]{2}[A-Z0-9]{1,30})?", 47: "([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?",
    },
    20: {1: r"(?!0+$)\d{1,9}", 3: "de-DE|en-GB"},
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def problems(content: bytes) -> list[str]:
    """What is wrong with a file, one sentence each; an empty list when nothing is."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return ["The file is not in Windows-1252."]
    if not text.endswith("\r\n") or "\n" in text.replace("\r\n", ""):
        return ["Every line ends with CR LF, the last one too."]
    try:
        lines = [extf.parse_line(line) for line in text.removesuffix("\r\n").split("\r\n")]
    except ValueError as error:
        return [f"A line cannot be read: {error}."]
    if len(lines) < 2:
        return ["Header and names of the columns are missing."]
    of = _format(lines[0])
    if of is None:
        return ["Header field 3 names no format that is known here."]
    found = list(_header_problems(lines[0], of)) + list(_names_problems(lines[1], of))
    if not found:
        days = _fiscal_days(lines[0]) if of is extf.BOOKINGS else set()
        for number, row in enumerate(lines[2:], start=3):
            problems_of_row = list(_field_problems(row, of))
            if of is extf.BOOKINGS and len(row) == len(of.columns):
                problems_of_row += _row_problems(row, days)
            found.extend(f"Line {number}: {problem}" for problem in problems_of_row)
    if len(lines) - 2 > extf.MAX_ROWS:
        found.append(f"{len(lines) - 2} rows are more than {extf.MAX_ROWS}.")
    return found


def _format(header: Sequence[Field]) -> Format | None:
    text = header[2].text if len(header) > 2 else ""
    return extf.FORMATS.get(int(text)) if re.fullmatch(r"\d{1,3}", text) else None


def _header_problems(fields: Sequence[Field], of: Format) -> Iterator[str]:
    patterns = _HEADER if of is extf.BOOKINGS else _MASTER_HEADER
    patterns = patterns | {3: str(of.category), 4: f'"{of.name}"', 5: str(of.version)}
    if len(fields) != len(patterns):
        yield f"The header has {len(fields)} fields, not {len(patterns)}."
        return
    for number, pattern in patterns.items():
        if not re.fullmatch(pattern, str(fields[number - 1])):
            yield f"Header field {number} is {fields[number - 1]}."


def _names_problems(fields: Sequence[Field], of: Format) -> Iterator[str]:
    names = [field.text for field in fields]
    if names != [column.name for column in of.columns]:
        yield f"The names of the columns are not those of version {of.version}."


def _fiscal_days(header: Sequence[Field]) -> set[str]:
    text = header[12].text
    start = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    length = (date(start.year + 1, start.month, 1) - start).days
    first, last = (header[index].text for index in (14, 15))
    days = (start + timedelta(days=offset) for offset in range(length))
    return {f"{day:%d%m}" for day in days if first <= f"{day:%Y%m%d}" <= last}


def _row_problems(row: Sequence[Field], days: set[str]) -> Iterator[str]:
    if row[extf.DAY - 1].text not in days:
        yield f"Day {row[extf.DAY - 1].text} is not in the range of the header."
    if bool(row[extf.SERVICE_DATE - 1].text) != bool(row[extf.TAX_PERIOD - 1].text):
        yield "Leistungsdatum and Datum Zuord. Steuerperiode come together."


def _field_problems(row: Sequence[Field], of: Format) -> Iterator[str]:
    if len(row) != len(of.columns):
        yield f"{len(row)} fields, not {len(of.columns)}."
        return
    patterns = _VALUES if of is extf.BOOKINGS else _MASTER_VALUES[of.category]
    for column, field in zip(of.columns, row, strict=True):
        problem = _field_problem(column, field, patterns.get(column.number))
        if problem:
            yield f"{column.name}: {problem}"


def _field_problem(column: Column, field: Field, pattern: str | None) -> str | None:
    if field.is_text != column.is_text:
        return "text is quoted, everything else is not"
    if column.is_required and not field.text:
        return "is required"
    if column.is_text and _CONTROL.search(field.text):
        return "holds a control character"
    if column.is_text and column.max_length and len(field.text) > column.max_length:
        return f"is longer than {column.max_length}"
    if pattern and not re.fullmatch(pattern, field.text):
        return f"{field.text!r} has the wrong form"
    return None
