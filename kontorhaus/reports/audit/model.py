"""Values of the audit trail: a record, and what somebody looks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

_PAIR = 2


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was done: when, by whom, to what, with which request, and how.

    `actor` is kind, id, user_id, label, key_prefix, surface and channel of whoever did it. Among
    the details a list is a pair, before and after; everything else is a fact.
    """

    id: UUID
    at: datetime
    action: str
    subject: str
    subject_id: str
    actor: Mapping[str, str | None]
    request_id: UUID | None
    details: Mapping[str, object]

    @property
    def changes(self) -> Mapping[str, tuple[object, object]]:
        """The fields that were changed, each with its value before and after."""
        return {
            name: (value[0], value[1])
            for name, value in self.details.items()
            if isinstance(value, list) and len(value) == _PAIR
        }

    @property
    def facts(self) -> Mapping[str, object]:
        """What is told besides."""
        changed = self.changes
        return {name: told for name, told in self.details.items() if name not in changed}


@dataclass(frozen=True, slots=True)
class Question:
    """Which records are wanted; empty means all. The days are inclusive, in the tenant's zone.

    `action` is one ("invoicing.created") or all of an area ("invoicing"); `actor` the id of a
    person or credential, or a part of its name; `text` stands somewhere in the details.
    """

    first_day: date | None = None
    last_day: date | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""
    subject_id: str = ""
    request_id: UUID | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Records, newest first; `next` is the last one's id if there are older ones."""

    records: tuple[Record, ...]
    next: UUID | None
