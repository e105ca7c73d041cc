"""The own texts of a document: what it says unless told otherwise, its placeholders filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date

from kontorhaus.invoicing.model import Preceding, Snapshot

_DAYS = {"de": "dd.MM.yyyy", "en": "d MMM yyyy"}
_FIELDS: Mapping[str, Callable[[Snapshot], str]] = {
    "number": lambda snapshot: snapshot.number,
    "date": lambda snapshot: _day(snapshot.content.document_date, snapshot),
    "dueDate": lambda snapshot: _day(snapshot.due_date, snapshot),
    "name": lambda snapshot: snapshot.content.client.name if snapshot.content.client else "",
}
PLACEHOLDERS = tuple(_FIELDS)
_PLACE = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")


_CANCELLED = {
    "de": "Hiermit stornieren wir unsere Rechnung {original} vollständig.",
    "en": "We hereby cancel our invoice {original} in full.",
}
_GIVEN_BACK = {
    "de": "Einen bereits gezahlten Betrag schreiben wir Ihnen gut.",
    "en": "Any amount that you have paid already will be credited to you.",
}
_OF = {"de": "vom", "en": "of"}


def introduction(snapshot: Snapshot) -> str:
    """What stands above the lines: a cancellation says what it takes back."""
    if snapshot.content.form != "cancellation":
        return filled(snapshot.content.introduction, snapshot)
    original = named(snapshot.preceding[0], snapshot)
    return _CANCELLED[snapshot.content.language].format(original=original)


def closing(snapshot: Snapshot) -> str:
    """What stands below the lines."""
    if snapshot.content.form != "cancellation":
        return filled(snapshot.content.notes, snapshot)
    return _GIVEN_BACK[snapshot.content.language]


def named(preceding: Preceding, snapshot: Snapshot) -> str:
    """An earlier invoice by its number and its day."""
    of = _OF[snapshot.content.language]
    return f"{preceding.number} {of} {_day(preceding.document_date, snapshot)}"


def filled(text: str | None, snapshot: Snapshot) -> str:
    """A text of the user with {number}, {date}, {dueDate} and {name}; other braces stay."""
    return _PLACE.sub(lambda found: _FIELDS[found[1]](snapshot), text or "")


def _day(day: date, snapshot: Snapshot) -> str:
    language = snapshot.content.language
    return format_date(day, _DAYS[language], locale=language)
