"""Reads what a payer wrote: numbers with and without separators, days, months, words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_RUN = re.compile(r"\d+", re.ASCII)
_GAP = re.compile(r"[\s./_+-]{0,3}", re.ASCII)
_DAY = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(20\d{2}|\d{2}))?(?!\d)", re.ASCII)
_MONTH = re.compile(r"(?<![\d/-])(0?[1-9]|1[0-2])\s?[/.]\s?(20\d{2})(?![\d/-])", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
_WINDOW = 4
_LONGEST = 20
_MONTHS = (
    "januar january|februar february|märz march maerz|april|mai may|juni june|juli july|august|"
    "september|oktober october|november|dezember december"
)
_MONTH_NAMES = {
    name: number for number, names in enumerate(_MONTHS.split("|"), 1) for name in names.split()
}
_FORMS = frozenset(
    (
        "gmbh",
        "mbh",
        "co",
        "kg",
        "kgaa",
        "ug",
        "haftungsbeschraenkt",
        "ag",
        "se",
        "ohg",
        "gbr",
        "ev",
        "ek",
        "eg",
        "partg",
        "inc",
        "ltd",
        "und",
        "and",
    )
)
_TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a text names: `numbers` without leading zeros with the digits as written."""

    numbers: dict[str, str]
    days: tuple[tuple[int, int, int | None], ...]
    months: tuple[tuple[int | None, int], ...]
    words: frozenset[str]
    last_run: str

    def names_day(self, day: date) -> bool:
        """Whether the text names this day (a year may be missing or short)."""
        return any(
            (named_day, month) == (day.day, day.month) and year in (None, day.year)
            for named_day, month, year in self.days
        )

    def names_month(self, day: date) -> bool:
        """Whether the text names the month of this day."""
        return any(month == day.month and year in (None, day.year) for year, month in self.months)


def read(text: str) -> Purpose:
    """What the text names."""
    days: list[tuple[int, int, int | None]] = []
    months: list[tuple[int | None, int]] = []
    for match in _DAY.finditer(text):
        year = int(match[3]) if match[3] else None
        days.append((int(match[1]), int(match[2]), 2000 + year if year and year < 100 else year))
    without_days = _DAY.sub(" ; ", text)
    for match in _MONTH.finditer(without_days):
        months.append((int(match[2]), int(match[1])))
    words = frozenset(plain_word(word) for word in _WORD.findall(text))
    named = {number for word in words if (number := _MONTH_NAMES.get(word))}
    months += [(None, number) for number in named]
    rest = _MONTH.sub(" ; ", without_days)
    runs = _RUN.findall(rest)
    return Purpose(
        numbers=dict(_numbers(rest)),
        days=tuple(days),
        months=tuple(months),
        words=words,
        last_run=runs[-1] if runs and rest.rstrip().endswith(runs[-1]) else "",
    )


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Runs of digits, alone and joined over separators: RE-2025- 000 123 names 2025000123 too."""
    runs = list(_RUN.finditer(text))
    for first, run in enumerate(runs):
        written = run[0]
        yield stripped(written), written
        for last in range(first + 1, min(first + _WINDOW, len(runs))):
            gap = text[runs[last - 1].end() : runs[last].start()]
            written += runs[last][0]
            if not _GAP.fullmatch(gap) or len(written) > _LONGEST:
                break
            yield stripped(written), written


def stripped(digits: str) -> str:
    """Digits without leading zeros."""
    return digits.lstrip("0") or "0"


def digit_groups(reference: str) -> list[str]:
    """The runs of digits of a reference."""
    return _RUN.findall(reference)


def plain_word(word: str) -> str:
    """A word in lower case without umlauts."""
    return word.casefold().translate(_TRANSLITERATION)


def name_words(name: str) -> frozenset[str]:
    """The words of a name that tell something: no legal forms, no single letters."""
    words = (plain_word(word) for word in _WORD.findall(name))
    return frozenset(word for word in words if len(word) > 1 and word not in _FORMS)


def is_typo(written: str, meant: str) -> bool:
    """Whether one digit is wrong, missing, too much, or two neighbours are swapped."""
    if written == meant or abs(len(written) - len(meant)) > 1:
        return False
    if len(written) == len(meant):
        wrong = [at for at, digit in enumerate(written) if digit != meant[at]]
        if len(wrong) == 1:
            return True
        first, *others = wrong
        return (
            others == [first + 1]
            and written[first] == meant[first + 1]
            and written[first + 1] == meant[first]
        )
    longer, shorter = sorted((written, meant), key=len, reverse=True)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
