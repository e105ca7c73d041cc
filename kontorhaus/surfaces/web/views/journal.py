"""The journal: events newest first, and one booking with the proof of its chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from kontorhaus.ledger.model import Intent, JournalEntry
from kontorhaus.surfaces.web.views.shell import Pages


@dataclass(frozen=True)
class JournalFilter:
    """What part of the journal is wanted; `month` is its first day, `page` counts from 1."""

    month: date | None = None
    account: str = ""
    search: str = ""
    page: int = 1

    def query(self, page: int | None = None) -> str:
        """The filter as the end of an address, "" for none."""
        values = {
            "month": f"{self.month:%Y-%m}" if self.month else "",
            "account": self.account,
            "search": self.search,
            "page": str(page or self.page) if (page or self.page) > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"?{query}" if query else ""


@dataclass(frozen=True)
class ProofStep:
    """One link of the chain; `place` is before, here or end."""

    place: str
    number: int
    hash: str
    holds: bool


@dataclass(frozen=True)
class IntentDetail:
    """One booking; `settlement` is open, partial, paid, or empty where nothing is owed."""

    intent: Intent
    entries: tuple[JournalEntry, ...]
    by: str
    booked_at: datetime
    reversed_href: str
    reverses_href: str
    settlement: str
    document_number: str
    document_href: str
    proof: tuple[ProofStep, ...]

    @property
    def holds(self) -> bool:
        """Whether every hash is what its content says."""
        return all(step.holds for step in self.proof)


@dataclass(frozen=True)
class JournalPage:
    """The page; `months` are offered as filters, newest first."""

    filter: JournalFilter
    months: tuple[date, ...]
    entries: tuple[JournalEntry, ...]
    event_count: int
    selected: IntentDetail | None
    pages: Pages
