"""The opaque cursor of lists that go by day and journal number."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from kontorhaus.ledger.model import Place
from kontorhaus.surfaces.conventions import fields

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{1,18})", re.ASCII)


def cursor(place: Place | None) -> str | None:
    """A place as the caller sends it back for the next page."""
    if place is None:
        return None
    text = f"{place.booking_date.isoformat()}/{place.journal_number}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(value: object) -> Place:
    text = value if isinstance(value, str) else ""
    try:
        found = _FORM.fullmatch(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
        if found:
            return Place(date.fromisoformat(found[1]), int(found[2]))
    except (binascii.Error, ValueError):
        pass
    raise fields.refused("is no cursor of this list")


Cursor = Annotated[
    Place,
    PlainValidator(_place),
    WithJsonSchema({"type": "string", "description": "next_cursor of the page before"}),
]
