"""The text of booking rows: columns 1 to 125 of a Buchungsstapel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from kontorhaus.reports.datev import extf
from kontorhaus.reports.datev.model import Row

# The texts between the columns that differ from row to row.
_BEFORE_TEXT = f";{extf.part(extf.REFERENCE + 1, extf.TEXT - 1)};"
_BEFORE_LINK = f";{extf.part(extf.TEXT + 1, extf.LINK - 1)};"
_BEFORE_NUMBERS = (
    f";{extf.part(extf.LINK + 1, extf.EXTRA_KIND, {extf.EXTRA_KIND: 'Journalnummer'})};"
)
_WITHOUT_LINK = f'{_BEFORE_LINK}""{_BEFORE_NUMBERS}'


def lines(rows: Iterable[Row], *, is_final: bool) -> Iterator[str]:
    """The rows as they stand in the file, without the ends of the lines."""
    ends = cache(lambda is_reversal, taxed: _end(is_final, is_reversal, taxed))
    for amount, place, event, numbers, _ in rows:
        _, day, tax_date, _, _, description, reference, document_id = event
        link = _WITHOUT_LINK if document_id is None else _link(document_id)
        text = booking_text(description)
        if '"' in text:
            text = text.replace('"', '""')
        taxed = None if tax_date is None or place.form.tax_code is None else tax_date
        end = ends(place.form.is_reversal, taxed)
        yield (
            f"{extf.amount(amount)};{place.fields};{_day(day)};"
            f'"{extf.reference(reference)}"{_BEFORE_TEXT}"{text}"{link}"{numbers}"{end}'
        )


def booking_text(description: str) -> str:
    """What goes out of the text of a booking: 60 characters of Windows-1252."""
    return extf.printable(description).strip()[:60]


@cache
def _day(day: date) -> str:
    return f"{day.day:02d}{day.month:02d}"


def _link(document_id: str) -> str:
    link = extf.quoted(f'BEDI "{document_id}"')
    return f"{_BEFORE_LINK}{link}{_BEFORE_NUMBERS}"


def _end(is_final: bool, is_reversal: bool, taxed: date | None) -> str:
    """From the mark of finality on; `taxed` is the day of the tax where it is another one."""
    service = "" if taxed is None else f"{taxed:%d%m%Y}"
    values = {
        extf.IS_FINAL: "1" if is_final else "0",
        extf.SERVICE_DATE: service,
        extf.TAX_PERIOD: service,
        extf.IS_REVERSAL: "1" if is_reversal else "",
    }
    return f";{extf.part(extf.EXTRA_TEXT + 1, len(extf.COLUMNS), values)}"
