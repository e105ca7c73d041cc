"""What verification says of something that is not as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that verification found to be wrong, and where."""

    check: str
    message: str
    journal_number: int | None = None
    subject: UUID | str | None = None
