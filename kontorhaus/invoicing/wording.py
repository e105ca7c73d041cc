"""The own texts of a document: what it says unless told otherwise, its placeholders filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date

from kontorhaus.invoicing.model import Snapshot

_DAYS = {"de": "dd.MM.yyyy", "en": "d MMM yyyy"}
_FIELDS: Mapping[str, Callable[[Snapshot], str]] = {
    "number": lambda snapshot: snapshot.number,
    "date": lambda snapshot: _day(snapshot.content.document_date, snapshot),
    "dueDate": lambda snapshot: _day(snapshot.due_date, snapshot),
    "name": lambda snapshot: snapshot.content.client.name if snapshot.content.client else "",
}
PLACEHOLDERS = tuple(_FIELDS)
_PLACE = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")


def filled(text: str | None, snapshot: Snapshot) -> str:
    """A text of the user with {number}, {date}, {dueDate} and {name}; other braces stay."""
    return _PLACE.sub(lambda found: _FIELDS[found[1]](snapshot), text or "")


def _day(day: date, snapshot: Snapshot) -> str:
    language = snapshot.content.language
    return format_date(day, _DAYS[language], locale=language)
