"""Values of imports: what was asked for, how far it came, what became of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType
from uuid import UUID

from kontorhaus.kernel.ids import IntentId

ImportId = NewType("ImportId", UUID)
Mode = Literal["atomic", "per_row"]
Status = Literal["queued", "running", "done", "failed"]

MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class BookingImport:
    """A stored file of bookings and how far its posting came.

    `sha256` names the file. `total` is unknown (None) until the file was read. An import fails as
    a whole with `code` and `message`; one by rows is done even if rows are refused.
    """

    id: ImportId
    mode: Mode
    status: Status
    sha256: str
    total: int | None
    processed: int
    posted: int
    failed: int
    code: str | None
    message: str | None
    actor: Mapping[str, object]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ("done", "failed")


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row (counted from 1): an intent, or why there is none."""

    row_number: int
    intent_id: IntentId | None
    code: str | None = None
    message: str | None = None
    details: Mapping[str, object] | None = None
